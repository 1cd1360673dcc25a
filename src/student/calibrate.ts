// Calibration of a trained student by labelled validation rows: z' = a z + b, folded into its last layer, so that whatever runs
// the student runs the calibrated one. Taken only where it is plainly better on rows that its fit did not see.

import type { AnyDataset } from '../data/dataset.ts';
import type { Matrix } from '../data/matrix.ts';
import { layout } from '../kernels/layout.ts';
import { openArena } from '../kernels/memory.ts';
import { crossFit, rank } from '../labels/cross-fit.ts';
import { fitMap, placeProblem } from '../labels/debias-methods.ts';
import { Student } from './student.ts';

/** Labelled validation rows, and rows of the rarer class, without which nothing is fitted. */
const FLOOR = { rows: 50, rarer: 10 };

/** What calibration did to a student. */
export interface Calibration {
  /** Whether it was one paired standard error better in cross-fitted log-loss, and so was folded in. */
  readonly taken: boolean;
  /** a of z' = a z + b; above 1 where the student was under-confident. */
  readonly slope: number;
  /** b */
  readonly shift: number;
  /** Cross-fitted log-loss of the validation labels with it minus without, and its standard error. */
  readonly difference: number;
  /** Of `difference`. */
  readonly standardError: number;
}

/**
 * The student with its margins calibrated, where that pays; undefined where the labels are too few to tell.
 * @param validation rows with labels that the student was not trained on
 */
export async function calibrate(
  student: Student,
  validation: AnyDataset,
): Promise<{ student: Student; calibration: Calibration | undefined }> {
  const { labels, folds, rows } = validation;
  const known = labels.filter((y) => y >= 0).length;
  const ones = labels.filter((y) => y > 0).length;
  if (known < FLOOR.rows || Math.min(ones, known - ones) < FLOOR.rarer) return { student, calibration: undefined };
  const margins = student.margins(validation);
  using arena = openArena();
  const nothing: Matrix = { rows, fields: 0, width: 0, fieldColumns: new Int32Array(0), data: new Int32Array(0) };
  const problem = placeProblem(arena, margins, { features: nothing, labels, folds, rows });
  const fitted = await crossFit(problem, [{ method: 'none' }, { method: 'platt' }], async () => undefined);
  const { candidates, best } = rank(problem, fitted);
  const [plain, calibrated] = candidates as [(typeof candidates)[number], (typeof candidates)[number]];
  const [shift = 0, slope = 1] = fitMap(problem, { method: 'platt' }, -1);
  const taken = best === 1 && plain.difference > plain.standardError && slope > 0;
  // each is measured against the better of the two
  const [difference, { standardError }] = best === 1 ? [-plain.difference, plain] : [calibrated.difference, calibrated];
  const calibration = { taken, slope, shift, difference, standardError };
  return { student: taken ? fold(student, slope, shift) : student, calibration };
}

function fold(student: Student, slope: number, shift: number): Student {
  const last = layout(student.preprocessing.encodedWidth, student.architecture).layers.at(-1);
  if (!last) return student;
  const parameters = student.parameters.slice();
  for (let i = last.weight; i < last.bias; i++) parameters[i] = slope * (parameters[i] as number);
  parameters[last.bias] = slope * (parameters[last.bias] as number) + shift;
  return new Student({ ...student, parameters });
}
