// What was recognised about the teachers, and the fields that correct it.
import type { JSX } from 'preact';
import type { Errors } from './errors.ts';
import type { TeacherSummary } from './messages.ts';
import { FIELD_LABELS } from './name-field.ts';
import type { Files } from './sort-files.ts';

const CONVENTIONS = [
  ['', 'as detected'],
  ['logit', 'one logit'],
  ['probability', 'one probability'],
  ['logits', 'two logits'],
  ['probabilities', 'two probabilities'],
] as const;

interface Props {
  readonly files: Files;
  readonly teachers: readonly TeacherSummary[];
  readonly errors: Errors;
  readonly onChange: (files: Files) => void;
}

/** How the teachers are read, and the fields that state it otherwise. */
export function TeacherReading({ files, teachers, errors, onChange }: Props): JSX.Element {
  const { models = [] } = files;
  const classes = teachers.find((teacher) => teacher.classes)?.classes;
  const stateClass = (text: string): void => onChange({ ...files, class: text || undefined });
  return (
    <div class="reading">
      {teachers.map((teacher) => (
        <TeacherFacts key={teacher.name + teacher.sha256} teacher={teacher} isNamed={teachers.length > 1} />
      ))}
      {classes && (
        <label>
          {FIELD_LABELS.class}
          <select id="class" value={files.class ?? ''} onChange={(event) => stateClass(event.currentTarget.value)}>
            <option value="">as the label's values name it</option>
            {classes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {models.length > 0 && (
        <details open={errors.teacher !== undefined}>
          <summary>Are the inputs or the output read wrongly?</summary>
          <label>
            {FIELD_LABELS.convention}
            <select
              value={files.convention ?? ''}
              onChange={(event) => onChange({ ...files, convention: event.currentTarget.value || undefined })}
            >
              {CONVENTIONS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label>
            {FIELD_LABELS['positive-class']}
            <select
              value={files.positiveClass ?? ''}
              onChange={(event) => onChange({ ...files, positiveClass: event.currentTarget.value || undefined })}
            >
              <option value="">as detected</option>
              <option value="second">the second</option>
              <option value="first">the first</option>
            </select>
          </label>
          {!classes && (
            <label>
              {FIELD_LABELS.class}
              <input
                id="class"
                value={files.class ?? ''}
                placeholder="as detected"
                onChange={(event) => stateClass(event.currentTarget.value.trim())}
              />
            </label>
          )}
          {teachers.some(({ readsText }) => readsText) || files.maxLength !== undefined ? (
            <label>
              {FIELD_LABELS['max-length']}
              <input
                id="max-length"
                value={files.maxLength ?? ''}
                inputMode="numeric"
                onChange={(event) => onChange({ ...files, maxLength: event.currentTarget.value.trim() || undefined })}
              />
            </label>
          ) : null}
          <label>
            {FIELD_LABELS.inputs}
            <input
              id="inputs"
              value={files.inputs ?? ''}
              placeholder="INPUT=a,b; OTHER=c"
              onChange={(event) => onChange({ ...files, inputs: event.currentTarget.value.trim() || undefined })}
            />
          </label>
        </details>
      )}
    </div>
  );
}

function TeacherFacts({
  teacher,
  isNamed,
}: {
  readonly teacher: TeacherSummary;
  /** Whether to show its name. */
  readonly isNamed: boolean;
}): JSX.Element {
  return (
    <dl>
      {isNamed && (
        <>
          <dt>Teacher</dt>
          <dd>{teacher.name}</dd>
        </>
      )}
      <dt>Inputs</dt>
      <dd>
        {teacher.inputs.join('; ')}: {teacher.entry}
      </dd>
      <dt>Output</dt>
      <dd>
        {teacher.output} is <strong id={isNamed ? undefined : 'convention'}>{teacher.convention}</strong>:{' '}
        {teacher.reason}
      </dd>
      <dt>Class 1</dt>
      <dd>
        {teacher.className === undefined ? '' : `“${teacher.className}”, `}
        {teacher.positiveClass === 'open' ? 'open' : `the ${teacher.positiveClass} value`}: {teacher.positiveReason}
      </dd>
    </dl>
  );
}
