// Platt scaling (Platt 1999) of a trained student: z' = a z + b, fitted on labelled validation rows and folded into the last
// layer, so every export is calibrated too.

import type { AnyDataset } from '../data/dataset.ts';
import type { Matrix } from '../data/matrix.ts';
import { countsIn, labelledMeanOne, meanOne, sumOf } from '../data/row-weights.ts';
import { openArena } from '../kernels/memory.ts';
import { crossFit, rankCandidates } from '../labels/cross-fit.ts';
import { fitMap } from '../labels/maps/maps.ts';
import { placeProblem } from '../labels/maps/problem.ts';
import type { Selection } from './selection.ts';
import { Student, withoutPromise } from './student.ts';
import { studentLayout } from './student-layout.ts';

/** The fewest labelled validation rows, and the fewest of the rarer class, that a calibration is fitted on. */
const FLOOR = { rows: 50, rarer: 10 };

/** The result of a calibration. */
export interface Calibration {
  /**
   * Whether the calibration was folded into the student: its cross-fitted log-loss is lower by more than one paired standard
   * error, and its slope is above 0.
   */
  readonly taken: boolean;
  /** a in z' = a z + b; above 1 for an under-confident student. */
  readonly slope: number;
  /** b in z' = a z + b. */
  readonly shift: number;
  /** Cross-fitted log-loss on the validation labels with calibration, minus the log-loss without it. */
  readonly difference: number;
  /** Paired standard error of `difference`. */
  readonly standardError: number;
}

/**
 * Calibrates a student's margins by Platt scaling (Platt 1999). One-standard-error rule: keep the student unless the calibration
 * is better on rows that its fit did not see. The threshold is not changed: choose it again (chooseThreshold). A calibrated student has no
 * deferral band, no thresholds of groups and no quantised weights: choose and quantise after it.
 * @param validation labelled rows that the student was not trained on, encoded with its preprocessing; its weights apply
 * @returns the student, calibrated or unchanged; `calibration` is undefined with fewer than 50 labelled rows or fewer than 10
 * of the rarer class
 * @throws DebkdError `value` when the rows have other columns than the student, `memory`
 * @example
 * const { student: calibrated, calibration } = await calibrate(student, validation);
 * if (calibration?.taken) console.log(`slope ${calibration.slope}`);
 */
export async function calibrate(
  student: Student,
  validation: AnyDataset,
): Promise<{ student: Student; calibration: Calibration | undefined }> {
  const { labels, folds, rows } = validation;
  if (!hasLabelsToCalibrate(validation)) return { student, calibration: undefined };
  const margins = student.margins(validation);
  using arena = openArena();
  const nothing: Matrix = { rows, fields: 0, width: 0, fieldColumns: new Int32Array(0), data: new Int32Array(0) };
  const weights = validation.weights && { weights: labelledMeanOne(validation.weights, labels) };
  const problem = placeProblem(arena, margins, { features: nothing, labels, folds, rows, ...weights });
  const fitted = await crossFit(problem, [{ method: 'none' }, { method: 'platt' }], {
    step: async () => undefined,
  });
  const { candidates, best } = rankCandidates(problem, fitted);
  const [plain, calibrated] = candidates as [(typeof candidates)[number], (typeof candidates)[number]];
  const [shift = 0, slope = 1] = fitMap(problem, { method: 'platt' }, -1);
  const taken = best === 1 && plain.difference > plain.standardError && slope > 0;
  // each candidate's difference is measured against the other, so the sign depends on which one won
  const [difference, { standardError }] = best === 1 ? [-plain.difference, plain] : [calibrated.difference, calibrated];
  const calibration = { taken, slope, shift, difference, standardError };
  return { student: taken ? foldScale(student, slope, shift) : student, calibration };
}

/**
 * Calibrates a student's margins by Platt scaling on the targets of a selection instead of labels: they vary less, so that a few
 * dozen rows are enough. The calibration is taken if its cross-fitted cross-entropy is lower and its slope is above 0; ours.
 * @param selection rows that the student was not trained on, and their targets (debiasedSelection)
 * @returns the student, calibrated or unchanged; `calibration` is undefined with fewer than 50 rows
 * @throws DebkdError `value` when the rows have other columns than the student, `memory`
 * @example
 * const selection = debiasedSelection(validation, selectionMargins.validation);
 * const { student: calibrated } = await calibrateOnTargets(student, selection);
 */
export async function calibrateOnTargets(
  student: Student,
  { dataset, rows, targets }: Selection,
): Promise<{ student: Student; calibration: Calibration | undefined }> {
  const n = rows.length;
  if (n < FLOOR.rows) return { student, calibration: undefined };
  const all = student.margins(dataset);
  const weights = dataset.weights && meanOne(Float64Array.from(rows, (row) => dataset.weights?.[row] as number));
  using arena = openArena();
  // each row twice: of class 1 with the weight of its target, of class 0 with the rest
  const twice = (of: (k: number) => number): Float64Array => Float64Array.from({ length: 2 * n }, (_, i) => of(i % n));
  const shares = Float64Array.from({ length: 2 * n }, (_, i) => {
    const q = targets[i % n] as number;
    return (i < n ? q : 1 - q) * (weights?.[i % n] ?? 1);
  });
  const nothing = { rows: 2 * n, fields: 0, width: 0, fieldColumns: new Int32Array(0), data: new Int32Array(0) };
  const problem = placeProblem(
    arena,
    twice((k) => all[rows[k] as number] as number),
    {
      features: nothing,
      rows: 2 * n,
      labels: Int8Array.from({ length: 2 * n }, (_, i) => (i < n ? 1 : 0)),
      folds: Uint8Array.from(twice((k) => dataset.folds[rows[k] as number] as number)),
      weights: shares,
    },
  );
  const [plain, scaled] = await crossFit(problem, [{ method: 'none' }, { method: 'platt' }], {
    step: async () => undefined,
  });
  const differences = Float64Array.from(rows, (_, k) => {
    const of = (i: number): number =>
      (shares[i] as number) * ((scaled?.losses[i] as number) - (plain?.losses[i] as number));
    return of(k) + of(k + n);
  });
  const difference = sumOf(differences) / n;
  const variance = sumOf(differences.map((x) => (x - difference) ** 2)) / (n - 1);
  const [shift = 0, slope = 1] = fitMap(problem, { method: 'platt' }, -1);
  const taken = difference < 0 && slope > 0;
  const calibration = { taken, slope, shift, difference, standardError: Math.sqrt(variance / n) };
  return { student: taken ? foldScale(student, slope, shift) : student, calibration };
}

/** Whether rows have the labels that a calibration needs. */
export function hasLabelsToCalibrate(data: Pick<AnyDataset, 'labels' | 'weights'>): boolean {
  const known = data.labels.filter((_, i) => countsIn(data)(i));
  const ones = known.filter((y) => y > 0).length;
  return known.length >= FLOOR.rows && Math.min(ones, known.length - ones) >= FLOOR.rarer;
}

/**
 * Folds z' = slope z + shift into the last layer. The band and the thresholds of groups were chosen for the earlier probabilities, and the
 * quantised weights are the earlier ones: the student has none of them any more.
 */
export function foldScale(student: Student, slope: number, shift: number): Student {
  const last = studentLayout(student.preprocessing, student.architecture).layers.at(-1);
  if (!last) return student;
  const parameters = student.parameters.slice();
  for (let i = last.weight; i < last.bias; i++) parameters[i] = slope * (parameters[i] as number);
  parameters[last.bias] = slope * (parameters[last.bias] as number) + shift;
  return new Student({
    ...student,
    parameters,
    groupThresholds: undefined,
    defer: undefined,
    quantization: undefined,
    provenance: withoutPromise(student.provenance),
  });
}
