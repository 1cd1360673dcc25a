// The whole path, from a teacher and rows to a student.

import type { AnyDataset } from './data/dataset.ts';
import { selectRows } from './data/dataset.ts';
import type { LabelCache } from './io/cache.ts';
import { checkName } from './io/check.ts';
import { DebkdError } from './io/errors.ts';
import type { Progress, ProgressOptions } from './io/progress.ts';
import { checkLabels, debiasesRichly } from './labels/candidates.ts';
import { type Changes, recordChanges } from './labels/changes.ts';
import type { DebiasMethod } from './labels/debias-names.ts';
import { debiasParts, MAX_FEATURES } from './labels/debias-parts.ts';
import { INFUSION_FORMS, type InfusionForm, STRENGTHS } from './labels/infusion-forms.ts';
import { checkStrength, infuse, type Targets } from './labels/knowledge-infusion.ts';
import type { Debias } from './labels/label-debiasing.ts';
import type { Leakage } from './labels/leakage.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { checkLoss, type Loss } from './loss/loss.ts';
import { chooseThreshold } from './metrics/threshold.ts';
import { type Architecture, checkArchitecture } from './student/architecture.ts';
import { type Calibration, calibrate } from './student/calibrate.ts';
import type { Checkpoint } from './student/checkpoint.ts';
import { getOrCompute, getOrTrain } from './student/checkpoint-parts.ts';
import { type ClassWeight, checkClassWeight, rowWeights } from './student/class-weight.ts';
import { type FitOptions, fit } from './student/fit.ts';
import { checkFitOptions } from './student/fit-options.ts';
import { debiasedSelection, labelSelection, SELECTIONS } from './student/selection.ts';
import type { Student } from './student/student.ts';
import { encodeChecked } from './student/student-file.ts';
import { type Features, hiddenFeatures } from './teacher/features.ts';
import type { Teacher } from './teacher/onnx.ts';
import { type SoftLabels, softLabels } from './teacher/soft-labels.ts';
import { VERSION } from './version.ts';
import { warningsOf } from './warnings.ts';

/** What distill needs: a teacher, rows to learn from and to choose by, the shape of the student, a seed. All else has a default. */
export interface DistillOptions
  extends ProgressOptions,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'earlyStopping'> {
  /** From loadTeacher; it is not disposed of. */
  readonly teacher: Teacher;
  /** Rows to learn from; best such that the teacher was not fitted on. Rows without a label are welcome. */
  readonly train: AnyDataset;
  /** Rows to choose by: epoch, strength, threshold. */
  readonly validation: AnyDataset;
  /** Its shape: `{ hidden: [] }` is logistic regression. */
  readonly student: Architecture;
  /** Default auto. */
  readonly debias?: DebiasMethod | undefined;
  /** Default mix with strength auto. */
  readonly infusion?: { readonly form: InfusionForm; readonly strength?: number | 'auto' | undefined } | undefined;
  /** Default debiasedDistillation(). */
  readonly loss?: Loss | undefined;
  /** What chooses epoch and strength; default debiased. */
  readonly select?: 'debiased' | 'labels' | undefined;
  /**
   * Weight of the loss of labelled rows of class 1; `balanced`: both classes weigh the same in all; default 1. It moves the
   * student's probabilities towards the heavier class: they no longer are shares.
   */
  readonly classWeight?: ClassWeight | undefined;
  /**
   * Whether the trained student's margins are calibrated on the labelled validation rows, where that is one standard error
   * better (calibrate); default false. Not where classes are weighted, which moves margins on purpose.
   */
  readonly calibrate?: boolean | undefined;
  /** A whole number of 0 and more; the same one gives the same bytes. */
  readonly seed: number;
  /** Keeps finished parts, and has those of an earlier run of the same inputs. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Keeps the teacher's answers for later runs on the same rows. */
  readonly cache?: LabelCache | undefined;
}

/** What distill made: the student, and how it came to be. */
export interface Distilled {
  /** With its threshold chosen on the validation rows. */
  readonly student: Student;
  /** The teacher's margins of both parts. */
  readonly soft: { readonly train: SoftLabels; readonly validation: SoftLabels };
  /** The map that corrected them. */
  readonly debias: Debias;
  /** De-biased margins d, float64 [rows]: of train before infusion, and of validation. */
  readonly debiased: { readonly train: Float64Array; readonly validation: Float64Array };
  /** How labels were mixed in, and how students of each strength did on the validation rows. */
  readonly infusion: {
    readonly form: InfusionForm;
    readonly strength: number;
    readonly candidates: readonly { strength: number; selectionLoss: number }[];
  };
  /** What calibration of the trained student found; absent where it was not asked for, or labels were too few. */
  readonly calibration?: Calibration;
  /** What the student was trained on: margins u of the training rows. */
  readonly targets: Targets;
  /** What moved between the teacher and the targets. */
  readonly changes: Changes;
  /** Whether the teacher seems to have been fitted on the training rows. */
  readonly leakage: Leakage;
  /** What a reader should know, each a sentence with its figure and the way out. */
  readonly warnings: readonly string[];
  /** Seconds, and training rows an epoch a second. */
  readonly timing: {
    readonly labelSeconds: number;
    readonly trainSeconds: number;
    readonly rowsPerSecond: number;
    /** Rows whose soft labels came from the cache or the checkpoint. */
    readonly cachedRows: number;
  };
}

/**
 * Distils a student: soft labels, label de-biasing, knowledge infusion, training, threshold.
 * @throws DebkdError; the signal's reason when aborted
 */
export async function distill(given: DistillOptions): Promise<Distilled> {
  const options = { ...given, teacher: given.teacher.forTarget(given.train.target) };
  const {
    teacher,
    train,
    validation,
    student: architecture,
    loss = debiasedDistillation(),
    select = 'debiased',
    seed,
  } = options;
  const { form = 'mix', strength = 'auto' } = options.infusion ?? {};
  const watch = { signal: options.signal, onProgress: options.onProgress };
  checkBefore(options);
  const started = performance.now();

  const soft = {
    train: await labelsOnce('train', train, options),
    validation: await labelsOnce('validation', validation, options),
  };
  const features = await featuresFor(options);
  const labelled = performance.now();

  const { debias, debiased, selectionMargins, leakage } = await getOrCompute(options.checkpoint, 'debiased', () =>
    debiasParts(
      { data: train, margins: soft.train.margins, features: features?.train },
      { data: validation, margins: soft.validation.margins, features: features?.validation },
      { method: options.debias, ...watch },
    ),
  );
  const selection =
    select === 'debiased' ? debiasedSelection(validation, selectionMargins.validation) : labelSelection(validation);

  const weights = rowWeights(train.labels, options.classWeight);
  const strengths = strength === 'auto' ? STRENGTHS[form] : [strength];
  const { temperature } = loss;
  const tried: { strength: number; selectionLoss: number; student: Student }[] = [];
  for (const [i, candidate] of strengths.entries()) {
    const stage = strengths.length > 1 ? `student ${i + 1} of ${strengths.length}` : 'student';
    const { checkpoint } = options;
    const part = `strength ${candidate}`;
    const student = await getOrTrain(checkpoint, part, () => {
      const targets = infuse({ margins: debiased.train }, train, { form, strength: candidate, temperature });
      const { epochs, batchSize, optimizer, dropout, earlyStopping } = options;
      return fit(architecture, train, targets, loss, {
        ...{
          seed,
          epochs,
          batchSize,
          optimizer,
          dropout,
          earlyStopping,
          weights,
          validation: selection,
          signal: watch.signal,
          resume: checkpoint && { checkpoint, part: `${part}, in training` },
        },
        onProgress: (progress: Progress) => watch.onProgress?.({ ...progress, stage }),
      });
    });
    tried.push({ strength: candidate, selectionLoss: student.training?.selectionLoss ?? NaN, student });
  }
  const chosen = tried.reduce((best, next) => (next.selectionLoss < best.selectionLoss ? next : best));
  const trained = performance.now();

  const targets = infuse({ margins: debiased.train }, train, { form, strength: chosen.strength, temperature });
  const asked = options.calibrate === true && weights === undefined;
  const { student: calibrated, calibration } = asked
    ? await calibrate(chosen.student, validation)
    : { student: chosen.student };
  const threshold = chooseThreshold(calibrated.predictProba(validation), validation.labels);
  const infusion = {
    form,
    strength: chosen.strength,
    candidates: tried.map(({ strength, selectionLoss }) => ({ strength, selectionLoss })),
  };
  const { epoch, epochs, penalty } = chosen.student.training ?? {};
  const student = calibrated.with({
    threshold,
    provenance: {
      debkd: VERSION,
      teacher: { sha256: teacher.sha256, convention: teacher.convention },
      rows: { train: train.rows, validation: validation.rows },
      // what class 1 and class 0 are called
      ...(train.target && { target: train.target }),
      debias: { method: debias.method, penalty: debias.penalty },
      infusion: { form, strength: chosen.strength },
      loss: { ...loss },
      ...(calibration?.taken && { calibration: { slope: calibration.slope, shift: calibration.shift } }),
      training: {
        seed,
        select,
        ...(penalty === undefined
          ? { epochs, epoch, batchSize: options.batchSize, dropout: options.dropout, optimizer: options.optimizer }
          : { penalty }),
        classWeight: options.classWeight,
      },
    },
  });
  // a student that could not be opened again is no result
  encodeChecked(student, validation);
  return {
    student,
    ...{ soft, debias, debiased, infusion, targets, leakage },
    ...(calibration && { calibration }),
    changes: recordChanges(soft.train.margins, debiased.train, targets.margins, train),
    warnings: warningsOf({ soft, debias, leakage, training: chosen.student.training }, options),
    timing: {
      labelSeconds: (labelled - started) / 1000,
      trainSeconds: (trained - labelled) / 1000,
      cachedRows: soft.train.cached + soft.validation.cached,
      rowsPerSecond: ((train.rows + validation.rows) / Math.max(1e-9, labelled - started)) * 1000,
    },
  };
}

/** What can be refused before the teacher has run, is. */
function checkBefore(options: DistillOptions): void {
  const { train, validation, student, debias = 'auto', infusion, select = 'debiased', loss } = options;
  checkName('distill: select', select, SELECTIONS);
  if (infusion?.form !== undefined) checkName('knowledge infusion: form', infusion.form, INFUSION_FORMS);
  if (loss) checkLoss(loss);
  if (train.rows === 0) throw new DebkdError('rows', 'training: no rows; the split leaves none to train on (--split)');
  if (validation.rows === 0)
    throw new DebkdError('rows', 'validation: no rows; the split leaves none to choose the student by (--split)');
  checkArchitecture(student);
  checkFitOptions(options, train.rows);
  checkClassWeight(options.classWeight);
  if (typeof infusion?.strength === 'number') checkStrength(infusion.form, infusion.strength);
  if (select === 'labels') labelSelection(validation);
  checkLabels(train, debias);
}

/** The teacher's hidden features of both parts, where a map may use them. */
async function featuresFor(options: DistillOptions): Promise<{ train: Features; validation: Features } | undefined> {
  const { teacher, train, validation, debias = 'auto', cache, signal, onProgress } = options;
  const found = teacher.hiddenLayer();
  if ('why' in found || !['auto', 'residual', 'stack'].includes(debias) || !debiasesRichly([train, validation])) return;
  const watch = { layer: found.layer, cache, signal, onProgress };
  const { width } = await hiddenFeatures(teacher, selectRows(validation, Uint32Array.of(0)), watch);
  if ((train.rows + validation.rows) * width > MAX_FEATURES) return;
  return {
    train: await hiddenFeatures(teacher, train, watch),
    validation: await hiddenFeatures(teacher, validation, watch),
  };
}

/** Soft labels, from the checkpoint where it has them. */
async function labelsOnce(
  part: string,
  data: AnyDataset,
  { teacher, checkpoint, cache, signal, onProgress }: DistillOptions,
): Promise<SoftLabels> {
  const name = `margins ${part}`;
  const stored = await checkpoint?.get(name);
  if (stored) {
    const numbers = new Float64Array(new Uint8Array(stored).buffer);
    return { margins: numbers.slice(1), clippedCount: numbers[0] as number, cached: data.rows };
  }
  // without a cache the checkpoint keeps what the teacher has said so far
  const blocks = cache ?? checkpoint;
  const soft = await softLabels(teacher, data, { cache: blocks, signal, onProgress });
  const numbers = new Float64Array(1 + data.rows);
  numbers[0] = soft.clippedCount;
  numbers.set(soft.margins, 1);
  await checkpoint?.put(name, new Uint8Array(numbers.buffer));
  return soft;
}
