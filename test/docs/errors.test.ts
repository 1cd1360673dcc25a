// docs/errors.md lists every code and every remedy, and no others.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** First cells of the table in a section of docs/errors.md. */
function listedIn(section: string): string[] {
  const [, text = ''] = read('docs/errors.md').split(`\n## ${section}\n`);
  const [rows = ''] = text.split('\n## ');
  return [...rows.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name as string);
}

test('docs/errors.md lists the codes', () => {
  const [, type = ''] = /export type ErrorCode =([\s\S]*?);/.exec(read('src/io/errors.ts')) ?? [];
  const codes = [...type.matchAll(/'(\w+)'/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(15);
  expect(listedIn('Codes')).toEqual(codes);
});

test('docs/errors.md lists the remedies', () => {
  const [, phrases = ''] = /const PHRASES: [^=]*= \{([\s\S]*?)\n\};/.exec(read('src/io/remedies.ts')) ?? [];
  const ids = [...phrases.matchAll(/^ {2}'?([\w-]+)'?: \[/gm)].map(([, id]) => id as string);
  expect(ids.length).toBeGreaterThan(15);
  expect(listedIn('Remedies')).toEqual([...ids, 'omit-setting'].sort());
});

test('docs/errors.md lists the data of an error', () => {
  const [, properties = ''] =
    /export class DebkdError extends Error \{([\s\S]*?)\n {2}constructor/.exec(read('src/io/errors.ts')) ?? [];
  const names = [...properties.matchAll(/readonly (\w+):/g)].map(([, name]) => name);
  expect(names).toContain('remedies');
  expect(listedIn('The data of an error')).toEqual([...names, 'cause']);
});
