// The inputs that all jobs of a comparison share, as plain data for workers.
import { type Dataset, selectRows } from '../data/dataset.ts';
import { bytesDigest, matrixDigests } from '../data/matrix-digest.ts';
import { sampleRows } from '../data/split.ts';
import { digestOf } from '../io/sha256.ts';
import type { DebiasedParts } from '../labels/debias-parts.ts';
import { pickMargins } from '../labels/unknown.ts';
import type { Architecture } from '../student/architecture.ts';
import type { Change } from '../student/augmentation.ts';
import { chooseWeights } from '../student/choose-weights.ts';
import type { ClassWeight } from '../student/class-weight.ts';
import { rowWeights } from '../student/class-weight.ts';
import type { Optimizer } from '../student/optimizer.ts';
import { debiasedSelection, labelSelection } from '../student/selection.ts';
import { type Features, pickFeatures } from '../teacher/features.ts';
import { VERSION } from '../version.ts';
import { type DebiasedOptions, type MethodInputs, prepareInputs } from './method-inputs.ts';

/** The inputs that all jobs of a comparison share. */
export interface CompareInputs {
  /** The pool that each seed draws its training rows from. */
  readonly train: Dataset;
  /** Rows that select epochs, settings and thresholds. */
  readonly validation: Dataset;
  /** Rows to measure the chosen students on. */
  readonly test: Dataset;
  /** The teacher's margins, float64 [rows]; NaN for a labelled row without a soft label. */
  readonly margins: { readonly train: Float64Array; readonly validation: Float64Array };
  /** The margins of each of several teachers, whose mean `margins` are; absent for one teacher. */
  readonly teachers?: readonly CompareInputs['margins'][];
  /** The teacher's features of the same rows, or the reason why there are none. */
  readonly features: { readonly train: Features; readonly validation: Features } | { readonly why: string };
  /** Architecture of every student. */
  readonly student: Architecture;
  /** Number of training rows that each seed draws. */
  readonly trainRows: number;
  /** Whether every setting is tried. */
  readonly tune: boolean;
  /** Number of resamples of the test rows. */
  readonly replicates: number;
  /** Number of epochs, as in fit. */
  readonly epochs?: number | undefined;
  /** Rows in a step, as in fit. */
  readonly batchSize?: number | undefined;
  /** Optimizer, as in fit. */
  readonly optimizer?: Optimizer | undefined;
  /** Share of hidden units dropped, as in fit. */
  readonly dropout?: number | undefined;
  /** Changes of training images, as in fit. */
  readonly augment?: readonly Change[] | undefined;
  /** Weight of class 1, as in distill. */
  readonly classWeight?: ClassWeight | undefined;
  /** Options of the de-biased methods. */
  readonly debiasedOptions: DebiasedOptions;
}

/** Draws the training rows of a seed, and returns them with the teacher's margins and features. */
export function drawInputs(
  inputs: CompareInputs,
  seed: number,
  options: Parameters<typeof prepareInputs>[3],
): MethodInputs {
  const pool = Uint32Array.from({ length: inputs.train.rows }, (_, i) => i);
  const rows = sampleRows(pool, inputs.trainRows, seed);
  const train = {
    data: selectRows(inputs.train, rows),
    margins: pickMargins(inputs.margins.train, rows),
    teachers: inputs.teachers?.map(({ train }) => pickMargins(train, rows)),
    features: 'why' in inputs.features ? undefined : pickFeatures(inputs.features.train, rows),
  };
  const validation = {
    data: inputs.validation,
    margins: inputs.margins.validation,
    teachers: inputs.teachers?.map((margins) => margins.validation),
    features: 'why' in inputs.features ? undefined : inputs.features.validation,
  };
  const { student, epochs, batchSize, optimizer, dropout, augment, classWeight, debiasedOptions } = inputs;
  const byLabels = debiasedOptions.select === 'labels' || debiasedOptions.ablate?.includes('selection') === true;
  const choose = (parts: DebiasedParts): Promise<DebiasedParts> =>
    chooseWeights(
      parts,
      {
        train: train.data,
        validation: byLabels
          ? labelSelection(validation.data)
          : debiasedSelection(validation.data, parts.selectionMargins.validation),
      },
      student,
      {
        seed,
        epochs,
        batchSize,
        optimizer,
        dropout,
        augment,
        signal: options?.signal,
        weights: rowWeights(train.data.labels, classWeight),
      },
    );
  return prepareInputs(train, validation, debiasedOptions, { ...options, ...(inputs.teachers && { choose }) });
}

/** The dataset without the inputs of the teacher, which has answered: jobs never use them, and open images cannot leave a thread. */
export function withoutTeacher({ otherInputs: _, ...data }: Dataset): Dataset {
  return { ...data, teacherInputs: data.features };
}

/** Returns the SHA-256 of everything that outcomes depend on, except method, seed and the options of the de-biased methods. */
export function inputsDigest(inputs: CompareInputs): string {
  const { train, validation, test, margins, teachers = [], features, debiasedOptions: _, ...rest } = inputs;
  const parts = [train, validation, test].map(({ features: x, labels, folds, weights, groups, penaltyFactors }) => [
    ...matrixDigests(x),
    // a constant number and a constant word have the same data
    ...(groups ? [...matrixDigests(groups.matrix), groups.preprocessing] : []),
    bytesDigest(labels),
    bytesDigest(folds),
    ...(weights ? [bytesDigest(weights)] : []),
    ...(penaltyFactors ? [bytesDigest(penaltyFactors)] : []),
  ]);
  const hints =
    'why' in features
      ? features.why
      : [features.train.width, bytesDigest(features.train.values), bytesDigest(features.validation.values)];
  const each = teachers.flatMap((one) => [bytesDigest(one.train), bytesDigest(one.validation)]);
  const all = [VERSION, parts, bytesDigest(margins.train), bytesDigest(margins.validation), hints, rest, ...each];
  return digestOf(all);
}
