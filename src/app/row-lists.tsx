// The test rows where teacher and student disagree most, and the student's worst errors.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';
import type { ListedRow, ListedRows, Outcome, Work } from './messages.ts';
import { metricText, probabilityText } from './number-texts.ts';
import { Numbers } from './numbers.tsx';
import { labelText } from './row-label.ts';
import { TEXTS } from './texts.ts';

export interface Props {
  readonly outcome: Outcome;
  readonly remote: Pick<Work, 'listRows'>;
  /** Takes a test row into the form of what-if. */
  readonly onTry: (at: number) => void;
}

/** Most columns of a list; texts are long. */
const COLUMNS = 4;
/** Rows that a narrow screen shows at first; the style has the same number. */
const FEW = 3;
/** Most characters of a value. */
const LENGTH = 90;
const { testRows: WORDS } = TEXTS;

export function RowLists({ outcome, remote, onTry }: Props): JSX.Element {
  const [found, setFound] = useState<ListedRows>();
  const [error, setError] = useState<string>();
  const columns = mainColumns(outcome);
  useEffect(() => {
    remote.listRows(columns).then(setFound, (failure: Error) => setError(failure.message));
  }, []);
  const [whole, setWhole] = useState<readonly string[]>([]);
  const list = (id: string, title: string, none: string, rows: readonly ListedRow[], last: 'loss' | 'apart') => (
    <div id={id} class={whole.includes(id) ? undefined : 'few'}>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p>{none}</p>
      ) : (
        <Numbers
          caption={title}
          head={[...WORDS.head, last === 'loss' ? WORDS.loss : WORDS.apart, ...columns, WORDS.whatIf]}
          rows={rows.map((row) => [
            <span key="row">
              <span class="of-card">{WORDS.row} </span>
              {row.number}
            </span>,
            labelText(row.label, outcome.target),
            shown(row.teacher),
            shown(row.student),
            last === 'loss' ? metricText(row.loss) : probabilityText(Math.abs(row.teacher - row.student)),
            ...row.values.map((text) => (text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text || WORDS.missing)),
            <button
              key="try"
              type="button"
              class="small"
              aria-label={WORDS.tryRow(row.number)}
              onClick={() => onTry(row.at)}
            >
              {WORDS.try}
            </button>,
          ])}
          stack
        />
      )}
      {rows.length > FEW && (
        <button
          type="button"
          class="all-rows"
          onClick={() => setWhole((all) => (all.includes(id) ? all.filter((one) => one !== id) : [...all, id]))}
        >
          {whole.includes(id) ? WORDS.fewer : WORDS.all(rows.length)}
        </button>
      )}
    </div>
  );
  return (
    <>
      <p>{WORDS.intro}</p>
      <ErrorMessage text={error} />
      {!found && !error && <p role="status">{WORDS.reading}</p>}
      {found && (
        <>
          {list('row-disagreements', WORDS.disagreements, WORDS.noDisagreement, found.disagreements, 'apart')}
          {list('row-errors', WORDS.errors, WORDS.noLabel, found.errors, 'loss')}
        </>
      )}
    </>
  );
}

/** The columns that the student depends on most, or else the first. */
function mainColumns({ result, inputs }: Outcome): string[] {
  const names = inputs.map(({ name }) => name);
  const most = result.importance?.columns.map(({ column }) => column).filter((name) => names.includes(name)) ?? [];
  return [...new Set([...most, ...names])].slice(0, COLUMNS);
}

const shown = (p: number): string => (Number.isNaN(p) ? WORDS.none : probabilityText(p));
