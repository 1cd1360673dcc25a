// Step 1: the teachers and the rows.
import type { JSX, TargetedEvent } from 'preact';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import { FileField } from './file-field.tsx';
import { kindOf, roleOf } from './json-files.ts';
import type { ImageFolder, TableSummary, TeacherFiles, TeacherSummary } from './messages.ts';
import { FIELD_LABELS } from './name-field.ts';
import { type PickedFile, pickedIn } from './picked-file.ts';

/** A page has too little memory for larger files. */
const MAX_MEGABYTES = 500;

/** The chosen files, and how to read the teachers. */
export interface Files extends TeacherFiles {
  readonly models?: readonly File[] | undefined;
  readonly jsons?: readonly File[] | undefined;
  readonly externalData?: readonly File[] | undefined;
  readonly rows?: File | undefined;
  /** A folder of images, or that of the images of `rows`. */
  readonly images?: ImageFolder | undefined;
}

/** Why a file is refused; undefined when it is accepted. */
export function refusal(file: File): string | undefined {
  const megabytes = file.size / 2 ** 20;
  if (megabytes <= MAX_MEGABYTES) return undefined;
  return `${file.name}: ${Math.round(megabytes)} MB, expected at most ${MAX_MEGABYTES} MB; choose a sample of the rows, or use debkd on the command line`;
}

/** What was stated about other models. */
const AS_DETECTED = {
  convention: undefined,
  positiveClass: undefined,
  class: undefined,
  inputs: undefined,
  maxLength: undefined,
};

const isModel = ({ name }: File): boolean => /\.onnx$/i.test(name);

/** Names of tables. */
export const TABLE: RegExp = /\.(csv|tsv|txt|parquet|ndjson|jsonl|npy)(\.gz)?$|\.(zip|tar|tgz|tar\.gz)$/i;

/**
 * Assigns files to the fields by their extensions, and JSON files by their content. Other files count as weights of the models.
 * @param models those among the files
 */
export async function sortFiles(
  files: readonly File[],
  known: Files,
  models: readonly File[] = files.filter(isModel),
): Promise<Files> {
  const rest = files.filter((file) => !models.includes(file));
  const jsons = rest.filter(({ name }) => /\.json$/i.test(name));
  const rows = rest.find(({ name }) => TABLE.test(name));
  const externalData = rest.filter((file) => !jsons.includes(file) && file !== rows);
  const current = models.length > 0 ? models : (known.models ?? []);
  const roles = await rolesOf(jsons, current);
  const earlier = await keptJsons(known, models);
  const theirs = await rolesOf(earlier, current);
  const kept = earlier.filter((_, i) => !roles.includes(theirs[i] as string));
  return {
    ...known,
    ...(models.length > 0 && { ...AS_DETECTED, models, externalData }),
    ...((models.length > 0 || jsons.length > 0) && { jsons: [...kept, ...jsons] }),
    ...(rows && { rows }),
  };
}

async function rolesOf(jsons: readonly File[], models: readonly File[]): Promise<string[]> {
  return Promise.all(jsons.map(async (json) => roleOf(await kindOf(json), json, models)));
}

/** The earlier JSON files without those of the models that are replaced. */
async function keptJsons({ jsons = [], models = [] }: Files, next: readonly File[]): Promise<readonly File[]> {
  if (next.length === 0 || models.length === 0) return jsons;
  const roles = await rolesOf(jsons, models);
  return jsons.filter((_, i) => roles[i] === '');
}

/** The attribute of a field for a folder, which the declarations of JSX lack. */
const A_FOLDER = { webkitdirectory: true };

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
  readonly table: TableSummary | undefined;
  readonly busy: string | undefined;
  readonly errors: Errors;
  readonly onChange: (files: Files) => void;
  /** Takes files, or those of a folder, as if they were dropped. */
  readonly onPick: (picked: readonly PickedFile[]) => void;
  readonly onExample: () => void;
}

export function FilesStep({ files, teachers, table, busy, errors, onChange, onPick, onExample }: Props): JSX.Element {
  const pick =
    (key: 'models' | 'jsons' | 'rows') =>
    (event: TargetedEvent<HTMLInputElement>): void => {
      const picked = [...(event.currentTarget.files ?? [])];
      const [first] = picked;
      if (!first) onChange({ ...files, ...(key === 'models' && AS_DETECTED), [key]: undefined });
      else if (key === 'models')
        void sortFiles(picked, files, picked.some(isModel) ? undefined : [first]).then(onChange);
      else onChange({ ...files, [key]: key === 'rows' ? first : picked });
    };
  const { models = [], jsons = [], images } = files;
  const classes = teachers.find((teacher) => teacher.classes)?.classes;
  const stateClass = (text: string): void => onChange({ ...files, class: text || undefined });
  return (
    <section aria-labelledby="files">
      <h2 id="files">1. Teacher and rows</h2>
      <p>
        Choose or drop a classifier (ONNX), or several, and a table of labelled rows that they were not trained on. A
        column of the table can have the soft labels instead. A classifier of texts comes with its tokenizer.json, and
        one of images with its preprocessor_config.json: choose or drop its folder, or the files. Images come as a
        folder with one folder for each class, or as a table of their paths and their folder. Everything stays on this
        device.{' '}
        <button type="button" class="link" onClick={onExample} disabled={busy !== undefined}>
          Try the built-in example
        </button>
      </p>
      <div class="columns">
        <div>
          <FileField
            id="model"
            label="Teachers (.onnx, with their weight files if they are separate)"
            accept=".onnx,*/*"
            multiple
            files={models}
            onInput={pick('models')}
            error={errors.teacher}
          />
          <FileField
            id="preprocessing"
            label={`${FIELD_LABELS.preprocessing} (.json; a preprocessing only if the teacher takes encoded columns; a.json is that of a.onnx)`}
            accept=".json,application/json"
            multiple
            files={jsons}
            onInput={pick('jsons')}
            error={errors.preprocessing}
          />
          <div class="field">
            <label for="folder-file">Or the folder of a model, as Hugging Face lays it out</label>
            <input
              id="folder-file"
              type="file"
              {...A_FOLDER}
              onInput={(event) => onPick(pickedIn(event.currentTarget.files))}
            />
          </div>
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
                    onChange={(event) =>
                      onChange({ ...files, maxLength: event.currentTarget.value.trim() || undefined })
                    }
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
        <div>
          <FileField
            id="rows"
            label="Rows (CSV, NDJSON, Parquet or npy; optionally gzipped; or a ZIP or tar of images)"
            accept=".csv,.tsv,.txt,.parquet,.ndjson,.jsonl,.npy,.gz,.zip,.tar,.tgz,*/*"
            files={files.rows ? [files.rows] : []}
            onInput={pick('rows')}
            error={errors.data}
          />
          <div class="field">
            <label for="images-file">
              {FIELD_LABELS['image-root']} (one folder for each class, or those of the table)
            </label>
            <input
              id="images-file"
              type="file"
              {...A_FOLDER}
              onInput={(event) => onPick(pickedIn(event.currentTarget.files))}
            />
          </div>
          {images && (
            <p id="images">
              {images.files.size.toLocaleString('en')} files in folder {images.name}
              {table && (table.image === undefined ? '; no column names images' : `; column ${table.image}`)}.{' '}
              <button type="button" class="link" onClick={() => onChange({ ...files, images: undefined })}>
                Leave out the folder
              </button>{' '}
              {files.rows && (
                <button type="button" class="link" onClick={() => onChange({ ...files, rows: undefined })}>
                  Leave out the table
                </button>
              )}
            </p>
          )}
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
