// What every job of a comparison needs. Plain data, so that workers can have it.
import { type Dataset, selectRows } from '../data/dataset.ts';
import { sampleRows } from '../data/split.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import type { Architecture } from '../student/architecture.ts';
import type { ClassWeight } from '../student/class-weight.ts';
import type { Optimizer } from '../student/optimizer.ts';
import { type Features, pickFeatures } from '../teacher/features.ts';
import { VERSION } from '../version.ts';
import { type DebiasedOptions, type MethodInputs, prepareInputs } from './method-inputs.ts';

/** What every job of a comparison needs. */
export interface CompareInputs {
  /** Training rows to draw from. */
  readonly train: Dataset;
  /** Rows to choose by. */
  readonly validation: Dataset;
  /** Rows to measure on. */
  readonly test: Dataset;
  /** The teacher's, float64 [rows]. */
  readonly margins: { readonly train: Float64Array; readonly validation: Float64Array };
  /** Of the same rows; or why the teacher has none. */
  readonly features: { readonly train: Features; readonly validation: Features } | { readonly why: string };
  /** The shape that all methods train. */
  readonly student: Architecture;
  /** Rows drawn for each seed. */
  readonly trainRows: number;
  /** Whether every setting is tried. */
  readonly tune: boolean;
  /** Resamples of the test rows. */
  readonly replicates: number;
  /** As of fit. */
  readonly epochs?: number | undefined;
  /** As of fit. */
  readonly batchSize?: number | undefined;
  /** As of fit. */
  readonly optimizer?: Optimizer | undefined;
  /** As of fit. */
  readonly dropout?: number | undefined;
  /** As of distill. */
  readonly classWeight?: ClassWeight | undefined;
  /** How the methods of ours are made. */
  readonly debiasedOptions: DebiasedOptions;
}

/** The rows of a seed, with what the teacher says of them. */
export function drawInputs(
  inputs: CompareInputs,
  seed: number,
  options: Parameters<typeof prepareInputs>[3],
): MethodInputs {
  const pool = Uint32Array.from({ length: inputs.train.rows }, (_, i) => i);
  const rows = sampleRows(pool, inputs.trainRows, seed);
  const train = {
    data: selectRows(inputs.train, rows),
    margins: Float64Array.from(rows, (row) => inputs.margins.train[row] as number),
    features: 'why' in inputs.features ? undefined : pickFeatures(inputs.features.train, rows),
  };
  const validation = {
    data: inputs.validation,
    margins: inputs.margins.validation,
    features: 'why' in inputs.features ? undefined : inputs.features.validation,
  };
  return prepareInputs(train, validation, inputs.debiasedOptions, options);
}

/** SHA-256 over all that the jobs' outcomes depend on but method and seed, and how the methods of ours are made. */
export function inputsDigest(inputs: CompareInputs): string {
  const { train, validation, test, margins, features, debiasedOptions: _, ...rest } = inputs;
  const bytes = (values: Int8Array | Uint8Array | Int32Array | Float32Array | Float64Array): string =>
    sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const parts = [train, validation, test].map(({ features: x, labels, folds }) => [
    x.width,
    x.fields,
    bytes(x.fieldColumns),
    bytes(x.data),
    bytes(labels),
    bytes(folds),
  ]);
  const hints =
    'why' in features
      ? features.why
      : [features.train.width, bytes(features.train.values), bytes(features.validation.values)];
  const all = [VERSION, parts, bytes(margins.train), bytes(margins.validation), hints, rest];
  return digestOf(all);
}
