// Cells of a comparison belong to the groups that label de-biasing looked at: their values, their kind and their names.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { readCsv } from '../../src/data/csv.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { readSplit, split } from '../../src/data/split.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, modelJson } from '../models.ts';

const preprocessing = parsePreprocessing(modelJson('wdbc/preprocessing.json'), 'wdbc');
const teacher = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing });
/** Columns of groups: the same groups under other names and with their names exchanged, and a constant number and word. */
const GROUPS: Readonly<Record<string, (row: number) => string>> = {
  site: (row) => (row % 3 === 0 ? 'a' : 'b'),
  zone: (row) => (row % 3 === 0 ? 'p' : 'q'),
  mirrored: (row) => (row % 3 === 0 ? 'b' : 'a'),
  number: () => '7',
  word: () => 'w',
};
const [header, ...lines] = readFileSync(model('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
const csv = [
  [header, ...Object.keys(GROUPS)].join(','),
  ...lines.map((line, row) => [line, ...Object.values(GROUPS).map((of) => of(row))].join(',')),
].join('\n');
const table = await readCsv(new TextEncoder().encode(csv), { target: 'label', drop: Object.keys(GROUPS) });
const parts = split(table, { by: await readSplit(model('wdbc/split.csv')) });

/** Runs `debiased` with some groups. */
async function run(groups: readonly string[], cells?: LabelCache): ReturnType<typeof compare> {
  const data = await encodeParts(table, parts, preprocessing, { groups });
  const options = { teacher, data, student: { hidden: [] }, epochs: 20, replicates: 20, seeds: [1], trainRows: 120 };
  return compare(['debiased'], { ...options, cells });
}

test.each([
  [['number'], ['word']],
  [['word'], ['number']],
  [['site'], ['zone']],
  [['site'], ['mirrored']],
  [
    ['site', 'number'],
    ['site', 'word'],
  ],
  [
    ['site', 'zone'],
    ['zone', 'site'],
  ],
  [['site'], []],
])('a cell of the groups %s is not one of %s', async (before, after) => {
  const stored = new Map<string, Uint8Array>();
  const cells = {
    get: async (key: string) => stored.get(key),
    put: async (key: string, bytes: Uint8Array) => void stored.set(key, bytes),
  };
  await run(before, cells);
  const resumed = await run(after, cells);
  const whole = await run(after);
  expect(resumed.results).toEqual(whole.results);
  expect(resumed.timing.resumed).toBe(0);
  expect((await run(after, cells)).timing.resumed).toBe(1);
});
