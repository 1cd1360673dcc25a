// What was recognised about the teachers, and the fields that correct it.
import type { JSX } from 'preact';
import { CHECK_TEXTS } from './check-texts.ts';
import type { Errors } from './errors.ts';
import type { TeacherSummary } from './input-messages.ts';
import { FIELD_LABELS } from './name-field.ts';
import type { Files } from './sort-files.ts';
import { StatedField } from './stated-field.tsx';

const WORDS = CHECK_TEXTS.teacher;

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
  return (
    <div class="reading">
      {teachers.map((teacher) => (
        <TeacherFacts key={teacher.name + teacher.sha256} teacher={teacher} isNamed={teachers.length > 1} />
      ))}
      {classes && (
        <label>
          {FIELD_LABELS.class}
          <select
            id="class"
            value={files.class ?? ''}
            onChange={(event) => onChange({ ...files, class: event.currentTarget.value || undefined })}
          >
            <option value="">{WORDS.asLabels}</option>
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
          <summary>{WORDS.wrong}</summary>
          <label>
            {FIELD_LABELS.convention}
            <select
              value={files.convention ?? ''}
              onChange={(event) => onChange({ ...files, convention: event.currentTarget.value || undefined })}
            >
              {WORDS.conventions.map(([value, label]) => (
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
              {WORDS.positive.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          {!classes && (
            <StatedField
              id="class"
              label={FIELD_LABELS.class}
              value={files.class}
              placeholder={WORDS.detected}
              onChange={(text) => onChange({ ...files, class: text })}
            />
          )}
          {teachers.some(({ readsText }) => readsText) || files.maxLength !== undefined ? (
            <StatedField
              id="max-length"
              label={FIELD_LABELS['max-length']}
              value={files.maxLength}
              inputMode="numeric"
              onChange={(text) => onChange({ ...files, maxLength: text })}
            />
          ) : null}
          <StatedField
            id="inputs"
            label={FIELD_LABELS.inputs}
            value={files.inputs}
            placeholder="INPUT=a,b; OTHER=c"
            onChange={(text) => onChange({ ...files, inputs: text })}
          />
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
          <dt>{WORDS.name}</dt>
          <dd>{teacher.name}</dd>
        </>
      )}
      <dt>{WORDS.inputs}</dt>
      <dd>
        {teacher.inputs.join('; ')}: {teacher.entry}
      </dd>
      <dt>{WORDS.output}</dt>
      <dd>
        {teacher.output} {WORDS.is} <strong id={isNamed ? undefined : 'convention'}>{teacher.convention}</strong>:{' '}
        {teacher.reason}
      </dd>
      <dt>{WORDS.class1}</dt>
      <dd>
        {teacher.className === undefined ? '' : `“${teacher.className}”, `}
        {teacher.positiveClass === 'open' ? WORDS.open : WORDS.value(teacher.positiveClass)}: {teacher.positiveReason}
      </dd>
    </dl>
  );
}
