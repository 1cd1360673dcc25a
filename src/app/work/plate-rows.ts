// The rows of the example of plates, made here: as a file, the pictures would be far larger than their simulator.
import { rowsFile } from '../../examples/example-files.ts';
import { plateRows } from '../../examples/plates.ts';
import { exampleTable } from '../../examples/simulated.ts';

const ROWS = 3000;
const KNOWN = { train: 270, validation: 130 };

/** An archive of the table and its pictures. */
export async function plateArchive(): Promise<File> {
  const { path, content } = rowsFile(await exampleTable(await plateRows(ROWS, 1), KNOWN));
  return new File([content], path, { type: 'application/zip' });
}
