// Step 2: shows what was detected and lets you correct it.
import type { JSX } from 'preact';
import { likelyPositive } from '../data/target.ts';
import { ColumnsPreview } from './columns-preview.tsx';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import { GroupFields } from './group-fields.tsx';
import type { Checked, Choice, TableSummary } from './messages.ts';
import { FIELD_LABELS } from './name-field.ts';
import { RoleFields } from './role-fields.tsx';
import { SplitFields } from './split-fields.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly table: TableSummary;
  readonly choice: Partial<Choice>;
  /** Whether a model is chosen. */
  readonly hasModel: boolean;
  /** Whether a model reads texts. */
  readonly readsText: boolean;
  readonly checked: Checked | undefined;
  readonly errors: Errors;
  readonly onChange: (choice: Partial<Choice>) => void;
}

/** What splits the rows. */
const SPLITS = { '': 'A hash of the features', group: 'A hash of the group', time: 'Time' } as const;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function CheckStep({ table, choice, hasModel, readsText, checked, errors, onChange }: Props): JSX.Element {
  const { target, positive, exclude = [], withhold = [], split = {} } = choice;
  const label = table.columns.find(({ name }) => name === target);
  const features = table.columns.filter(({ name }) => ![target, choice.softLabels, choice.weights].includes(name));
  const use = (name: string, used: boolean): void =>
    onChange({ ...choice, exclude: used ? exclude.filter((other) => other !== name) : [...exclude, name] });
  const protect = (name: string, isOn: boolean): void =>
    onChange({
      ...choice,
      exclude: exclude.filter((other) => other !== name),
      withhold: isOn ? [...withhold, name] : withhold.filter((other) => other !== name),
    });
  const given = features.filter(({ name }) => !exclude.includes(name) && !withhold.includes(name));
  const texts = useLoaded(() => import('./text-fields.tsx'), readsText || features.some(({ isText }) => isText));
  return (
    <section aria-labelledby="check">
      <h2 id="check">2. Check the data</h2>
      <div class="columns">
        <label>
          {FIELD_LABELS.target}
          <select
            id="target"
            value={target ?? ''}
            aria-describedby="target-error"
            onChange={(event) => onChange(withTarget(table, choice, event.currentTarget.value))}
          >
            <option value="">choose</option>
            {table.columns.map(({ name, distinct }) => (
              <option key={name} value={name}>
                {name} ({distinct} values)
              </option>
            ))}
          </select>
        </label>
        <label>
          {FIELD_LABELS.positive}
          <select
            id="positive"
            value={positive ?? ''}
            disabled={label?.distinct !== 2}
            aria-describedby="target-error"
            onChange={(event) => onChange({ ...choice, positive: event.currentTarget.value })}
          >
            <option value="">choose</option>
            {label?.distinct === 2 &&
              label.examples.map((text) => (
                <option key={text} value={text}>
                  {text}
                </option>
              ))}
          </select>
        </label>
      </div>
      <ErrorMessage id="target-error" text={errors.target ?? targetError(label, positive)} />
      <ColumnsPreview table={table} target={target} positive={positive} />
      <RoleFields table={table} choice={choice} hasModel={hasModel} errors={errors} onChange={onChange} />
      {texts && <texts.TextFields table={table} choice={choice} readsText={readsText} onChange={onChange} />}
      <ErrorMessage id="text-error" text={errors.text} />
      {checked && (
        <ul id="found">
          <li>
            {checked.labelled.toLocaleString('en')} rows have a label; {percent(checked.positives / checked.labelled)}{' '}
            of these are class 1. {SPLITS[split.by ?? '']} splits the rows into{' '}
            {checked.rows.train.toLocaleString('en')} training, {checked.rows.validation.toLocaleString('en')}{' '}
            validation and {checked.rows.test.toLocaleString('en')} test rows.
          </li>
          {checked.softLabels && <li>The teacher's answers are {checked.softLabels}.</li>}
          <li>
            {Number.isNaN(checked.auc)
              ? 'The sample has only one class, and the AUC of the teacher is not defined.'
              : `On ${checked.sampled.toLocaleString('en')} validation rows the teacher has ${choice.weights === undefined ? 'an' : 'a weighted'} AUC of ${checked.auc.toFixed(3)}.`}
            {checked.auc < 0.6 &&
              ' This is low: check the preprocessing, which value is class 1, and the meaning of the output.'}
          </li>
          <li class={checked.known ? 'warning' : undefined}>{checked.sentence}</li>
          {checked.notes.map((note) => (
            <li key={note} class="warning">
              {note}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>
          {FIELD_LABELS.exclude} ({given.length} of {features.length})
        </summary>
        <p>
          The teacher takes its columns in any case. Untick those that the student must not use: a sensitive attribute,
          an identifier, or a value known only after the label. {TEXTS.rows.sensitive}
        </p>
        <section
          class="scroll"
          aria-label="Columns" /* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */
          tabIndex={0}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">Student</th>
                <th scope="col">Sensitive</th>
                <th scope="col">Column</th>
                <th scope="col">Type</th>
                <th scope="col">Distinct values</th>
                <th scope="col">Missing</th>
                <th scope="col">Examples</th>
              </tr>
            </thead>
            <tbody>
              {features.map(({ name, kind, isText, distinct, missing, examples }) => (
                <tr key={name}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Give ${name} to the student`}
                      checked={!exclude.includes(name) && !withhold.includes(name)}
                      disabled={withhold.includes(name)}
                      onChange={(event) => use(name, event.currentTarget.checked)}
                    />
                  </td>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={TEXTS.rows.withhold(name)}
                      checked={withhold.includes(name)}
                      onChange={(event) => protect(name, event.currentTarget.checked)}
                    />
                  </td>
                  <th scope="row">{name}</th>
                  <td>{isText ? 'text' : kind}</td>
                  <td>{distinct}</td>
                  <td>{missing}</td>
                  <td>{examples.map(shortened).join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
      <GroupFields
        columns={features}
        groups={choice.groups ?? []}
        onChange={(groups) => onChange({ ...choice, groups })}
      />
      <SplitFields split={split} columns={features} onChange={(next) => onChange({ ...choice, split: next })} />
      <ErrorMessage text={errors.check} />
    </section>
  );
}

const EXAMPLE = 80;

/** The start of a text. */
function shortened(text: string): string {
  return text.length > EXAMPLE ? `${text.slice(0, EXAMPLE)} ...` : text;
}

/** The choice with another label column, with its value of class 1 if that is clear. */
function withTarget(table: TableSummary, choice: Partial<Choice>, target: string): Partial<Choice> {
  const { positive: _, exclude = [], withhold, groups, softLabels, weights, text, ...rest } = choice;
  const label = table.columns.find(({ name }) => name === target);
  const positive = label?.distinct === 2 ? likelyPositive(label.examples) : undefined;
  return {
    ...rest,
    ...(softLabels !== target && { softLabels }),
    ...(weights !== target && { weights }),
    ...(text && !text.includes(target) && { text }),
    target,
    exclude: exclude.filter((name) => name !== target),
    ...(withhold && { withhold: withhold.filter((name) => name !== target) }),
    ...(groups && { groups: groups.filter((name) => name !== target) }),
    ...(positive !== undefined && { positive }),
  };
}

/** What is wrong with the chosen label column, before the worker checks it. */
function targetError(
  label: TableSummary['columns'][number] | undefined,
  positive: string | undefined,
): string | undefined {
  if (!label) return 'No column is clearly the label; choose a column with two classes';
  if (label.distinct === 1)
    return `"${label.name}": only one value (${label.examples[0]}), expected two classes; add rows of the other class`;
  if (label.distinct !== 2)
    return `"${label.name}": ${label.distinct} distinct values (${label.examples.join(', ')}${label.distinct > 3 ? ', ...' : ''}), expected two; choose a binary column`;
  if (!positive) return `It is unclear whether ${label.examples.join(' or ')} is class 1; choose one`;
  return undefined;
}
