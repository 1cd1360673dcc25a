// The tables of Unicode: every code point against the recorded hash, and against the engine where its version is the same.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BLANK, openUnicode } from '../../../src/data/text/unicode.ts';
import * as table from '../../../src/data/text/unicode-table.ts';
import * as engine from '../../../unicode-table.mjs';
import golden from '../../golden/unicode.json' with { type: 'json' };

const { kinds, shifts } = openUnicode();
const kindOf = (point: number): number => kinds[point] as number;
const classOf = (point: number): number => (kindOf(point) & 1 ? 1 : kindOf(point) === BLANK ? 2 : 0);
const lowerOf = (point: number): number => point + (shifts[kindOf(point) >> 1] as number);
const text = [table.WORD_RUNS, table.BLANK_RUNS, table.SHIFT_RUNS];

test('the expanded tables are those that the generator recorded', () => {
  expect(table.UNICODE_VERSION).toBe(golden.version);
  expect(engine.hashTable(classOf, lowerOf)).toBe(golden.sha256);
});

const same = `${process.versions['unicode']}.0` === table.UNICODE_VERSION;
test.skipIf(!same)(
  `class and lower case of every code point are this engine's (${process.versions['unicode']})`,
  () => {
    const wrong: string[] = [];
    for (let point = 0; point < 0x110000; point++) {
      if (classOf(point) !== engine.classOf(point) || lowerOf(point) !== engine.lowerOf(point)) {
        wrong.push(point.toString(16));
      }
    }
    expect(wrong).toEqual([]);
  },
);

test.each([
  ['A', 1, 'a'],
  ['\u0130', 1, 'i'],
  ['\u03a3', 1, '\u03c3'],
  ['\u1e9e', 1, '\u00df'],
  ['\u0301', 1, '\u0301'],
  ['\u0664', 1, '\u0664'],
  ['\u{10400}', 1, '\u{10428}'],
  ['\u2160', 0, '\u2170'],
  ['\u24b6', 0, '\u24d0'],
  ['\u00bd', 0, '\u00bd'],
  ['_', 0, '_'],
  ['\u200d', 0, '\u200d'],
  ['\ue000', 0, '\ue000'],
  ['\u{10ffff}', 0, '\u{10ffff}'],
  ['\u0000', 2, '\u0000'],
  ['\u0085', 2, '\u0085'],
  ['\u3000', 2, '\u3000'],
])('%j has class %i and the lower case %j', (character, kind, lower) => {
  const point = character.codePointAt(0) as number;
  expect([classOf(point), String.fromCodePoint(lowerOf(point))]).toEqual([kind, lower]);
});

test('lowering keeps the class and the number of UTF-16 units, and lowering twice changes nothing', () => {
  const wrong: number[] = [];
  for (let point = 0; point < 0x110000; point++) {
    const lower = lowerOf(point);
    if (classOf(lower) !== classOf(point) || lower > 0xffff !== point > 0xffff || lowerOf(lower) !== lower) {
      wrong.push(point);
    }
  }
  expect(wrong).toEqual([]);
});

test('the tables are expanded once', () => {
  expect(openUnicode().kinds).toBe(kinds);
});

test('the tables are short and need no escape in a script', () => {
  expect(gzipSync(text.join('')).length).toBeLessThan(1700);
  for (const runs of text) expect(runs).toMatch(/^[(-[\]-~]+$/);
  expect(text.join('')).not.toMatch(/<[!/]|-->|\$\{/);
});
