// The fields of columns that are no features: soft labels, with what they mean, and row weights.
import type { JSX } from 'preact';
import { CHECK_TEXTS } from './check-texts.ts';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import type { Choice, ColumnSummary, TableSummary } from './input-messages.ts';
import { FIELD_LABELS } from './name-field.ts';
import { Terms } from './terms.tsx';

interface Props {
  readonly table: TableSummary;
  readonly choice: Partial<Choice>;
  /** Whether a model is chosen: what the soft labels mean is then detected. */
  readonly hasModel: boolean;
  readonly errors: Errors;
  readonly onChange: (choice: Partial<Choice>) => void;
}

const WORDS = CHECK_TEXTS.roles;

export function RoleFields({ table, choice, hasModel, errors, onChange }: Props): JSX.Element {
  const { target, softLabels, softLabelsAre, weights } = choice;
  const others = table.columns.filter(({ name }) => name !== '' && name !== target);
  return (
    <>
      <div class="columns">
        <ColumnField
          id="soft-labels"
          label={WORDS.softLabels}
          columns={others.filter(({ name }) => name !== weights)}
          value={softLabels}
          onChange={(name) => onChange({ ...choice, softLabels: name, softLabelsAre: undefined })}
        />
        {softLabels !== undefined && !hasModel && (
          <label>
            {FIELD_LABELS.convention}
            <select
              id="soft-labels-are"
              value={softLabelsAre ?? ''}
              onChange={(event) =>
                onChange({
                  ...choice,
                  softLabelsAre: (event.currentTarget.value || undefined) as Choice['softLabelsAre'],
                })
              }
            >
              {WORDS.conventions.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        <ColumnField
          id="weights"
          label={FIELD_LABELS.weights}
          columns={others.filter(({ name, kind }) => kind === 'number' && name !== softLabels)}
          value={weights}
          onChange={(name) => onChange({ ...choice, weights: name })}
        />
      </div>
      <Terms names={['softLabel']} />
      <ErrorMessage id="soft-labels-error" text={errors['soft-labels']} />
      <ErrorMessage id="weights-error" text={errors.weights} />
    </>
  );
}

/** A choice of one column, or none. */
function ColumnField({
  id,
  label,
  columns,
  value,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly columns: readonly ColumnSummary[];
  readonly value: string | undefined;
  readonly onChange: (name: string | undefined) => void;
}): JSX.Element {
  return (
    <label>
      {label}
      <select
        id={id}
        value={value ?? ''}
        aria-describedby={`${id}-error`}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      >
        <option value="">{WORDS.none}</option>
        {columns.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
