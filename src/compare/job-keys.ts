// Keys of a comparison's parts in a store.
import { withStoredNames } from '../io/stored-names.ts';
import { checkpointKey, partKey } from '../student/checkpoint.ts';
import type { CompareInputs } from './compare-inputs.ts';
import type { Job } from './job.ts';
import type { Setting } from './method.ts';
import { baseOf, methodSpec } from './methods.ts';
import { outcomeKey } from './outcome.ts';

/** Independent parts of a job: the de-biased labels of its seed, the student of a setting, or the whole cell. */
export type JobPart = 'debiased' | 'student' | 'cell';

/**
 * Returns the store's key for a part of a job; undefined where the method has no such setting.
 * @param setting index of the setting, for the part `student`
 */
export function jobKey(
  { inputs, digest }: { readonly inputs: CompareInputs; readonly digest: string },
  part: JobPart,
  job: Job,
  setting: number = 0,
): string | undefined {
  if (part === 'cell') return outcomeKey(digest, inputs.debiasedOptions, job);
  const run = partsKey(digest);
  if (part === 'debiased') return partKey(run, debiasedPart(inputs, job.seed));
  const chosen = methodSpec(job.method).settings[setting];
  return chosen && partKey(run, studentPart(inputs, job, chosen));
}

/** Returns the key of a comparison's checkpoint. @param digest inputsDigest of the comparison */
export function partsKey(digest: string): Uint8Array {
  return checkpointKey(['compare', digest]);
}

/** Returns the part's name for the de-biased labels of a seed. */
export function debiasedPart({ debiasedOptions: { debias, ablate } }: CompareInputs, seed: number): string {
  return JSON.stringify(withStoredNames(['debiased', { debias, ablate }, seed]));
}

/** Returns the part's name for the student of a setting. */
export function studentPart({ debiasedOptions }: CompareInputs, { method, seed }: Job, setting: Setting): string {
  return JSON.stringify(
    withStoredNames(['student', baseOf(method), setting, methodSpec(method).debiases ? debiasedOptions : {}, seed]),
  );
}
