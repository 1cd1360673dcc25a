// What an export is: files, and how far their answers are from the student's.

import type { Target } from './targets.ts';

/** A file by its path in the folder of the export. */
export interface ExportedFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/** The files of an export, and how far its answers are from the student. */
export interface Exported {
  /** What it was made for. */
  readonly target: Target;
  /** The first is the model itself. Same student, same bytes. */
  readonly files: readonly ExportedFile[];
  /** Largest difference in probability between the shipped code and the student, on seeded synthetic rows. */
  readonly largestDifference: number;
}
