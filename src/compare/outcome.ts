// Encodes finished cells as entries of a cache, under a key of everything that they depend on.
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import { littleEndian, readDoubles } from '../io/little-endian.ts';
import { digestOf } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { withCurrentNames } from '../io/stored-names.ts';
import { COLUMNS } from '../metrics/resample.ts';
import type { Job, Outcome } from './job.ts';
import type { DebiasedOptions } from './method-inputs.ts';
import { methodSpec } from './methods.ts';

/** Returns the cache key of a job's outcome. @param digest inputsDigest of the comparison */
export function outcomeKey(digest: string, options: DebiasedOptions, { method, seed }: Job): string {
  const { settings, debiases } = methodSpec(method);
  const parts = ['cell, settings as trained', digest, method, settings, debiases ? options : {}, seed];
  return digestOf(parts);
}

/** Encodes an outcome: JSON without the metrics, with its length as the entry's count; then values and resamples, float64. */
export function encodeOutcome(key: string, outcome: Outcome): Uint8Array {
  const numbers = outcome.kind === 'done' ? [...outcome.values, ...outcome.resampled] : [];
  const rest = outcome.kind === 'done' ? { ...outcome, values: undefined, resampled: undefined } : outcome;
  const text = new TextEncoder().encode(JSON.stringify(rest));
  return encodeEntry(key, text.length, concat([text, littleEndian(Float64Array.from(numbers))]));
}

/** Decodes an outcome; undefined when the bytes are not a complete entry of this key. */
export function decodeOutcome(key: string, bytes: Uint8Array): Outcome | undefined {
  const entry = decodeEntry(key, bytes);
  if (!entry) return undefined;
  const { count, body } = entry;
  const rest = withCurrentNames<Outcome>(JSON.parse(new TextDecoder().decode(body.subarray(0, count))), [
    'learningRateScale',
    'weightDecayScale',
  ]);
  if (rest.kind !== 'done') return rest;
  const numbers = readDoubles(body.subarray(count));
  return { ...rest, values: numbers.slice(0, COLUMNS), resampled: numbers.slice(COLUMNS) };
}
