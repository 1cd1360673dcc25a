// Records whose answer was wrong: stored on this device, and learnt from ten on.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';
import type { Correction, Retrained, Work } from './messages.ts';
import { saveFile } from './save-file.ts';
import { keep, kept } from './store.ts';

/** The fewest corrections to retrain with. */
const ENOUGH = 10;
/** Fields of a record that the list shows. */
const SHOWN = 4;

export function Corrections({
  names,
  record,
  label,
  remote,
}: {
  /** Names of the record's fields. */
  readonly names: readonly string[];
  /** The typed record; undefined without an answer. */
  readonly record: Readonly<Record<string, string>> | undefined;
  /** The student's answer. */
  readonly label: 0 | 1;
  readonly remote: Pick<Work, 'retrain' | 'download'>;
}): JSX.Element {
  const [all, setAll] = useState<readonly Correction[]>([]);
  const [found, setFound] = useState<Retrained>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  useEffect(() => {
    void kept<readonly Correction[]>('corrections').then((stored) => stored && setAll(stored));
  }, []);
  const change = (next: readonly Correction[]): void => {
    setAll(next);
    setFound(undefined);
    void keep('corrections', next);
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
  const right = 1 - label;
  return (
    <section aria-labelledby="corrections">
      <h3 id="corrections">Corrections</h3>
      <p class="buttons">
        <button
          type="button"
          disabled={!record}
          onClick={() => record && change([...all, { record, label: right as 0 | 1 }])}
        >
          This was wrong: class {right} is right
        </button>
        <button
          type="button"
          disabled={own.length < ENOUGH || busy}
          onClick={() => void retrain()}
        >{`Retrain with ${own.length} corrections`}</button>
      </p>
      {own.length < ENOUGH && (
        <p>From {ENOUGH} corrections on, the student can learn from them. They stay on this device.</p>
      )}
      {error && <ErrorMessage text={error} />}
      {own.length > 0 && (
        <ol id="corrections-list">
          {own.map((one, i) => (
            <li key={i}>
              class {one.label}: {describe(one, names)}
              {found?.answers[i] && `: ${show(found.answers[i].before)} before, ${show(found.answers[i].after)} now`}{' '}
              <button
                type="button"
                aria-label={`Remove correction ${i + 1}`}
                onClick={() => change(all.filter((other) => other !== one))}
              >
                Remove
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
              Download the new student
            </button>
          )}
        </>
      )}
    </section>
  );
}

function describe({ record }: Correction, names: readonly string[]): string {
  const fields = names.slice(0, SHOWN).map((name) => `${name} ${record[name] || '(missing)'}`);
  return `${fields.join(', ')}${names.length > SHOWN ? ' …' : ''}`;
}

const show = ({ probability, right }: Retrained['answers'][number]['before']): string =>
  `${probability.toFixed(2)}${right ? ' (right)' : ''}`;

function sentence({ changed, answers, test, seconds }: Retrained): string {
  const took = `It took ${seconds.toFixed(1)} s.`;
  if (!changed)
    return `No new student was clearly better on the corrections and the training rows; the student stays. ${took}`;
  const count = (when: 'before' | 'after'): number => answers.filter((one) => one[when].right).length;
  const measured = test
    ? ` On the test rows its AUC is ${test.after.auc.toFixed(4)} (before ${test.before.auc.toFixed(4)}), its log-loss ${test.after.logLoss.toFixed(4)} (before ${test.before.logLoss.toFixed(4)}).`
    : '';
  return `The new student answers ${count('after')} of ${answers.length} corrections right, the earlier one ${count('before')}.${measured} ${took}`;
}
