// Scores the rows of a file with the student of the run, in the worker.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';
import type { Scored, Work } from './messages.ts';
import type { WorkError } from './remote.ts';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

const { score: WORDS } = TEXTS;

/** How far the scoring of a file is. */
interface Scoring {
  readonly name: string;
  readonly rows: number;
  /** Undefined where it is unknown. */
  readonly share: number | undefined;
}

export function ScorePart({ remote }: { readonly remote: Pick<Work, 'score'> }): JSX.Element {
  const [scoring, setScoring] = useState<Scoring>();
  const [scored, setScored] = useState<Scored>();
  const [error, setError] = useState<string>();
  const [notice, setNotice] = useState<string>();
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const controller = useRef<AbortController | undefined>(undefined);
  const results = useLoaded(() => import('./scored.tsx'), scored !== undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const take = async (file: File | undefined): Promise<void> => {
    if (!file || scoring) return;
    controller.current = new AbortController();
    setScored(undefined);
    setError(undefined);
    setNotice(undefined);
    setScoring({ name: file.name, rows: 0, share: undefined });
    let at = 0;
    try {
      const found = await remote.score(file, {
        signal: controller.current.signal,
        onProgress({ done, share }) {
          // the page draws ten times a second
          if (performance.now() - at < 100) return;
          at = performance.now();
          setScoring({ name: file.name, rows: done, share });
        },
      });
      setScored(found);
    } catch (failure) {
      const { code, message } = failure as WorkError;
      if (code === 'aborted') setNotice(WORDS.stopped);
      else setError(message);
    }
    setScoring(undefined);
  };
  /** A file that is dropped here is no input of the next run: the page does not hear of it. */
  const onDrag = (event: DragEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    setOver(event.type === 'dragover');
    if (event.type === 'drop') void take(event.dataTransfer?.files[0]);
  };
  return (
    <section aria-labelledby="score" class="score">
      <h2 id="score">{WORDS.heading}</h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button does the same */}
      <div class={`drop small${isOver ? ' over' : ''}`} onDragOver={onDrag} onDragLeave={onDrag} onDrop={onDrag}>
        <p id="score-help">{WORDS.what}</p>
        <p class="buttons">
          <button
            type="button"
            id="choose-score"
            aria-describedby="score-help score-error"
            disabled={scoring !== undefined}
            onClick={() => input.current?.click()}
          >
            {WORDS.choose}
          </button>
          {scoring && (
            <button type="button" onClick={() => controller.current?.abort()}>
              {WORDS.cancel}
            </button>
          )}
        </p>
      </div>
      <input
        ref={input}
        id="score-file"
        type="file"
        hidden
        aria-label={WORDS.choose}
        onInput={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          // the same file may be chosen again
          currentTarget.value = '';
          void take(file);
        }}
      />
      <ErrorMessage id="score-error" text={error} />
      <p role="status" class="busy">
        {scoring && WORDS.scoring(scoring.name)}
        {notice}
      </p>
      {scoring && (
        <>
          <progress aria-label={WORDS.progress} max={1} value={scoring.share} />
          <p class="left">{WORDS.rows(scoring.rows)}</p>
        </>
      )}
      {scored && results && <results.ScoredRows scored={scored} />}
    </section>
  );
}
