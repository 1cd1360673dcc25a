// The real data sets and teachers beside the project, where they are present.
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'vitest';

const root = new URL('../../shared/', import.meta.url);
const present = existsSync(root);
if (!present) console.warn('skipped: ../shared is absent, so tests on its data and teachers do not run');

/**
 * A describe block that needs ../shared. Where that is absent its body is never run: a skipped describe would still be collected, and
 * with it whatever it reads.
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
