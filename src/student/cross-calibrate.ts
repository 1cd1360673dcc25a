// Platt scaling of a trained student on all labelled rows: those of the training part get margins from students that saw neither
// their labels nor those of their fold. A few hundred validation labels alone leave the slope uncertain.
import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { textColumnsOf } from '../data/encode-texts.ts';
import { FOLDS } from '../data/folds.ts';
import { keepRows } from '../data/keep-rows.ts';
import type { Matrix } from '../data/matrix.ts';
import { countsIn, labelledMeanOne } from '../data/row-weights.ts';
import { rowsWhere } from '../data/rows-where.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import { crossFit, rankCandidates } from '../labels/cross-fit.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { fitMap } from '../labels/maps/maps.ts';
import { placeProblem } from '../labels/maps/problem.ts';
import { pickMargins } from '../labels/unknown.ts';
import type { Loss } from '../loss/loss.ts';
import { checkMet, chooseOn, rowsToChoose } from '../metrics/threshold.ts';
import { F1_RULE, type ThresholdRule } from '../metrics/threshold-rule.ts';
import { type Calibration, foldScale, hasLabelsToCalibrate } from './calibrate.ts';
import { trainingWeights } from './class-weight.ts';
import { fitLogistic } from './fit-logistic.ts';
import { setThreshold } from './set-threshold.ts';
import type { Student } from './student.ts';

/** How the student was trained. */
export interface CalibrationTask extends Pick<ProgressOptions, 'signal'> {
  readonly train: AnyDataset;
  readonly validation: AnyDataset;
  readonly loss: Loss;
  /** Factors of the rows' losses, float64 [rows]; default: all 1. */
  readonly weights?: Float64Array | undefined;
  /** How the threshold is chosen; default the best F1. */
  readonly rule?: ThresholdRule | undefined;
  /** The targets of all training rows, made without the labels of a fold. */
  targetsWithout(fold: number): Targets | Promise<Targets>;
}

/** With more labelled validation rows than this, they suffice. */
const ENOUGH_LABELS = 2000;
/** From this number of labelled rows on, the calibration is always taken: students of texts are under-confident. */
const SURE_LABELS = 300;

/** Whether a student is calibrated on all labelled rows: a logistic student of texts with few labelled validation rows. */
export function crossCalibrates(
  student: Student,
  { train, validation }: Pick<CalibrationTask, 'train' | 'validation'>,
): boolean {
  const isText = textColumnsOf(train.preprocessing).length > 0;
  return isText && student.training?.penalty !== undefined && countLabels(validation).rows < ENOUGH_LABELS;
}

/**
 * Calibrates a logistic student of texts by z' = a z + b. With fewer than 300 labelled rows it is kept as it is unless the
 * cross-fitted log-loss is lower. A hashed regression shrinks its weights, and its n-grams know more than the labels that it
 * learns from, so it is under-confident. The threshold is chosen on the same rows.
 * @param student logistic, with the record of its training
 */
export async function crossCalibrate(
  student: Student,
  task: CalibrationTask,
): Promise<{ student: Student; calibration: Calibration | undefined }> {
  const { train, validation, loss, signal } = task;
  const parts: { data: AnyDataset; margins: Float64Array }[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = rowsWhere(train.rows, (i) => (train.folds[i] as number) % FOLDS !== fold);
    const heldOut = [train, validation].map((data) =>
      keepRows(
        data,
        rowsWhere(data.rows, (i) => (data.folds[i] as number) % FOLDS === fold && countsIn(data)(i)),
      ),
    );
    const kept = keepRows(train, inside);
    const weights = trainingWeights(kept, task.weights && pickMargins(task.weights, inside));
    const targets = { margins: pickMargins((await task.targetsWithout(fold)).margins, inside) };
    const options = { weights, signal, path: { penalties: [student.training?.penalty ?? 1] } };
    const other = await fitLogistic(kept, { targets, loss }, options);
    for (const data of heldOut) if (data.rows > 0) parts.push({ data, margins: other.margins(data) });
  }
  const labels = Int8Array.from(parts.flatMap(({ data }) => [...data.labels]));
  if (!hasLabelsToCalibrate({ labels })) {
    return { student: setThreshold(student, validation, { rule: task.rule }), calibration: undefined };
  }
  const margins = Float64Array.from(parts.flatMap(({ margins: z }) => [...z]));
  const rows = labels.length;
  const weights = train.weights && Float64Array.from(parts.flatMap(({ data }) => [...(data.weights ?? [])]));
  const nothing: Matrix = { rows, fields: 0, width: 0, fieldColumns: new Int32Array(0), data: new Int32Array(0) };
  using arena = openArena();
  const problem = placeProblem(arena, margins, {
    features: nothing,
    labels,
    rows,
    folds: Uint8Array.from(parts.flatMap(({ data }) => [...data.folds])),
    ...(weights && { weights: labelledMeanOne(weights, labels) }),
  });
  const fitted = await crossFit(problem, [{ method: 'none' }, { method: 'platt' }], {
    step: async () => undefined,
  });
  const { candidates, best } = rankCandidates(problem, fitted);
  const [plain, platt] = candidates as [(typeof candidates)[number], (typeof candidates)[number]];
  const [shift = 0, slope = 1] = fitMap(problem, { method: 'platt' }, -1);
  const taken = slope > 0 && (best === 1 || rows >= SURE_LABELS);
  const [difference, { standardError }] = best === 1 ? [-plain.difference, plain] : [platt.difference, platt];
  const calibration = { taken, slope, shift, difference, standardError };
  const scaled = taken ? margins.map((z) => slope * z + shift) : margins;
  const at = arena.put(scaled);
  arena.kernels.sigmoids(at, rows, at);
  const { rule = F1_RULE } = task;
  const probabilities = arena.f64(at, rows);
  const threshold = checkMet(rule, chooseOn(rule, rowsToChoose(rule, { probabilities, labels, weights })));
  return { student: (taken ? foldScale(student, slope, shift) : student).with({ threshold }), calibration };
}
