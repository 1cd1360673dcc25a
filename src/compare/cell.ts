// One cell of a comparison: a method with a seed. Every setting is trained, and the one with the lowest selection loss is measured
// once on the test rows.
import type { Dataset } from '../data/dataset.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { debiasedWithout } from '../labels/debias-without.ts';
import { isFew, rarerLabels } from '../labels/few-labels.ts';
import { resampleMetrics } from '../metrics/resample.ts';
import type { Architecture } from '../student/architecture.ts';
import { calibrate, calibrateOnTargets } from '../student/calibrate.ts';
import { type ClassWeight, rowWeights } from '../student/class-weight.ts';
import { clearlyBetter } from '../student/clearly-better.ts';
import { type CalibrationTask, crossCalibrate, crossCalibrates } from '../student/cross-calibrate.ts';
import { type FitOptions, fitMany } from '../student/fit.ts';
import { checkOptimizer } from '../student/optimizer.ts';
import type { Selection } from '../student/selection.ts';
import { setThreshold } from '../student/set-threshold.ts';
import type { Student } from '../student/student.ts';
import type { Method, Plan, Setting } from './method.ts';
import type { MethodInputs } from './method-inputs.ts';
import { methodSpec } from './methods.ts';

/** Training options for the students of a method. */
export interface TuneOptions
  extends ProgressOptions,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'augment' | 'earlyStopping'> {
  /** Architecture of the students. */
  readonly student: Architecture;
  /** Seed of the first weights, the order of rows and dropout. */
  readonly seed: number;
  /** Weight of class 1, as in distill. */
  readonly classWeight?: ClassWeight | undefined;
  /** Whether to try every setting; default: only the first. */
  readonly tune?: boolean | undefined;
  /** Store of trained students by setting; students in it are not trained again. */
  readonly studentStore?: StudentStore | undefined;
}

/** Trained students of a method and seed, by setting. */
export interface StudentStore {
  /** Returns the student of a setting; undefined where it is not trained yet. */
  get(setting: Setting): Promise<Student | undefined>;
  /** Stores a student. */
  put(setting: Setting, student: Student): Promise<void>;
}

/** The best student of a method, with the settings tried. */
export interface Tuned {
  /** The chosen student; its threshold has the best F1 on the validation rows (setThreshold). */
  readonly student: Student;
  /** One for each setting, in order. */
  readonly candidates: Candidate[];
  /** Index of the chosen candidate. */
  readonly chosen: number;
}

/** A setting that was tried, with its selection loss. */
export interface Candidate {
  /** A setting of the method. */
  readonly setting: Setting;
  /** The setting with the values used in training. */
  readonly trained: Setting;
  /** Cross-entropy on the validation rows against the targets of the method's selection. */
  readonly selectionLoss: number;
}

/** The result of a method with a seed. */
export interface CellResult {
  /** One for each setting, in order. */
  readonly candidates: readonly Candidate[];
  /** Index of the chosen candidate. */
  readonly chosen: number;
  /** The threshold with the best F1 on the validation rows (setThreshold). */
  readonly threshold: number;
  /** Metrics on the test rows, in the order of METRICS. */
  readonly values: Float64Array;
  /** Metrics on resampled test rows, float64 [replicates x metrics]; every cell draws the same rows. */
  readonly resampled: Float64Array;
}

/** Limit of the learning rate and the weight decay after scaling by a setting. */
const MAX_RATE = 10;

/**
 * Trains the candidates of a method, keeps the best and chooses its threshold on the validation labels. One-standard-error rule: a
 * rich setting must beat the best plain one by more than a standard error. With few labels of one class it is the plain one that must
 * beat the best rich one, since a choice by few labels is noisy, and the teacher's hidden layer tells what they cannot.
 */
export async function tuneMethod(method: Method, inputs: MethodInputs, options: TuneOptions): Promise<Tuned> {
  const spec = methodSpec(method);
  const settings = options.tune ? spec.settings : spec.settings.slice(0, 1);
  const { plans, students } = await trainSettings(method, settings, inputs, options);
  const candidates: Candidate[] = [];
  /** The best of the plain and of the rich settings. */
  const best: { [kind in 'plain' | 'rich']?: Tried } = {};
  for (const [place, setting] of settings.entries()) {
    const { selection, trained = setting } = plans[place] as Plan;
    const student = students[place] as Student;
    const selectionLoss = student.training?.selectionLoss as number;
    candidates.push({ setting, trained, selectionLoss });
    const kind = spec.rich?.(setting) ? 'rich' : 'plain';
    if (!(selectionLoss >= (best[kind]?.selectionLoss ?? Infinity)))
      best[kind] = { place, student, selection, selectionLoss };
  }
  const { plain, rich } = best;
  const { data } = inputs.validation;
  const [first, second] = isFew(rarerLabels([inputs.train.data, data])) ? [rich, plain] : [plain, rich];
  const { student, place: chosen } = (
    first && second
      ? clearlyBetter(second.student, first.student, second.selection)
        ? second
        : first
      : (first ?? second)
  ) as Tried;
  return {
    student: setThreshold(student, data, { targets: (plans[chosen] as Plan).thresholdTargets }),
    candidates,
    chosen,
  };
}

/** Trains one student for each of the given settings of a method, and returns them with their plans. */
export async function trainSettings(
  method: Method,
  settings: readonly Setting[],
  inputs: MethodInputs,
  options: TuneOptions,
): Promise<{ plans: Plan[]; students: Student[] }> {
  const { seed, epochs, batchSize, dropout, augment, earlyStopping, signal, studentStore } = options;
  const plans = await Promise.all(settings.map((setting) => methodSpec(method).plan(setting, inputs)));
  const students = await Promise.all(settings.map((setting) => studentStore?.get(setting)));
  const base = checkOptimizer(options.optimizer ?? {}, options.student.conv !== undefined);
  const missing = [...settings.keys()].filter((i) => !students[i]);
  const tasks = missing.map((i) => {
    const { targets, loss, selection, features, learningRateScale = 1, weightDecayScale = 1 } = plans[i] as Plan;
    const optimizer = {
      ...base,
      learningRate: Math.min(MAX_RATE, base.learningRate * learningRateScale),
      weightDecay: Math.min(MAX_RATE, base.weightDecay * weightDecayScale),
    };
    return { targets, loss, features, validation: selection, optimizer };
  });
  const trained = await fitMany(options.student, inputs.train.data, tasks, {
    seed,
    epochs,
    batchSize,
    dropout,
    augment,
    earlyStopping,
    signal,
    weights: rowWeights(inputs.train.data.labels, options.classWeight, inputs.train.data.weights),
  });
  for (const [k, student] of trained.entries()) {
    const i = missing[k] as number;
    students[i] = student;
    await studentStore?.put(settings[i] as Setting, student);
  }
  return { plans, students: students as Student[] };
}

interface Tried {
  readonly place: number;
  readonly student: Student;
  readonly selection: Selection;
  readonly selectionLoss: number;
}

/**
 * Calibrates the chosen student of a method and chooses its threshold again. With class weights it returns the student unchanged,
 * because they shift the margins on purpose.
 */
export async function calibrated(
  method: Method,
  { student, candidates, chosen }: Tuned,
  inputs: MethodInputs,
  classWeight: ClassWeight | undefined,
): Promise<Student> {
  if (classWeight !== undefined && classWeight !== 1) return student;
  const { data: train } = inputs.train;
  const { data: validation } = inputs.validation;
  const targetsWithout = crossCalibrates(student, { train, validation })
    ? await targetsByFold(method, (candidates[chosen] as Candidate).setting, inputs)
    : undefined;
  if (targetsWithout) return (await crossCalibrate(student, { train, validation, ...targetsWithout })).student;
  const { selection, thresholdTargets } = await methodSpec(method).plan(
    (candidates[chosen] as Candidate).setting,
    inputs,
  );
  const made = student.architecture.conv
    ? await calibrateOnTargets(student, selection)
    : await calibrate(student, validation);
  return setThreshold(made.student, validation, { targets: thresholdTargets });
}

/** The loss of a setting, and its targets made without the labels of a fold; undefined where its maps cannot be fitted again. */
async function targetsByFold(
  method: Method,
  setting: Setting,
  inputs: MethodInputs,
): Promise<Pick<CalibrationTask, 'loss' | 'targetsWithout'> | undefined> {
  const spec = methodSpec(method);
  const { loss, targets } = await spec.plan(setting, inputs);
  if (!spec.debiases) return { loss, targetsWithout: () => targets };
  const fitted = await inputs.debiased();
  const without = debiasedWithout(fitted, inputs.train, inputs.validation);
  if (!without) return undefined;
  return {
    loss,
    targetsWithout: async (fold) => {
      const debiased = { ...fitted.debiased, train: without(fold) };
      const { targets: made } = await spec.plan(setting, {
        ...inputs,
        debiased: async () => ({ ...fitted, debiased }),
      });
      return made;
    },
  };
}

/**
 * Measures the chosen student of a cell.
 * @param test rows that no choice used
 * @param replicates number of resamples of the test rows; 0: none
 */
export function measureCell({ student, candidates, chosen }: Tuned, test: Dataset, replicates: number): CellResult {
  const { threshold } = student;
  const options = { threshold, replicates, scores: student.margins(test), weights: test.weights };
  return { candidates, chosen, threshold, ...resampleMetrics(student.predictProba(test), test.labels, options) };
}
