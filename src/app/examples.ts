// The built-in examples. The build copies their files to examples/ID/ of the app, and leaves out an example whose files are absent.

import type { Choice } from './input-messages.ts';
import type { Settings, Work } from './messages.ts';
import type { Files } from './sort-files.ts';

/** An example: its files by their names in the app, and where the repository has them. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly line: string;
  readonly files: Readonly<Record<string, string>>;
  /** Whether the worker makes its rows, which would be a large file. */
  readonly makesRows?: true;
  /** Choices that the example presets. */
  readonly choice?: Partial<Choice>;
  /** Settings that it presets: those of `debkd demo`. */
  readonly settings?: Settings;
}

/** All examples, in the order of the page. */
export const EXAMPLES: readonly Example[] = [
  {
    id: 'lending',
    title: 'Loans',
    line: 'The model refuses self-employed applicants too often. See it found and corrected.',
    files: {
      'teacher.onnx': 'models/lending/teacher.onnx',
      'preprocessing.json': 'models/lending/preprocessing.json',
      'rows.csv': 'build/examples/lending.csv',
    },
    choice: { groups: ['employment'] },
    settings: { 'threshold-by': 'rate=0.7' },
  },
  {
    id: 'tickets',
    title: 'Support tickets',
    line: 'The model rates polite messages as less urgent. Try your own sentence.',
    files: {
      'model.onnx': 'models/tickets/model.onnx',
      'tokenizer.json': 'models/tickets/tokenizer.json',
      'tokenizer_config.json': 'models/tickets/tokenizer_config.json',
      'config.json': 'models/tickets/config.json',
      'rows.csv': 'build/examples/tickets.csv',
    },
    choice: { groups: ['polite'] },
    settings: { 'threshold-by': 'rate=0.3' },
  },
  {
    id: 'plates',
    title: 'Metal plates',
    line: 'An image model that misses cracks in night photos.',
    files: {
      'model.onnx': 'models/plates/model.onnx',
      'preprocessor_config.json': 'models/plates/preprocessor_config.json',
    },
    makesRows: true,
    choice: { groups: ['shift'] },
    // one label mix instead of six: each would train a student of images
    settings: { 'threshold-by': 'rate=0.35', infuse: 'mix:0.3' },
  },
  {
    id: 'wdbc',
    title: 'Tumours',
    line: 'Tumour measurements: 569 real cases and a model that is biased on purpose.',
    files: {
      'teacher.onnx': 'models/wdbc-mlp-biased/teacher.onnx',
      'preprocessing.json': 'models/wdbc/preprocessing.json',
      'data.csv': 'models/wdbc/data.csv',
    },
  },
];

/** The build defines the examples whose files it copied. */
declare const EXAMPLE_IDS: readonly string[];

/** The examples that this build has. */
export const builtExamples = (): readonly Example[] =>
  typeof EXAMPLE_IDS === 'undefined' ? EXAMPLES : EXAMPLES.filter(({ id }) => EXAMPLE_IDS.includes(id));

/** Loads the files of an example, and has rows made that are no file. @throws Error if one cannot be fetched */
export async function fetchExample(
  { id, title, files, makesRows }: Example,
  { makePlates }: Pick<Work, 'makePlates'>,
): Promise<Files> {
  const fetched = Object.keys(files).map((name) => fetchFile(`examples/${id}/${name}`, name));
  const found = await Promise.all([...fetched, ...(makesRows ? [makePlates()] : [])]);
  const of = (end: RegExp): File[] => found.filter(({ name }) => end.test(name));
  return { models: of(/\.onnx$/), jsons: of(/\.json$/), rows: of(/\.(csv|ndjson|parquet|zip)$/)[0], example: title };
}

async function fetchFile(path: string, name: string): Promise<File> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: status ${response.status}`);
  return new File([await response.blob()], name);
}

/** What the page's address asks for: `?example=ID` opens an example, and `&run` runs it, too. */
export function askedExample(search: string): { readonly id: string; readonly run: boolean } | undefined {
  const asked = new URLSearchParams(search);
  const id = asked.get('example');
  return id === null ? undefined : { id, run: asked.has('run') };
}
