// The columns of texts, for the teachers that read texts and for the student.
import type { JSX } from 'preact';
import { CHECK_TEXTS } from './check-texts.ts';
import type { Choice, TableSummary } from './input-messages.ts';
import { FIELD_LABELS } from './name-field.ts';

const WORDS = CHECK_TEXTS.texts;

interface Props {
  readonly table: TableSummary;
  readonly choice: Partial<Choice>;
  /** Whether a model reads texts: any column that is not of numbers may then hold them. */
  readonly readsText: boolean;
  readonly onChange: (choice: Partial<Choice>) => void;
}

/** A column of this many values or fewer holds codes, not texts. */
const MOST_CODES = 20;

export function TextFields({ table, choice, readsText, onChange }: Props): JSX.Element | null {
  const { target, softLabels, weights } = choice;
  const offered = table.columns.filter(
    ({ name, kind, distinct, isText }) =>
      name !== '' &&
      ![target, softLabels, weights].includes(name) &&
      (isText || (readsText && kind === 'category' && distinct > MOST_CODES)),
  );
  if (offered.length === 0) return null;
  const found = offered.filter(({ isText }) => isText).map(({ name }) => name);
  const chosen = (choice.text ?? found).filter((name) => offered.some((column) => column.name === name));
  const read = (name: string, isRead: boolean): void =>
    onChange({
      ...choice,
      text: offered.map((column) => column.name).filter((other) => (other === name ? isRead : chosen.includes(other))),
    });
  return (
    <fieldset class="texts" aria-describedby="text-help text-error">
      <legend>{FIELD_LABELS.text}</legend>
      {offered.map(({ name }) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            disabled={chosen.length === 1 && chosen.includes(name)}
            onChange={(event) => read(name, event.currentTarget.checked)}
          />{' '}
          {name}
        </label>
      ))}
      <p id="text-help" class="hint">
        {readsText ? WORDS.teacher : ''}
        {WORDS.student}
      </p>
    </fieldset>
  );
}
