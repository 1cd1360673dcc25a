// docs/errors.md lists exactly the codes of ErrorCode, in the same order.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/errors.md lists every error code and no other', () => {
  const [, type = ''] = /export type ErrorCode =([\s\S]*?);/.exec(read('src/io/errors.ts')) ?? [];
  const codes = [...type.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(15);
  const listed = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
  expect(listed).toEqual(codes);
});
