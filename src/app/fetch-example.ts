// Loads the files of an example, and makes rows that would be a large file.
import type { Example } from './examples.ts';
import type { Files } from './sort-files.ts';

/** Makes the rows of examples that have none among their files; the code loads with the example. */
const MADE: Readonly<Record<string, () => Promise<File>>> = {
  plates: async () => (await import('./plate-rows.ts')).plateArchive(),
};

/** The files of an example. @throws Error if one cannot be fetched */
export async function fetchExample({ id, files }: Example): Promise<Files> {
  const fetched = Object.keys(files).map((name) => fetchFile(`examples/${id}/${name}`, name));
  const make = MADE[id];
  const found = await Promise.all([...fetched, ...(make ? [make()] : [])]);
  const of = (end: RegExp): File[] => found.filter(({ name }) => end.test(name));
  return { models: of(/\.onnx$/), jsons: of(/\.json$/), rows: of(/\.(csv|ndjson|parquet|zip)$/)[0] };
}

async function fetchFile(path: string, name: string): Promise<File> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: status ${response.status}`);
  return new File([await response.blob()], name);
}
