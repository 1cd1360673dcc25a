// A comparison as independent jobs: what all of them need, and one of them done. Plain data, so that workers can have it.
import { type Dataset, takeRows } from '../data/dataset.ts';
import { sampleRows } from '../data/split.ts';
import { DebkdError } from '../io/errors.ts';
import type { Watch } from '../io/progress.ts';
import { sha256 } from '../io/sha256.ts';
import type { HeldOutFit } from '../labels/debias-parts.ts';
import type { Architecture } from '../student/architecture.ts';
import type { ClassWeight } from '../student/class-weight.ts';
import type { Optimizer } from '../student/optimizer.ts';
import { type Features, pickFeatures } from '../teacher/features.ts';
import { VERSION } from '../version.ts';
import { type CellResult, runCell } from './cell.ts';
import { type Material, type OwnOptions, prepareMaterial } from './material.ts';
import { type Method, methodSpec } from './methods.ts';

/** What every job of a comparison needs. */
export interface CompareInputs {
  /** Training rows to draw from. */
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
  /** The teacher's, float64 [rows]. */
  readonly margins: { readonly train: Float64Array; readonly validation: Float64Array };
  /** Of the same rows; or why the teacher has none. */
  readonly features: { readonly train: Features; readonly validation: Features } | { readonly why: string };
  readonly student: Architecture;
  /** Rows drawn for each seed. */
  readonly trainRows: number;
  readonly tune: boolean;
  readonly replicates: number;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly optimizer?: Optimizer | undefined;
  readonly dropout?: number | undefined;
  readonly classWeight?: ClassWeight | undefined;
  readonly own: OwnOptions;
}

export interface Job {
  readonly method: Method;
  readonly seed: number;
}

/** How a job ended. */
export type Outcome = { readonly seconds: number } & (
  | ({ readonly kind: 'done' } & CellResult)
  | { readonly kind: 'not applicable' | 'failed'; readonly why: string }
);

/** Does jobs; what several jobs of one seed share is made once. */
export function openJobs(inputs: CompareInputs): (job: Job, watch?: Watch) => Promise<Outcome> {
  const heldOut: HeldOutFit = {};
  let held: { seed: number; material: Material } | undefined;
  return async ({ method, seed }, watch = {}) => {
    const started = performance.now();
    const since = (): number => (performance.now() - started) / 1000;
    const why = notApplicable(method, inputs);
    if (why !== undefined) return { kind: 'not applicable', why, seconds: 0 };
    try {
      if (held?.seed !== seed) held = { seed, material: drawMaterial(inputs, seed, heldOut) };
      const { student, tune, replicates, epochs, batchSize, optimizer, dropout, classWeight } = inputs;
      const result = await runCell(method, held.material, inputs.test, {
        ...{ student, seed, tune, replicates, epochs, batchSize, optimizer, dropout, classWeight },
        ...watch,
      });
      return { kind: 'done', ...result, seconds: since() };
    } catch (error) {
      watch.signal?.throwIfAborted();
      if (!(error instanceof DebkdError)) throw error;
      return { kind: 'failed', why: error.message, seconds: since() };
    }
  };
}

function notApplicable(method: Method, { features, student }: CompareInputs): string | undefined {
  if (!methodSpec(method).needsFeatures) return undefined;
  if ('why' in features) return features.why;
  return student.hidden.length > 0 ? undefined : 'the student is a logistic regression without a hidden layer';
}

/** The rows of a seed, with what the teacher says of them. */
function drawMaterial(inputs: CompareInputs, seed: number, heldOut: HeldOutFit): Material {
  const pool = Uint32Array.from({ length: inputs.train.rows }, (_, i) => i);
  const rows = sampleRows(pool, inputs.trainRows, seed);
  const train = {
    data: takeRows(inputs.train, rows),
    margins: Float64Array.from(rows, (row) => inputs.margins.train[row] as number),
    features: 'why' in inputs.features ? undefined : pickFeatures(inputs.features.train, rows),
  };
  const validation = {
    ...{ data: inputs.validation, margins: inputs.margins.validation },
    features: 'why' in inputs.features ? undefined : inputs.features.validation,
  };
  return prepareMaterial(train, validation, inputs.own, { heldOut });
}

/** SHA-256 over all that the jobs' outcomes depend on but method and seed, and how the methods of ours are made. */
export function inputsDigest(inputs: CompareInputs): string {
  const { train, validation, test, margins, features, own: _, ...rest } = inputs;
  const bytes = (values: Int8Array | Uint8Array | Int32Array | Float32Array | Float64Array): string =>
    sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const parts = [train, validation, test].map(({ features: x, labels, folds }) => [
    ...[x.width, x.slots, bytes(x.slotColumns), bytes(x.words), bytes(labels), bytes(folds)],
  ]);
  const hints =
    'why' in features
      ? features.why
      : [features.train.width, bytes(features.train.values), bytes(features.validation.values)];
  const all = [VERSION, parts, bytes(margins.train), bytes(margins.validation), hints, rest];
  return sha256(new TextEncoder().encode(JSON.stringify(all)));
}
