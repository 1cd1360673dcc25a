// Records whose answer was wrong: stored on this device, and learnt from ten on.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { classWords } from '../report/class-words.ts';
import { ErrorMessage } from './error-message.tsx';
import type { Correction, Outcome, Retrained, Work } from './messages.ts';
import { probabilityText } from './number-texts.ts';
import { RESULT_TEXTS } from './result-texts.ts';
import { saveFile } from './save-file.ts';
import { change, kept } from './store.ts';

const WORDS = RESULT_TEXTS.corrections;
/** The fewest corrections to retrain with. */
const ENOUGH = 10;
/** Fields of a record that the list shows. */
const SHOWN = 4;

export function Corrections({
  names,
  record,
  label,
  target,
  remote,
}: {
  /** Names of the record's fields. */
  readonly names: readonly string[];
  /** The typed record; undefined without an answer. */
  readonly record: Readonly<Record<string, string>> | undefined;
  /** The student's answer. */
  readonly label: 0 | 1;
  readonly target: Outcome['target'];
  readonly remote: Pick<Work, 'retrain' | 'download'>;
}): JSX.Element {
  const [all, setAll] = useState<readonly Correction[]>([]);
  const [found, setFound] = useState<Retrained>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  useEffect(() => {
    void kept<readonly Correction[]>('corrections').then((stored) => stored && setAll(stored));
  }, []);
  // listed once it is stored: what the list shows survives a reload
  const update = async (act: (old: readonly Correction[]) => readonly Correction[]): Promise<void> => {
    setFound(undefined);
    const stored = await change<readonly Correction[]>('corrections', (old) => act(old ?? []));
    setAll((shown) => stored ?? act(shown));
  };
  // those of other tables stay stored
  const own = all.filter((one) => names.every((name) => name in one.record));
  const retrain = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      setFound(await remote.retrain(own));
    } catch (failure) {
      setError((failure as Error).message);
    }
    setBusy(false);
  };
  const right = label === 1 ? 0 : 1;
  return (
    <section aria-labelledby="corrections">
      <h3 id="corrections">{WORDS.heading}</h3>
      <p class="buttons">
        <button
          type="button"
          disabled={!record}
          onClick={() => record && void update((old) => [...old, { record, label: right }])}
        >
          {WORDS.wrong(classWords(right, target))}
        </button>
        <button type="button" disabled={own.length < ENOUGH || busy} onClick={() => void retrain()}>
          {WORDS.retrain(own.length)}
        </button>
      </p>
      {own.length < ENOUGH && <p>{WORDS.from(ENOUGH)}</p>}
      {error && <ErrorMessage text={error} />}
      {own.length > 0 && (
        <ol id="corrections-list">
          {own.map((one, i) => (
            <li key={i}>
              {classWords(one.label, target)}: {describe(one, names)}
              {found?.answers[i] && WORDS.change(show(found.answers[i].before), show(found.answers[i].after))}{' '}
              <button
                type="button"
                aria-label={WORDS.removeOne(i + 1)}
                onClick={() => void update((old) => without(old, one))}
              >
                {WORDS.remove}
              </button>
            </li>
          ))}
        </ol>
      )}
      {found && (
        <>
          <p role="status" id="retrained">
            {sentence(found)}
          </p>
          {found.changed && (
            <button type="button" onClick={() => void remote.download('retrained', {}).then(saveFile)}>
              {WORDS.download}
            </button>
          )}
        </>
      )}
    </section>
  );
}

/** The list without the first correction equal to `one`: stored entries are copies. */
function without(all: readonly Correction[], one: Correction): readonly Correction[] {
  const text = JSON.stringify(one);
  const at = all.findIndex((other) => JSON.stringify(other) === text);
  return all.filter((_, i) => i !== at);
}

function describe({ record }: Correction, names: readonly string[]): string {
  const fields = names.slice(0, SHOWN).map((name) => `${name} ${record[name] || WORDS.missing}`);
  return `${fields.join(', ')}${names.length > SHOWN ? ' …' : ''}`;
}

const show = ({ probability, right }: Retrained['answers'][number]['before']): string =>
  `${probabilityText(probability)}${right ? WORDS.right : ''}`;

function sentence({ changed, answers, test, seconds }: Retrained): string {
  const took = WORDS.took(seconds.toFixed(1));
  if (!changed) return `${WORDS.stays} ${took}`;
  const count = (when: 'before' | 'after'): number => answers.filter((one) => one[when].right).length;
  const measured = test ? WORDS.test(test) : '';
  return `${WORDS.better(count('after'), answers.length, count('before'))}${measured} ${took}`;
}
