// One cell of a comparison: a method under a seed. Every setting is trained, the one with the lowest selection loss on the
// validation rows is measured on the test rows, once.
import type { AnyDataset, Dataset } from '../data/dataset.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { log } from '../kernels/elementary.ts';
import { meanInterval, tQuantile } from '../metrics/paired.ts';
import { resampleMetrics } from '../metrics/resample.ts';
import { chooseThreshold } from '../metrics/threshold.ts';
import type { Architecture } from '../student/architecture.ts';
import { calibrate } from '../student/calibrate.ts';
import { type ClassWeight, rowWeights } from '../student/class-weight.ts';
import { type FitOptions, fitMany } from '../student/fit.ts';
import { checkOptimizer } from '../student/optimizer.ts';
import type { Selection } from '../student/selection.ts';
import type { Student } from '../student/student.ts';
import type { MethodInputs } from './method-inputs.ts';
import { type Method, methodSpec, type Plan, type Setting } from './methods.ts';

/** How the students of a method are trained. */
export interface TuneOptions
  extends ProgressOptions,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'earlyStopping'> {
  /** The shape. */
  readonly student: Architecture;
  /** Of start and order. */
  readonly seed: number;
  /** As of distill. */
  readonly classWeight?: ClassWeight | undefined;
  /** Try every setting; default: the first alone. */
  readonly tune?: boolean | undefined;
  /** Keeps trained students by setting, and has those that were trained before. */
  readonly kept?: KeptStudents | undefined;
}

/** Students of a method and seed, by setting. */
export interface KeptStudents {
  /** The student of a setting that was trained before. */
  get(setting: Setting): Promise<Student | undefined>;
  /** Keeps one. */
  put(setting: Setting, student: Student): Promise<void>;
}

/** The best student of a method, and all that were tried. */
export interface Tuned {
  /** With the best F1 threshold on the validation rows. */
  readonly student: Student;
  /** In the order of the settings. */
  readonly candidates: Candidate[];
  /** The place of the chosen one among them. */
  readonly chosen: number;
}

/** A setting that was tried, and how it did on the validation rows. */
export interface Candidate {
  /** Of the method. */
  readonly setting: Setting;
  /** Cross-entropy on the validation rows against what the method is chosen by. */
  readonly selectionLoss: number;
}

/** What came of a method under a seed. */
export interface CellResult {
  /** In the order of the settings. */
  readonly candidates: readonly Candidate[];
  /** The place of the chosen one among them. */
  readonly chosen: number;
  /** With the best F1 on the validation rows. */
  readonly threshold: number;
  /** The metrics in METRICS' order. */
  readonly values: Float64Array;
  /** The same on resampled test rows, float64 [replicates x metrics]; equal rows are drawn for every cell. */
  readonly resampled: Float64Array;
}

/** Of rate and decay, whatever the factor of a setting. */
const MAX_RATE = 10;

/** Trains the candidates of a method and keeps the best, its threshold chosen on the validation labels. */
export async function tuneMethod(method: Method, inputs: MethodInputs, options: TuneOptions): Promise<Tuned> {
  const spec = methodSpec(method);
  const settings = options.tune ? spec.settings : spec.settings.slice(0, 1);
  const { plans, students } = await trainSettings(method, settings, inputs, options);
  const candidates: Candidate[] = [];
  /** The best of the plain settings and of the rich ones. */
  const best: { [kind in 'plain' | 'rich']?: Tried } = {};
  for (const [place, setting] of settings.entries()) {
    const { selection } = plans[place] as Plan;
    const student = students[place] as Student;
    const selectionLoss = student.training?.selectionLoss as number;
    candidates.push({ setting, selectionLoss });
    const kind = spec.rich?.(setting) ? 'rich' : 'plain';
    if (!(selectionLoss >= (best[kind]?.selectionLoss ?? Infinity)))
      best[kind] = { place, student, selection, selectionLoss };
  }
  const { plain, rich } = best;
  const { student, place: chosen } = (
    plain && rich ? (clearlyBetter(rich, plain) ? rich : plain) : (plain ?? rich)
  ) as Tried;
  const { data } = inputs.validation;
  const threshold = chooseThreshold(student.predictProba(data), data.labels);
  return { student: student.with({ threshold }), candidates, chosen };
}

/** A student for each of some settings of a method, with what it was made of. */
export async function trainSettings(
  method: Method,
  settings: readonly Setting[],
  inputs: MethodInputs,
  options: TuneOptions,
): Promise<{ plans: Plan[]; students: Student[] }> {
  const { seed, epochs, batchSize, dropout, earlyStopping, signal, kept } = options;
  const plans = await Promise.all(settings.map((setting) => methodSpec(method).plan(setting, inputs)));
  const known = await Promise.all(settings.map((setting) => kept?.get(setting)));
  const base = checkOptimizer(options.optimizer ?? {});
  const wanted = [...settings.keys()].filter((i) => !known[i]);
  const tasks = wanted.map((i) => {
    const { targets, loss, selection, features, learningRateScale = 1, weightDecayScale = 1 } = plans[i] as Plan;
    const optimizer = {
      ...base,
      learningRate: Math.min(MAX_RATE, base.learningRate * learningRateScale),
      weightDecay: Math.min(MAX_RATE, base.weightDecay * weightDecayScale),
    };
    return { targets, loss, features, validation: selection, optimizer };
  });
  const trained = await fitMany(options.student, inputs.train.data, tasks, {
    ...{ seed, epochs, batchSize, dropout, earlyStopping, signal },
    weights: rowWeights(inputs.train.data.labels, options.classWeight),
  });
  for (const [k, student] of trained.entries()) {
    const i = wanted[k] as number;
    known[i] = student;
    await kept?.put(settings[i] as Setting, student);
  }
  return { plans, students: known as Student[] };
}

interface Tried {
  readonly place: number;
  readonly student: Student;
  readonly selection: Selection;
  readonly selectionLoss: number;
}

/** Whether a's cross-entropy on the selection's rows is lower than b's by more than a standard error of the mean difference. */
function clearlyBetter(a: Tried, b: Tried): boolean {
  const { dataset, rows, targets } = a.selection;
  // away from 0 and 1, as log-losses are measured: a saturated student is no better or worse by NaN
  const [p, q] = [a, b].map(({ student }) =>
    student.predictProba(dataset).map((share) => Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, share))),
  ) as [Float64Array, Float64Array];
  const differences = Float64Array.from(rows, (row, i) => {
    const t = targets[i] as number;
    const gain = t * (log(q[row] as number) - log(p[row] as number));
    return gain + (1 - t) * (log(1 - (q[row] as number)) - log(1 - (p[row] as number)));
  });
  const { value, low } = meanInterval(differences);
  const error = (value - low) / tQuantile(differences.length - 1);
  return value < -error;
}

/** The student with its margins calibrated where that pays, and its threshold chosen anew. Class weights move them on purpose. */
export async function calibrated(
  student: Student,
  validation: AnyDataset,
  classWeight: ClassWeight | undefined,
): Promise<Student> {
  if (classWeight !== undefined && classWeight !== 1) return student;
  const made = await calibrate(student, validation);
  return made.student.with({ threshold: chooseThreshold(made.student.predictProba(validation), validation.labels) });
}

/**
 * @param test rows that nothing was chosen by
 * @param replicates resamples of them; 0: none
 */
export function measureCell({ student, candidates, chosen }: Tuned, test: Dataset, replicates: number): CellResult {
  const { threshold } = student;
  const options = { threshold, replicates, scores: student.margins(test) };
  return { candidates, chosen, threshold, ...resampleMetrics(student.predictProba(test), test.labels, options) };
}
