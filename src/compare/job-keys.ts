// The keys under which a store keeps the parts of a comparison.
import { withStoredNames } from '../io/stored-names.ts';
import { checkpointKey, partKey } from '../student/checkpoint.ts';
import type { CompareInputs } from './compare-inputs.ts';
import type { Job } from './job.ts';
import type { Setting } from './method.ts';
import { baseOf, methodSpec } from './methods.ts';
import { outcomeKey } from './outcome.ts';

/** What of a job may be done apart: the de-biased labels of its seed, the student of a setting, or all of it. */
export type JobPart = 'debiased' | 'student' | 'cell';

/**
 * Under which key a part of a job is kept in a store; undefined where there is no such setting.
 * @param comparison its inputs and their inputsDigest
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

/** Under which key the parts of a comparison are kept. @param digest inputsDigest */
export function partsKey(digest: string): Uint8Array {
  return checkpointKey(['compare', digest]);
}

/** The name of the de-biased labels of a seed. */
export function debiasedPart({ debiasedOptions: { debias, ablate } }: CompareInputs, seed: number): string {
  return JSON.stringify(withStoredNames(['debiased', { debias, ablate }, seed]));
}

/** The name of a trained student. */
export function studentPart({ debiasedOptions }: CompareInputs, { method, seed }: Job, setting: Setting): string {
  return JSON.stringify(
    withStoredNames(['student', baseOf(method), setting, methodSpec(method).debiases ? debiasedOptions : {}, seed]),
  );
}
