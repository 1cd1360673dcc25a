// Step 1: the teacher and the rows.
import type { JSX, TargetedEvent } from 'preact';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import { FileField } from './file-field.tsx';
import type { TableSummary, TeacherSummary } from './messages.ts';
import { FIELD_LABELS } from './name-field.ts';

/** A page has too little memory for larger files. */
const MAX_MEGABYTES = 500;

/** The chosen files, and how to read the teacher's output. */
export interface Files {
  readonly model?: File | undefined;
  readonly preprocessing?: File | undefined;
  /** Weight files that the model refers to. */
  readonly externalData?: readonly File[] | undefined;
  readonly rows?: File | undefined;
  readonly convention?: string | undefined;
  readonly positiveClass?: string | undefined;
}

/** Why a file is refused; undefined when it is accepted. */
export function refusal(file: File): string | undefined {
  const megabytes = file.size / 2 ** 20;
  if (megabytes <= MAX_MEGABYTES) return undefined;
  return `${file.name}: ${Math.round(megabytes)} MB, expected at most ${MAX_MEGABYTES} MB; choose a sample of the rows, or use debkd on the command line`;
}

/** Assigns dropped files to the fields by their extensions. Other files count as weights of a dropped model. */
export function sortFiles(files: readonly File[], known: Files): Files {
  const model = files.find(({ name }) => /\.onnx$/i.test(name));
  const preprocessing = files.find(({ name }) => /\.json$/i.test(name));
  const rows = files.find(({ name }) => /\.(csv|tsv|txt|parquet|ndjson|jsonl|npy)(\.gz)?$/i.test(name));
  const externalData = files.filter((file) => ![model, preprocessing, rows].includes(file));
  return {
    ...known,
    ...(model && { model, externalData, convention: undefined, positiveClass: undefined }),
    ...(preprocessing && { preprocessing }),
    ...(rows && { rows }),
  };
}

const CONVENTIONS = [
  ['', 'as detected'],
  ['logit', 'one logit'],
  ['probability', 'one probability'],
  ['logits', 'two logits'],
  ['probabilities', 'two probabilities'],
] as const;

interface Props {
  readonly files: Files;
  readonly teacher: TeacherSummary | undefined;
  readonly table: TableSummary | undefined;
  readonly busy: string | undefined;
  readonly errors: Errors;
  readonly onChange: (files: Files) => void;
  readonly onExample: () => void;
}

export function FilesStep({ files, teacher, table, busy, errors, onChange, onExample }: Props): JSX.Element {
  const pick =
    (key: 'model' | 'preprocessing' | 'rows') =>
    (event: TargetedEvent<HTMLInputElement>): void => {
      const [first, ...more] = event.currentTarget.files ?? [];
      if (!first) onChange({ ...files, [key]: undefined });
      else if (key === 'model')
        onChange({ ...files, model: first, externalData: more, convention: undefined, positiveClass: undefined });
      else onChange({ ...files, [key]: first });
    };
  return (
    <section aria-labelledby="files">
      <h2 id="files">1. Teacher and rows</h2>
      <p>
        Choose or drop a binary classifier (ONNX) and a table of labelled rows that it was not trained on. Everything
        stays on this device.{' '}
        <button type="button" class="link" onClick={onExample} disabled={busy !== undefined}>
          Try the built-in example
        </button>
      </p>
      <div class="columns">
        <div>
          <FileField
            id="model"
            label="Teacher (.onnx, with its weight files if they are separate)"
            accept=".onnx,*/*"
            multiple
            file={files.model}
            onInput={pick('model')}
            error={errors.teacher}
          />
          <FileField
            id="preprocessing"
            label={`${FIELD_LABELS.preprocessing} (.json; only if the teacher takes encoded columns)`}
            accept=".json,application/json"
            file={files.preprocessing}
            onInput={pick('preprocessing')}
            error={errors.preprocessing}
          />
          {teacher && <TeacherFacts teacher={teacher} />}
          {files.model && (
            <details open={errors.teacher !== undefined}>
              <summary>Is the output read wrongly?</summary>
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
            </details>
          )}
        </div>
        <div>
          <FileField
            id="rows"
            label="Rows (CSV, NDJSON, Parquet or npy; optionally gzipped)"
            accept=".csv,.tsv,.txt,.parquet,.ndjson,.jsonl,.npy,.gz,*/*"
            file={files.rows}
            onInput={pick('rows')}
            error={errors.data}
          />
          {table && (
            <p>
              {table.rows.toLocaleString('en')} rows, {table.columns.length} columns.
            </p>
          )}
        </div>
      </div>
      <ErrorMessage text={errors.drop} />
      <p role="status" class="busy">
        {busy}
      </p>
    </section>
  );
}

function TeacherFacts({ teacher }: { readonly teacher: TeacherSummary }): JSX.Element {
  return (
    <dl>
      <dt>Inputs</dt>
      <dd>
        {teacher.inputs.join('; ')}: {teacher.entry}
      </dd>
      <dt>Output</dt>
      <dd>
        {teacher.output} is <strong id="convention">{teacher.convention}</strong>: {teacher.reason}
      </dd>
      <dt>Class 1</dt>
      <dd>
        {teacher.className === undefined ? '' : `“${teacher.className}”, `}the {teacher.positiveClass} value:{' '}
        {teacher.positiveReason}
      </dd>
    </dl>
  );
}
