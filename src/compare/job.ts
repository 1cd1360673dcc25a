// A comparison as independent jobs: what all of them need, and one of them done. Plain data, so that workers can have it.
import { type Dataset, selectRows } from '../data/dataset.ts';
import { sampleRows } from '../data/split.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, MACHINE_ERRORS } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import { withStoredNames } from '../io/stored-names.ts';
import type { HeldOutFit } from '../labels/debias-parts.ts';
import type { Architecture } from '../student/architecture.ts';
import { checkpointKey, partKey, storedCheckpoint } from '../student/checkpoint.ts';
import { getStudent, putStudent } from '../student/checkpoint-parts.ts';
import type { ClassWeight } from '../student/class-weight.ts';
import type { Optimizer } from '../student/optimizer.ts';
import type { Student } from '../student/student.ts';
import { type Features, pickFeatures } from '../teacher/features.ts';
import { VERSION } from '../version.ts';
import {
  type CellResult,
  calibrated,
  measureCell,
  type Tuned,
  type TuneOptions,
  trainSettings,
  tuneMethod,
} from './cell.ts';
import { type DebiasedOptions, type MethodInputs, prepareInputs } from './method-inputs.ts';
import { baseOf, isCalibrated, type Method, methodSpec, type Setting } from './methods.ts';
import { outcomeKey } from './outcome.ts';

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
  readonly own: DebiasedOptions;
}

/** A cell of a comparison: a method under a seed. */
export interface Job {
  /** What to train by. */
  readonly method: Method;
  /** Of rows, start and order. */
  readonly seed: number;
}

/** How a job ended. */
export type Outcome = { readonly seconds: number } & (
  | ({ readonly kind: 'done' } & CellResult)
  | { readonly kind: 'not applicable' | 'failed'; readonly why: string }
);

/** Does jobs; what several jobs of one seed share is made once. */
export function openJobs(inputs: CompareInputs): (job: Job, watch?: ProgressOptions) => Promise<Outcome> {
  return openJobParts(inputs).finish;
}

/** What of a job may be done apart: the de-biased labels of its seed, the student of a setting, or all of it. */
export type JobPart = 'debiased' | 'student' | 'cell';

/**
 * Under which key a part of a job is kept in a store; undefined where there is no such setting.
 * @param digest inputsDigest
 */
export function jobKey(
  inputs: CompareInputs,
  digest: string,
  part: JobPart,
  job: Job,
  setting: number = 0,
): string | undefined {
  if (part === 'cell') return outcomeKey(digest, inputs.own, job);
  const run = partsKey(digest);
  if (part === 'debiased') return partKey(run, debiasedPart(inputs, job.seed));
  const chosen = methodSpec(job.method).settings[setting];
  return chosen && partKey(run, studentPart(inputs, job, chosen));
}

/** A job in parts that may be done apart: each puts what it makes into a store, and takes from it what is there. */
export interface JobParts {
  /** De-biased labels of a seed. */
  debias(seed: number, watch?: ProgressOptions): Promise<void>;
  /** The student of one setting, by its place among the method's. */
  train(job: Job, setting: number, watch?: ProgressOptions): Promise<void>;
  /** jobKey of these inputs. */
  keyOf(part: JobPart, job: Job, setting?: number): string | undefined;
  /** The whole job, whatever of it was done before. */
  finish(job: Job, watch?: ProgressOptions): Promise<Outcome>;
}

/** @param store of the parts; without it they are made anew for each job */
export function openJobParts(inputs: CompareInputs, store?: LabelCache): JobParts {
  const heldOut: HeldOutFit = {};
  let digest: string | undefined;
  const digestOfAll = (): string => {
    digest ??= inputsDigest(inputs);
    return digest;
  };
  const checkpoint = store && storedCheckpoint(store, partsKey(digestOfAll()));
  let held: { seed: number; prepared: MethodInputs } | undefined;
  let last: { name: string; tuned: Tuned } | undefined;
  const inputsOf = (seed: number): MethodInputs => {
    const kept = checkpoint && { checkpoint, name: debiasedPart(inputs, seed) };
    if (held?.seed !== seed) held = { seed, prepared: drawInputs(inputs, seed, { heldOut, kept }) };
    return held.prepared;
  };
  const optionsOf = ({ method, seed }: Job, watch: ProgressOptions): TuneOptions => {
    const { student, tune, epochs, batchSize, optimizer, dropout, classWeight } = inputs;
    const nameOf = (setting: Setting): string => studentPart(inputs, { method, seed }, setting);
    const kept = checkpoint && {
      get: (setting: Setting) => getStudent(checkpoint, nameOf(setting)),
      put: (setting: Setting, trained: Student) => putStudent(checkpoint, nameOf(setting), trained),
    };
    return { student, seed, tune, epochs, batchSize, optimizer, dropout, classWeight, kept, ...watch };
  };
  return {
    async debias(seed) {
      await inputsOf(seed).debiased();
    },
    async train(job, setting, watch = {}) {
      const { settings } = methodSpec(job.method);
      await trainSettings(job.method, settings.slice(setting, setting + 1), inputsOf(job.seed), optionsOf(job, watch));
    },
    keyOf: (part, job, setting) => jobKey(inputs, digestOfAll(), part, job, setting),
    async finish(job, watch = {}) {
      const started = performance.now();
      const since = (): number => (performance.now() - started) / 1000;
      const why = notApplicable(job.method, inputs);
      if (why !== undefined) return { kind: 'not applicable', why, seconds: 0 };
      try {
        const prepared = inputsOf(job.seed);
        const name = `${baseOf(job.method)} ${job.seed}`;
        // a method and itself with calibration follow each other, and share the training
        if (last?.name !== name) last = { name, tuned: await tuneMethod(job.method, prepared, optionsOf(job, watch)) };
        const { tuned } = last;
        const student = isCalibrated(job.method)
          ? await calibrated(tuned.student, prepared.validation.data, inputs.classWeight)
          : tuned.student;
        const result = measureCell({ ...tuned, student }, inputs.test, inputs.replicates);
        return { kind: 'done', ...result, seconds: since() };
      } catch (error) {
        watch.signal?.throwIfAborted();
        if (!(error instanceof DebkdError)) throw error;
        // with a store others may do the rest: what is this machine's fault is no property of the cell
        if (store && MACHINE_ERRORS.includes(error.code)) throw error;
        return { kind: 'failed', why: error.message, seconds: since() };
      }
    },
  };
}

/** Under which key the parts of a comparison are kept. @param digest inputsDigest */
export function partsKey(digest: string): Uint8Array {
  return checkpointKey(['compare', digest]);
}

/** The name of the de-biased labels of a seed. */
export function debiasedPart({ own: { debias, ablate } }: CompareInputs, seed: number): string {
  return JSON.stringify(withStoredNames(['debiased', { debias, ablate }, seed]));
}

/** The name of a trained student. */
export function studentPart({ own }: CompareInputs, { method, seed }: Job, setting: Setting): string {
  return JSON.stringify(
    withStoredNames(['student', baseOf(method), setting, methodSpec(method).ours ? own : {}, seed]),
  );
}

/** Why a method cannot be used on these inputs, where it cannot. */
export function notApplicable(method: Method, { features, student }: CompareInputs): string | undefined {
  if (!methodSpec(method).needsFeatures) return undefined;
  if ('why' in features) return features.why;
  return student.hidden.length > 0 ? undefined : 'the student is a logistic regression without a hidden layer';
}

/** The rows of a seed, with what the teacher says of them. */
function drawInputs(inputs: CompareInputs, seed: number, options: Parameters<typeof prepareInputs>[3]): MethodInputs {
  const pool = Uint32Array.from({ length: inputs.train.rows }, (_, i) => i);
  const rows = sampleRows(pool, inputs.trainRows, seed);
  const train = {
    data: selectRows(inputs.train, rows),
    margins: Float64Array.from(rows, (row) => inputs.margins.train[row] as number),
    features: 'why' in inputs.features ? undefined : pickFeatures(inputs.features.train, rows),
  };
  const validation = {
    ...{ data: inputs.validation, margins: inputs.margins.validation },
    features: 'why' in inputs.features ? undefined : inputs.features.validation,
  };
  return prepareInputs(train, validation, inputs.own, options);
}

/** SHA-256 over all that the jobs' outcomes depend on but method and seed, and how the methods of ours are made. */
export function inputsDigest(inputs: CompareInputs): string {
  const { train, validation, test, margins, features, own: _, ...rest } = inputs;
  const bytes = (values: Int8Array | Uint8Array | Int32Array | Float32Array | Float64Array): string =>
    sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const parts = [train, validation, test].map(({ features: x, labels, folds }) => [
    ...[x.width, x.fields, bytes(x.fieldColumns), bytes(x.data), bytes(labels), bytes(folds)],
  ]);
  const hints =
    'why' in features
      ? features.why
      : [features.train.width, bytes(features.train.values), bytes(features.validation.values)];
  const all = [VERSION, parts, bytes(margins.train), bytes(margins.validation), hints, rest];
  return digestOf(all);
}
