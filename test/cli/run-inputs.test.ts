// The key of a distillation's checkpoint: it changes with everything that its parts depend on.
import { expect, test } from 'vitest';
import { runInputs } from '../../src/cli/run-inputs.ts';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { encodeParts } from '../../src/data/parts.ts';
import type { Split } from '../../src/data/split.ts';
import { digestOf } from '../../src/io/sha256.ts';
import { distillSettings } from '../../src/settings/training.ts';
import type { Values } from '../../src/settings/values.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';

interface Rows {
  readonly header: string;
  readonly site: (i: number) => string;
  readonly weight: (i: number) => number;
  readonly label: (i: number) => number;
  readonly note: (i: number) => string;
}
const ROWS: Rows = {
  header: 'age,note,site,weight,label',
  site: (i) => `s${i % 3}`,
  weight: (i) => 1 + (i % 2),
  label: (i) => i % 2,
  note: (i) => `some words about case ${i}`,
};
const text = ({ header, site, weight, label, note }: Rows): Uint8Array =>
  new TextEncoder().encode(
    [header, ...Array.from({ length: 60 }, (_, i) => [i, note(i), site(i), weight(i), label(i)].join(','))].join('\n'),
  );

/** The digests of the inputs of a run. @param replay the notes of the rows of --replay */
async function digests(
  rows: Rows,
  values: Values = {},
  more: { replay?: Rows['note']; heldOut?: Uint32Array; identity?: string } = {},
): Promise<Record<string, string>> {
  const table = await readCsv(text(rows), { target: 'label', drop: ['site', 'weight'] });
  const at = (from: number): Uint32Array => Uint32Array.from({ length: 20 }, (_, i) => from + i);
  const parts: Split = { train: at(0), validation: at(20), test: at(40) };
  const { train, validation } = await encodeParts(table, parts, undefined, {
    ...{ text: ['note'], groups: ['site'], weights: 'weight' },
  });
  const other = more.replay && (await readCsv(text({ ...rows, note: more.replay }), { drop: ['site', 'weight'] }));
  const inputs = runInputs(values, {
    teacher: { identity: more.identity ?? 'teacher' } as Teacher,
    settings: distillSettings(values),
    replay: other && encode(other, train.preprocessing),
    heldOut: more.heldOut,
    ...{ table, parts, train, validation },
  });
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, digestOf(value)]));
}

const inValidation = (i: number): boolean => i >= 20 && i < 40;
const replay = { replay: (i: number) => `earlier words of case ${i}` };

test.each<[string, 'rows' | 'options' | 'teacher', Parameters<typeof digests>]>([
  ['groups of training rows', 'rows', [{ ...ROWS, site: (i) => (i < 20 ? 's0' : `s${i % 3}`) }]],
  ['groups of validation rows', 'rows', [{ ...ROWS, site: (i) => (inValidation(i) ? 's0' : `s${i % 3}`) }]],
  ['names of groups', 'options', [{ ...ROWS, site: (i) => `t${i % 3}` }]],
  ['weights of validation rows', 'rows', [{ ...ROWS, weight: (i) => (inValidation(i) ? 1 : 1 + (i % 2)) }]],
  ['labels', 'rows', [{ ...ROWS, label: (i) => (i < 3 ? 0 : i % 2) }]],
  ['texts', 'rows', [{ ...ROWS, note: (i) => `other words about case ${i}` }]],
  ['names of columns', 'rows', [{ ...ROWS, header: 'years,note,site,weight,label' }]],
  ['rows to replay', 'rows', [ROWS, {}, replay]],
  ['held-out rows', 'rows', [ROWS, {}, { heldOut: Uint32Array.of(20) }]],
  ['the teacher', 'teacher', [ROWS, {}, { identity: 'another' }]],
  ['the metric of selection', 'options', [ROWS, { metric: 'auc' }]],
  ['the seed', 'options', [ROWS, { seed: '2' }]],
  ['augmentation', 'options', [ROWS, { augment: 'mirror' }]],
  ['withheld columns', 'options', [ROWS, { withhold: 'site' }]],
])('%s', async (_, part, inputs) => {
  const [before, same, after] = [await digests(ROWS), await digests({ ...ROWS }), await digests(...inputs)];
  expect(same).toEqual(before);
  expect(after[part]).not.toBe(before[part]);
});

test('the texts of rows to replay', async () => {
  const [one, other] = [await digests(ROWS, {}, replay), await digests(ROWS, {}, { replay: (i) => `late case ${i}` })];
  expect(other['rows']).not.toBe(one['rows']);
  expect(await digests(ROWS, {}, replay)).toEqual(one);
});
