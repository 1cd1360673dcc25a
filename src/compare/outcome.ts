// A finished cell as an entry of a cache, addressed by all that it depends on.
import { sha256 } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { COLUMNS } from '../metrics/resample.ts';
import { decodeEntry, encodeEntry } from '../teacher/label-cache.ts';
import type { Job, Outcome } from './job.ts';
import type { OwnOptions } from './material.ts';
import { methodSpec } from './methods.ts';

/** @param digest inputsDigest of the comparison */
export function outcomeKey(digest: string, own: OwnOptions, { method, seed }: Job): string {
  const { settings, ours } = methodSpec(method);
  const parts = ['cell', digest, method, settings, ours ? own : {}, seed];
  return sha256(new TextEncoder().encode(JSON.stringify(parts)));
}

/** All but the numbers of the measures as JSON, its length as the entry's count; then values and resamples, float64. */
export function encodeOutcome(key: string, outcome: Outcome): Uint8Array {
  const numbers = outcome.kind === 'done' ? [...outcome.values, ...outcome.resampled] : [];
  const rest = outcome.kind === 'done' ? { ...outcome, values: undefined, resampled: undefined } : outcome;
  const text = new TextEncoder().encode(JSON.stringify(rest));
  const body = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((x, i) => {
    body.setFloat64(8 * i, x, true);
  });
  return encodeEntry(key, text.length, concat([text, new Uint8Array(body.buffer)]));
}

/** Undefined when the bytes are not a whole entry of this key. */
export function decodeOutcome(key: string, bytes: Uint8Array): Outcome | undefined {
  const entry = decodeEntry(key, bytes);
  if (!entry) return undefined;
  const { count, body } = entry;
  const rest = JSON.parse(new TextDecoder().decode(body.subarray(0, count))) as Outcome;
  if (rest.kind !== 'done') return rest;
  const view = new DataView(body.buffer, body.byteOffset + count, body.length - count);
  const numbers = Float64Array.from({ length: view.byteLength / 8 }, (_, i) => view.getFloat64(8 * i, true));
  return { ...rest, values: numbers.slice(0, COLUMNS), resampled: numbers.slice(COLUMNS) };
}
