// The record of a comparison: the content of monitor.json.
import type { Deferral } from './deferral.ts';
import type { LabelledRows } from './promise.ts';
import type { ColumnShift, Shift } from './shift.ts';

/** The result of monitor: the content of monitor.json. */
export interface Monitoring {
  /** Format and version of this record. */
  readonly schema: 'debkd/monitor@1';
  /** The result in words. */
  readonly verdict: string;
  /** SHA-256 of student.debkd. */
  readonly student: string;
  /** Numbers of rows: new ones, and training rows of the reference. */
  readonly rows: { readonly now: number; readonly reference: number };
  /** The shift of each column; texts and dates have several entries. */
  readonly columns: readonly ColumnShift[];
  /** The shift of the student's margins, the log-odds of class 1. */
  readonly margins: Shift;
  /** Share of the new rows that the student labels 1; absent for counts, which do not tell it. */
  readonly positives?: number;
  /** Rows that the student defers; only for a student with a deferral band. */
  readonly deferred?: Deferral;
  /** Metrics and calibration; only with labelled rows. */
  readonly labels?: LabelledRows;
}
