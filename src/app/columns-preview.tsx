// The rows at a glance: the balance of the classes, and a small chart of each column with its missing values.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { percentText } from '../report/short-numbers.ts';
import { Breakable } from './breakable.tsx';
import type { Bar, ColumnSummary, TableSummary } from './input-messages.ts';
import { TEXTS } from './texts.ts';

/** Columns that are shown at first. */
const SHOWN = 8;
const { rows: WORDS } = TEXTS;

const percent = (part: number, whole: number): string => percentText(part / Math.max(1, whole));

interface Props {
  readonly table: TableSummary;
  readonly target: string | undefined;
  readonly positive: string | undefined;
}

export function ColumnsPreview({ table, target, positive }: Props): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const label = table.columns.find(({ name }) => name === target);
  const others = table.columns.filter(({ name }) => name !== target);
  return (
    <div class="glance" id="glance">
      {label && label.bars.length === 2 && <Balance bars={label.bars} positive={positive} />}
      <ul class="minis">
        {(isWhole ? others : others.slice(0, SHOWN)).map((column) => (
          <Mini key={column.name} column={column} rows={table.rows} />
        ))}
      </ul>
      {others.length > SHOWN && (
        <button type="button" class="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? WORDS.fewer : WORDS.all(others.length)}
        </button>
      )}
    </div>
  );
}

function Balance({
  bars,
  positive,
}: {
  readonly bars: readonly Bar[];
  readonly positive: string | undefined;
}): JSX.Element {
  const total = bars.reduce((sum, { rows }) => sum + rows, 0);
  // class 1 comes last, in the colour of what is found
  const sorted = bars[0]?.label === positive ? [...bars].reverse() : bars;
  const [first, second] = sorted as [Bar, Bar];
  return (
    <div class="balance">
      <p>{WORDS.balance(first.label, percent(first.rows, total), second.label, percent(second.rows, total))}</p>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="zero" width={(100 * first.rows) / total} height="4" />
        <rect class="one" x={(100 * first.rows) / total} width={(100 * second.rows) / total} height="4" />
      </svg>
    </div>
  );
}

function Mini({ column, rows }: { readonly column: ColumnSummary; readonly rows: number }): JSX.Element {
  const { name, kind, isText, distinct, missing, bars } = column;
  const most = bars.reduce((largest, bar) => Math.max(largest, bar.rows), 1);
  const width = 100 / Math.max(1, bars.length);
  const ends =
    kind === 'number' && bars.length > 0
      ? [bars[0]?.label.split(' to ')[0], bars.at(-1)?.label.split(' to ').at(-1)]
      : [bars[0]?.label.slice(0, 24), WORDS.distinct(distinct)];
  return (
    <li class="mini">
      <p class="name">
        <Breakable text={name} />
      </p>
      {bars.length === 0 || isText ? (
        <p class="said">{isText ? WORDS.text : WORDS.empty}</p>
      ) : (
        <>
          <svg viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label={WORDS.values(name, words(bars))}>
            {bars.map(({ label, rows: count }, i) => (
              <rect
                key={label}
                x={i * width + 0.5}
                y={32 - (31 * count) / most}
                width={width - 1}
                height={(31 * count) / most}
              />
            ))}
          </svg>
          <p class="ends">
            <span>{ends[0]}</span>
            <span>{ends[1]}</span>
          </p>
        </>
      )}
      {missing > 0 && <p class="missing">{WORDS.missing(missing, percent(missing, rows))}</p>}
    </li>
  );
}

/** The bars as text. */
function words(bars: readonly Bar[]): string {
  return bars.map(({ label, rows }) => `${label || WORDS.others} ${rows.toLocaleString('en')}`).join(', ');
}
