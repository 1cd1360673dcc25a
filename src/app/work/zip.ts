// Files as one archive: the same files, the same bytes.
import { zipSync } from 'fflate';
import type { ExportedFile } from '../../deploy/exported.ts';

/** The first date an archive can hold, in the archive's own clock, so that no time is told. */
const MTIME = new Date(1980, 0, 1);

export function zip(files: readonly ExportedFile[]): Uint8Array<ArrayBuffer> {
  const entries = Object.fromEntries(files.map(({ path, bytes }) => [path, bytes]));
  return zipSync(entries, { mtime: MTIME }) as Uint8Array<ArrayBuffer>;
}
