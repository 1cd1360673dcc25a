// Step 2: shows what was detected and lets you correct it.
import type { JSX } from 'preact';
import { likelyPositive } from '../data/target.ts';
import { percentText } from '../report/short-numbers.ts';
import { CHECK_TEXTS } from './check-texts.ts';
import { ColumnsPreview } from './columns-preview.tsx';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import { Step } from './fold.tsx';
import { GroupFields } from './group-fields.tsx';
import type { Checked, Choice, TableSummary } from './input-messages.ts';
import { FIELD_LABELS } from './name-field.ts';
import { metricText } from './number-texts.ts';
import { RoleFields } from './role-fields.tsx';
import { SplitFields } from './split-fields.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly table: TableSummary;
  /** Folds the step at each change. */
  readonly fold: string | undefined;
  readonly choice: Partial<Choice>;
  /** Whether a model is chosen. */
  readonly hasModel: boolean;
  /** Whether a model reads texts. */
  readonly readsText: boolean;
  readonly checked: Checked | undefined;
  readonly errors: Errors;
  readonly onChange: (choice: Partial<Choice>) => void;
}

const WORDS = CHECK_TEXTS.check;

export function CheckStep({ table, fold, choice, hasModel, readsText, checked, errors, onChange }: Props): JSX.Element {
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
    <Step id="check" title={WORDS.heading} said={WORDS.said(target, positive, checked?.labelled)} fold={fold}>
      <div class="columns">
        <label>
          {FIELD_LABELS.target}
          <select
            id="target"
            value={target ?? ''}
            aria-describedby="target-error"
            onChange={(event) => onChange(withTarget(table, choice, event.currentTarget.value))}
          >
            <option value="">{WORDS.choose}</option>
            {table.columns.map(({ name, distinct }) => (
              <option key={name} value={name}>
                {WORDS.values(name, distinct)}
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
            <option value="">{WORDS.choose}</option>
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
            {WORDS.found(
              checked.labelled,
              percentText(checked.positives / checked.labelled),
              WORDS.splits[split.by ?? ''],
              checked.rows,
            )}
          </li>
          {checked.softLabels && <li>{WORDS.softLabels(checked.softLabels)}</li>}
          <li>
            {Number.isNaN(checked.auc)
              ? WORDS.oneClass
              : WORDS.auc(checked.sampled, choice.weights !== undefined, metricText(checked.auc))}
            {checked.auc < 0.6 && WORDS.low}
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
        <summary>{WORDS.columns(FIELD_LABELS.exclude, given.length, features.length)}</summary>
        <p>
          {WORDS.exclude} {TEXTS.rows.sensitive}
        </p>
        <section
          class="scroll"
          aria-label={WORDS.table} /* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */
          tabIndex={0}
        >
          <table>
            <thead>
              <tr>
                {WORDS.head.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {features.map(({ name, kind, isText, distinct, missing, examples }) => (
                <tr key={name}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={WORDS.give(name)}
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
                  <td>{isText ? WORDS.text : kind}</td>
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
    </Step>
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
  if (!label) return WORDS.noTarget;
  if (label.distinct === 1) return WORDS.oneValue(label.name, label.examples[0]);
  if (label.distinct !== 2) return WORDS.manyValues(label.name, label.distinct, label.examples);
  if (!positive) return WORDS.unclear(label.examples);
  return undefined;
}
