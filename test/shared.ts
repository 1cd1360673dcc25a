// Access to ../shared, a folder of real data sets and teachers next to the project. Most checkouts do not have it.
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'vitest';

const root = new URL('../../shared/', import.meta.url);
const present = existsSync(root);
if (!present) console.warn('skipped: tests on the data and teachers of ../shared, which is missing');

/**
 * A describe block that needs ../shared. Where that is missing, `body` is not called: vitest runs even the body of a skipped describe
 * block to collect its tests, and this one would read missing files.
 */
export function describeShared(name: string, body: () => void | Promise<void>): void {
  if (present) describe(name, body);
  else describe.skip(name, () => test('needs ../shared', () => undefined));
}

export function shared(path: string): URL {
  return new URL(path, root);
}

export function sharedJson<T>(path: string): T {
  return JSON.parse(readFileSync(shared(path), 'utf8')) as T;
}

export function sharedFloats(path: string): Float32Array {
  const bytes = readFileSync(shared(path));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
