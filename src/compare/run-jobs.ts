// Runs the jobs of a comparison, in whole or in parts.

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

/** Does jobs; what several jobs of one seed share is made once. */
export function openJobs(inputs: CompareInputs): (job: Job, watch?: ProgressOptions) => Promise<Outcome> {
  return openJobParts(inputs).finish;
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
    const { student, tune, epochs, batchSize, optimizer, dropout, classWeight } = inputs;
    const nameOf = (setting: Setting): string => studentPart(inputs, { method, seed }, setting);
    const kept = checkpoint && {
      get: (setting: Setting) => getStudent(checkpoint, nameOf(setting)),
      put: (setting: Setting, trained: Student) => putStudent(checkpoint, nameOf(setting), trained),
    };
    return { student, seed, tune, epochs, batchSize, optimizer, dropout, classWeight, studentStore: kept, ...watch };
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

/** Why a method cannot be used on these inputs, where it cannot. */
export function notApplicable(method: Method, { features, student }: CompareInputs): string | undefined {
  if (!methodSpec(method).needsFeatures) return undefined;
  if ('why' in features) return features.why;
  return student.hidden.length > 0 ? undefined : 'the student is a logistic regression without a hidden layer';
}
