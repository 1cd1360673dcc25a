// The files of an example: tables, or archives of a table and its pictures.
import type { ExampleTable } from './simulated.ts';
import { storedZip } from './zip.ts';

/** The name of the table in an archive. */
const TABLE = 'data.csv';

/** A file by its name. */
export interface ExampleFile {
  readonly path: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** The file of all rows: rows.csv, with pictures rows.zip. */
export function rowsFile({ csv, images }: Pick<ExampleTable, 'csv' | 'images'>): ExampleFile {
  return images ? { path: 'rows.zip', content: archiveOf(csv, images) } : { path: 'rows.csv', content: csv };
}

/** The file of the test rows, with the column `truth`: test.csv, with pictures test.zip. */
export function testFile({ testCsv, images }: Pick<ExampleTable, 'testCsv' | 'images'>): ExampleFile {
  return images ? { path: 'test.zip', content: archiveOf(testCsv, images) } : { path: 'test.csv', content: testCsv };
}

/** The table and the pictures that its lines begin with. */
function archiveOf(csv: string, images: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const paths = csv.split('\n').map((line) => line.slice(0, Math.max(0, line.indexOf(','))));
  const files = new Map<string, Uint8Array>([[TABLE, new TextEncoder().encode(csv)]]);
  for (const path of paths) {
    const bytes = images.get(path);
    if (bytes) files.set(path, bytes);
  }
  return storedZip(files);
}
