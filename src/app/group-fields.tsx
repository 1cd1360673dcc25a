// The columns whose groups are compared.
import type { JSX } from 'preact';
import type { ColumnSummary } from './input-messages.ts';
import { Terms } from './terms.tsx';
import { TEXTS } from './texts.ts';

interface Props {
  readonly columns: readonly ColumnSummary[];
  /** The chosen columns. */
  readonly groups: readonly string[];
  readonly onChange: (groups: readonly string[]) => void;
}

/** As on the command line: numbers with more values are cut at their quartiles, texts with more are refused. */
const MAX_VALUES = 20;
const { rows: WORDS } = TEXTS;

export function GroupFields({ columns, groups, onChange }: Props): JSX.Element {
  const fit = columns.filter(
    ({ kind, isText, distinct, missing }) =>
      !isText && distinct > 1 && (kind === 'number' || distinct + (missing > 0 ? 1 : 0) <= MAX_VALUES),
  );
  const chosen = fit.filter(({ name }) => groups.includes(name)).map(({ name }) => name);
  return (
    <details id="groups">
      <summary>{WORDS.groups(chosen.join(', '))}</summary>
      <Terms names={['group']} />
      <p class="hint">{fit.length === 0 ? WORDS.noGroups : WORDS.groupsSay}</p>
      <div class="ticks">
        {fit.map(({ name }) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) =>
                onChange(event.currentTarget.checked ? [...chosen, name] : chosen.filter((other) => other !== name))
              }
            />
            {name}
          </label>
        ))}
      </div>
    </details>
  );
}
