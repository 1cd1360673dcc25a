// Packs files into a reproducible zip archive.
import { zipSync } from 'fflate';
import type { ExportedFile } from '../../deploy/exported.ts';

/** The earliest date that a zip archive can hold, in local time as zip stores it. A fixed date keeps the bytes reproducible. */
const MTIME = new Date(1980, 0, 1);

export function zip(files: readonly ExportedFile[]): Uint8Array<ArrayBuffer> {
  const entries = Object.fromEntries(files.map(({ path, bytes }) => [path, bytes]));
  return zipSync(entries, { mtime: MTIME }) as Uint8Array<ArrayBuffer>;
}
