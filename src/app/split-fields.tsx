// The fields of the split: by what, the column, and the shares of the parts.
import type { JSX } from 'preact';
import { CHECK_TEXTS } from './check-texts.ts';
import type { ColumnSummary, SplitChoice } from './input-messages.ts';
import { FIELD_LABELS } from './name-field.ts';

const WORDS = CHECK_TEXTS.split;

interface Props {
  readonly split: SplitChoice;
  readonly columns: readonly ColumnSummary[];
  readonly onChange: (split: SplitChoice) => void;
}

export function SplitFields({ split, columns, onChange }: Props): JSX.Element {
  const set = (change: SplitChoice): void => onChange({ ...split, ...change });
  return (
    <details>
      <summary>{WORDS.summary}</summary>
      <div class="columns">
        <label>
          {FIELD_LABELS['split-by']}
          <select
            id="split-by"
            value={split.by ?? ''}
            onChange={(event) => {
              const by = (event.currentTarget.value || undefined) as SplitChoice['by'];
              set({ by, column: by && (split.column ?? columns[0]?.name) });
            }}
          >
            {WORDS.ways.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {split.by && (
          <label>
            {WORDS.column}
            <select
              id="split-column"
              value={split.column}
              onChange={(event) => set({ column: event.currentTarget.value })}
            >
              {columns.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {WORDS.shares}
          <input
            id="shares"
            value={split.shares ?? ''}
            placeholder="60/20/20"
            onInput={(event) => set({ shares: event.currentTarget.value.trim() || undefined })}
          />
        </label>
      </div>
    </details>
  );
}
