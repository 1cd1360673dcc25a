// The list of kept runs: open, rename, export, delete, and compare two or three.
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { settingsText } from './check-settings.ts';
import { ErrorMessage } from './error-message.tsx';
import { Undo } from './files.tsx';
import type { RunHead } from './kept-runs.ts';
import { metricText } from './number-texts.ts';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';
import type { Runs } from './use-runs.ts';

const MOST_COMPARED = 3;
const { runs: WORDS } = TEXTS;

export function RunsList({ runs, isBusy }: { readonly runs: Runs; readonly isBusy: boolean }): JSX.Element | null {
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [isCompared, setCompared] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { heads, shown, deleted, notice, error } = runs;
  const chosen = heads.filter(({ id }) => ticked.includes(id));
  const comparison = useLoaded(() => import('./compare-runs.tsx'), isCompared);
  return (
    <section aria-labelledby="runs" class="runs">
      <h2 id="runs">{WORDS.heading}</h2>
      <p class="hint">{heads.length === 0 ? WORDS.none : WORDS.where}</p>
      {notice && <p class="warning">{notice}</p>}
      <ErrorMessage id="runs-error" text={error} />
      {deleted && <Undo text={WORDS.deleted(deleted.name)} onUndo={() => void runs.undo()} />}
      {heads.length > 0 && (
        <ul class="run-list">
          {heads.map((head) => (
            <Run
              key={head.id}
              head={head}
              runs={runs}
              isShown={shown?.id === head.id}
              isBusy={isBusy}
              isTicked={ticked.includes(head.id)}
              canTick={chosen.length < MOST_COMPARED}
              onTick={(isOn) => setTicked((all) => (isOn ? [...all, head.id] : all.filter((id) => id !== head.id)))}
            />
          ))}
        </ul>
      )}
      <p class="buttons">
        {heads.length > 1 && (
          <button type="button" disabled={chosen.length < 2} onClick={() => setCompared(!isCompared)}>
            {isCompared && chosen.length > 1 ? WORDS.close : WORDS.compare(chosen.length)}
          </button>
        )}
        <button type="button" disabled={isBusy} onClick={() => input.current?.click()}>
          {WORDS.import}
        </button>
      </p>
      <input
        ref={input}
        id="run-file"
        type="file"
        multiple
        hidden
        accept=".debkd-run,.json"
        aria-label={WORDS.import}
        onInput={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          void runs.import(files);
        }}
      />
      {isCompared && chosen.length > 1 && comparison && <comparison.ComparedRuns heads={chosen} />}
    </section>
  );
}

interface RunProps {
  readonly head: RunHead;
  readonly runs: Runs;
  readonly isShown: boolean;
  readonly isBusy: boolean;
  readonly isTicked: boolean;
  readonly canTick: boolean;
  readonly onTick: (isOn: boolean) => void;
}

function Run({ head, runs, isShown, isBusy, isTicked, canTick, onTick }: RunProps): JSX.Element {
  const [name, setName] = useState<string>();
  const renaming = useRef<HTMLButtonElement>(null);
  const { id, at, teacher, settings, student, metrics } = head;
  const auc = metrics['de-biased']?.auc;
  const ofTeacher = metrics['teacher']?.auc;
  const rename = async (): Promise<void> => {
    if (name?.trim()) await runs.rename(id, name.trim());
    setName(undefined);
    renaming.current?.focus();
  };
  return (
    <li class={isShown ? 'run shown' : 'run'}>
      <input
        type="checkbox"
        aria-label={WORDS.tick(head.name)}
        checked={isTicked}
        disabled={!isTicked && !canTick}
        onChange={(event) => onTick(event.currentTarget.checked)}
      />
      <div class="about">
        {name === undefined ? (
          <p class="name">{head.name}</p>
        ) : (
          <form
            class="buttons"
            onSubmit={(event) => {
              event.preventDefault();
              void rename();
            }}
          >
            <input
              aria-label={WORDS.name}
              value={name}
              ref={(field) => field?.select()}
              onInput={(event) => setName(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && setName(undefined)}
            />
            <button type="submit">{WORDS.save}</button>
          </form>
        )}
        <p class="said">
          {new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })} · {teacher} → {student} ·{' '}
          {settingsText(settings)}
        </p>
        {auc !== undefined && (
          <p class="said">{WORDS.auc(metricText(auc), ofTeacher === undefined ? undefined : metricText(ofTeacher))}</p>
        )}
      </div>
      <p class="buttons">
        <button
          type="button"
          disabled={isBusy}
          aria-label={`${WORDS.open} ${head.name}`}
          onClick={() => void runs.open(id)}
        >
          {WORDS.open}
        </button>
        <button
          ref={renaming}
          type="button"
          aria-label={`${WORDS.rename} ${head.name}`}
          onClick={() => setName(head.name)}
        >
          {WORDS.rename}
        </button>
        <button type="button" aria-label={`${WORDS.export} ${head.name}`} onClick={() => void runs.export(id)}>
          {WORDS.export}
        </button>
        <button type="button" aria-label={`${WORDS.delete} ${head.name}`} onClick={() => void runs.remove(id)}>
          {WORDS.delete}
        </button>
      </p>
    </li>
  );
}
