// Step two: what was detected, to be corrected.
import type { JSX } from 'preact';
import { likelyPositive } from '../data/target.ts';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import type { Checked, Choice, TableSummary } from './messages.ts';

interface Props {
  readonly table: TableSummary;
  readonly choice: Partial<Choice>;
  readonly checked: Checked | undefined;
  readonly errors: Errors;
  readonly onChange: (choice: Partial<Choice>) => void;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function CheckStep({ table, choice, checked, errors, onChange }: Props): JSX.Element {
  const { target, positive, drop = [] } = choice;
  const label = table.columns.find(({ name }) => name === target);
  const features = table.columns.filter(({ name }) => name !== target);
  const use = (name: string, used: boolean): void =>
    onChange({ ...choice, drop: used ? drop.filter((other) => other !== name) : [...drop, name] });
  return (
    <section aria-labelledby="check">
      <h2 id="check">2. What was found</h2>
      <div class="columns">
        <label>
          Column with the labels
          <select
            id="target"
            value={target ?? ''}
            aria-describedby="target-error"
            onChange={(event) => onChange(chosen(table, event.currentTarget.value, drop))}
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
          Class 1 is
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
      {checked && (
        <ul id="found">
          <li>
            {checked.labelled.toLocaleString('en')} rows have a label, {percent(checked.positives / checked.labelled)}{' '}
            of them class 1. Split by a hash of their features: {checked.rows.train.toLocaleString('en')} to train on,{' '}
            {checked.rows.validation.toLocaleString('en')} to choose by, {checked.rows.test.toLocaleString('en')} to
            measure on.
          </li>
          <li>
            {Number.isNaN(checked.auc)
              ? 'The sample has one class only, so that the teacher was not measured.'
              : `On ${checked.sampled.toLocaleString('en')} of the rows to choose by the teacher has an AUC of ${checked.auc.toFixed(3)}.`}
            {checked.auc < 0.6 &&
              ' That is little: look at its preprocessing, at which value is class 1, and at what its output means.'}
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
        <summary>Columns ({features.length - drop.length} used)</summary>
        <section
          class="scroll"
          aria-label="Columns" /* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */
          tabIndex={0}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">Use</th>
                <th scope="col">Column</th>
                <th scope="col">Kind</th>
                <th scope="col">Values</th>
                <th scope="col">Missing</th>
                <th scope="col">Such as</th>
              </tr>
            </thead>
            <tbody>
              {features.map(({ name, kind, distinct, missing, examples }) => (
                <tr key={name}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`use ${name}`}
                      checked={!drop.includes(name)}
                      onChange={(event) => use(name, event.currentTarget.checked)}
                    />
                  </td>
                  <th scope="row">{name}</th>
                  <td>{kind}</td>
                  <td>{distinct}</td>
                  <td>{missing}</td>
                  <td>{examples.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
      <ErrorMessage text={errors.check} />
    </section>
  );
}

/** A label column, with the value that is plainly class 1 where there is one. */
function chosen(table: TableSummary, target: string, drop: readonly string[]): Partial<Choice> {
  const label = table.columns.find(({ name }) => name === target);
  const positive = label?.distinct === 2 ? likelyPositive(label.examples) : undefined;
  return {
    ...{ target, drop: drop.filter((name) => name !== target) },
    ...(positive !== undefined && { positive }),
  };
}

/** What is wrong with the choice of a label, before it is tried. */
function targetError(
  label: TableSummary['columns'][number] | undefined,
  positive: string | undefined,
): string | undefined {
  if (!label) return 'No column was plainly the label: choose the one that holds two classes.';
  if (label.distinct === 1)
    return `"${label.name}" holds one value only (${label.examples[0]}), expected two classes; add rows of the other.`;
  if (label.distinct !== 2)
    return `"${label.name}" holds ${label.distinct} different values (${label.examples.join(', ')}${label.distinct > 3 ? ', ...' : ''}), expected two; choose a binary column, or make it one.`;
  if (!positive) return `Neither ${label.examples.join(' nor ')} is plainly class 1: choose.`;
  return undefined;
}
