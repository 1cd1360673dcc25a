// Step one: the teacher and the rows.
import type { JSX, TargetedEvent } from 'preact';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import { FileField } from './file-field.tsx';
import type { TableSummary, TeacherSummary } from './messages.ts';

/** Files larger than this are refused: a page has not the memory. */
const MAX_MEGABYTES = 500;

export interface Files {
  readonly model?: File | undefined;
  readonly preprocessing?: File | undefined;
  /** Files of weights that the model names. */
  readonly externalData?: readonly File[] | undefined;
  readonly rows?: File | undefined;
  readonly convention?: string | undefined;
  readonly positiveClass?: string | undefined;
}

/** Why a file is not opened at all; undefined where it is. */
export function refusal(file: File): string | undefined {
  const megabytes = file.size / 2 ** 20;
  if (megabytes <= MAX_MEGABYTES) return undefined;
  return `${file.name} has ${Math.round(megabytes)} MB, expected at most ${MAX_MEGABYTES}: a page cannot hold more. Give a sample of its rows, or use debkd on the command line.`;
}

/** Dropped or chosen files, each to its place. */
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
        Choose or drop a binary classifier exported as ONNX and a table of rows it was not trained on. Everything stays
        on this device.{' '}
        <button type="button" class="link" onClick={onExample} disabled={busy !== undefined}>
          Try the built-in example
        </button>
      </p>
      <div class="columns">
        <div>
          <FileField
            id="model"
            label="Teacher (.onnx, with files of weights where it has some)"
            accept=".onnx,*/*"
            multiple
            file={files.model}
            onInput={pick('model')}
            error={errors.teacher}
          />
          <FileField
            id="preprocessing"
            label="How it wants its rows encoded (.json, if not raw)"
            accept=".json,application/json"
            file={files.preprocessing}
            onInput={pick('preprocessing')}
            error={errors.preprocessing}
          />
          {teacher && <TeacherFacts teacher={teacher} />}
          {files.model && (
            <details open={errors.teacher !== undefined}>
              <summary>The output means something else?</summary>
              <label>
                Its output is
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
                Of two values, class 1 is
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
            label="Rows (CSV, NDJSON, Parquet or npy, gzip or not)"
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
