// The result of an export.
import type { Target } from './targets.ts';

/** A file of an export. */
export interface ExportedFile {
  /** Path relative to the export's folder, with forward slashes. */
  readonly path: string;
  /** Content of the file. */
  readonly bytes: Uint8Array;
}

/** The files of an export, and how much its predictions differ from the student's. */
export interface Exported {
  /** The format or platform. */
  readonly target: Target;
  /** The first file is the model. The same student gives the same bytes. */
  readonly files: readonly ExportedFile[];
  /**
   * Largest absolute difference in probability from the student, on seeded synthetic records and those in `records`.
   */
  readonly largestDifference: number;
  /** What the export lacks, in words; absent if nothing. */
  readonly notes?: readonly string[];
}
