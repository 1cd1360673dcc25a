// Runs the jobs of a comparison, whole or in parts.
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, MACHINE_ERRORS } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { ValidationFit } from '../labels/debias-parts.ts';
import { storedCheckpoint } from '../student/checkpoint.ts';
import { getStudent, putStudent } from '../student/checkpoint-parts.ts';
import type { Student } from '../student/student.ts';
import { calibrated, measureCell, type Tuned, type TuneOptions, trainSettings, tuneMethod } from './cell.ts';
import { type CompareInputs, drawInputs, inputsDigest } from './compare-inputs.ts';
import type { Job, Outcome } from './job.ts';
import { debiasedPart, type JobPart, jobKey, partsKey, studentPart } from './job-keys.ts';
import type { Method, Setting } from './method.ts';
import type { MethodInputs } from './method-inputs.ts';
import { baseOf, isCalibrated, methodSpec } from './methods.ts';

/** Returns a function that runs jobs. Consecutive jobs of one seed share their inputs. */
export function openJobs(inputs: CompareInputs): (job: Job, watch?: ProgressOptions) => Promise<Outcome> {
  return openJobParts(inputs).finish;
}

/** The parts of a job, which several machines can run. Each part stores its result and reads the results in the store. */
export interface JobParts {
  /** Computes the de-biased labels of a seed. */
  debias(seed: number, watch?: ProgressOptions): Promise<void>;
  /** Trains the student of one setting. @param setting index of the setting */
  train(job: Job, setting: number, watch?: ProgressOptions): Promise<void>;
  /** Returns jobKey of these inputs. */
  keyOf(part: JobPart, job: Job, setting?: number): string | undefined;
  /** Runs the whole job; parts in the store are not computed again. */
  finish(job: Job, watch?: ProgressOptions): Promise<Outcome>;
}

/** Opens the parts of jobs. @param store store of the parts; without one, each job computes its own */
export function openJobParts(inputs: CompareInputs, store?: LabelCache): JobParts {
  const validationFit: ValidationFit = {};
  let digest: string | undefined;
  const digestOfAll = (): string => {
    digest ??= inputsDigest(inputs);
    return digest;
  };
  const checkpoint = store && storedCheckpoint(store, partsKey(digestOfAll()));
  let current: { seed: number; prepared: MethodInputs } | undefined;
  let last: { name: string; tuned: Tuned } | undefined;
  const inputsOf = (seed: number): MethodInputs => {
    const kept = checkpoint && { checkpoint, name: debiasedPart(inputs, seed) };
    if (current?.seed !== seed) current = { seed, prepared: drawInputs(inputs, seed, { validationFit, kept }) };
    return current.prepared;
  };
  const optionsOf = ({ method, seed }: Job, watch: ProgressOptions): TuneOptions => {
    const { student, tune, epochs, batchSize, optimizer, dropout, augment, classWeight } = inputs;
    const nameOf = (setting: Setting): string => studentPart(inputs, { method, seed }, setting);
    const kept = checkpoint && {
      get: (setting: Setting) => getStudent(checkpoint, nameOf(setting)),
      put: (setting: Setting, trained: Student) => putStudent(checkpoint, nameOf(setting), trained),
    };
    return {
      student,
      seed,
      tune,
      epochs,
      batchSize,
      optimizer,
      dropout,
      augment,
      classWeight,
      studentStore: kept,
      ...watch,
    };
  };
  return {
    async debias(seed) {
      await inputsOf(seed).debiased();
    },
    async train(job, setting, watch = {}) {
      const { settings } = methodSpec(job.method);
      await trainSettings(job.method, settings.slice(setting, setting + 1), inputsOf(job.seed), optionsOf(job, watch));
    },
    keyOf: (part, job, setting) => jobKey({ inputs, digest: digestOfAll() }, part, job, setting),
    async finish(job, watch = {}) {
      const started = performance.now();
      const since = (): number => (performance.now() - started) / 1000;
      const why = notApplicable(job.method, inputs);
      if (why !== undefined) return { kind: 'not applicable', why, seconds: 0 };
      try {
        const prepared = inputsOf(job.seed);
        const name = `${baseOf(job.method)} ${job.seed}`;
        // a method and its calibrated form are consecutive jobs and share the training
        if (last?.name !== name) last = { name, tuned: await tuneMethod(job.method, prepared, optionsOf(job, watch)) };
        const { tuned } = last;
        const student = isCalibrated(job.method)
          ? await calibrated(job.method, tuned, prepared, inputs.classWeight)
          : tuned.student;
        const result = measureCell({ ...tuned, student }, inputs.test, inputs.replicates);
        return { kind: 'done', ...result, seconds: since() };
      } catch (error) {
        watch.signal?.throwIfAborted();
        if (!(error instanceof DebkdError)) throw error;
        // with a store another machine may succeed: an error of this machine is not a result of the cell
        if (store && MACHINE_ERRORS.includes(error.code)) throw error;
        return { kind: 'failed', why: error.message, seconds: since() };
      }
    },
  };
}

/** Returns the reason why a method does not apply to these inputs; undefined where it does. */
export function notApplicable(method: Method, { features, student }: CompareInputs): string | undefined {
  if (!methodSpec(method).needsFeatures) return undefined;
  if ('why' in features) return features.why;
  return student.hidden.length > 0 ? undefined : 'the student is a logistic regression without a hidden layer';
}
