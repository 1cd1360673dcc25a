// distill with thresholdPer: which groups get a threshold, what is refused, and what later steps do with the student.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode, selectRows } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { distill } from '../../src/distill.ts';
import type { DistillOptions } from '../../src/distill-options.ts';
import { countMissing, groupRows, measureDistillation } from '../../src/index.ts';
import { ratesAt } from '../../src/metrics/group-thresholds.ts';
import { chooseDeferral } from '../../src/student/choose-deferral.ts';
import { givenSoftLabels } from '../../src/teacher/given-soft-labels.ts';
import { dice } from '../random.ts';

const d = dice(11);
const rows = Array.from({ length: 1600 }, (_, i) => {
  const x = d.real(-3, 3);
  // of 40 rows, 2 have a rare value and 1 has none
  const k = i % 40;
  const sex = k === 0 ? '' : k < 3 ? 'x' : k % 2 === 0 ? 'f' : 'm';
  const margin = x + (sex === 'f' ? -1 : 0.5);
  return { x, sex, margin, label: d.real(0, 1) < 1 / (1 + Math.exp(-margin)) ? 1 : 0 };
});
const csv = `x,sex,label\n${rows.map(({ x, sex, label }) => `${x},${sex},${label}`).join('\n')}\n`;
const table = await readCsv(new TextEncoder().encode(csv), { target: 'label' });
const range = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);
const parts = { train: range(0, 400), validation: range(400, 1200), test: range(1200, 1600) };
const preprocessing = fitPreprocessing(table, { rows: parts.train });
const train = encode(table, preprocessing, { rows: parts.train });
const validation = encode(table, preprocessing, { rows: parts.validation });
const held = encode(table, preprocessing, { rows: parts.test });
const teacher = givenSoftLabels(
  rows.map(({ margin }) => margin),
  { convention: 'logit' },
);
const groups = groupRows(table, 'sex', parts.validation);
const run = (more: Partial<DistillOptions>) =>
  distill({
    ...{ teacher, train, validation, student: { hidden: [] }, debias: 'none', seed: 1, select: 'labels' },
    ...{ infusion: { form: 'mix', strength: 0 }, ...more },
  });
const plain = await run({});
const fair = await run({ thresholdPer: { column: 'sex', groups } });

test('large groups get a threshold of their own; small ones and missing values have the common one', () => {
  const { student, groupThresholds, warnings } = fair;
  expect(groupThresholds?.groups.map(({ group, own }) => [group, own])).toEqual([
    ['sex=', false],
    ['sex=f', true],
    ['sex=m', true],
    ['sex=x', false],
  ]);
  const count = (group: string): number => groups.filter((one) => one === group).length;
  for (const { group, rows: size } of groupThresholds?.groups ?? []) expect(size).toBe(count(group));
  // nothing else changes
  expect(student.threshold).toBe(plain.student.threshold);
  expect(student.parameters).toEqual(plain.student.parameters);
  expect(plain.student.groupThresholds).toBeUndefined();
  expect(plain).not.toHaveProperty('groupThresholds');
  expect(student.provenance['thresholdPer']).toEqual({ column: 'sex', for: 'equal-opportunity' });
  const some = warnings.filter((warning) => warning.startsWith('thresholds by "sex"'));
  expect(some).toHaveLength(2);
  expect(some[1]).toContain(`sex=x has the common threshold, because ${count('sex=x')} labelled validation rows`);
  // true positive rates are near that of all rows
  const p = student.predictProba(validation);
  const of = (names: readonly string[], threshold: number): number => {
    const members = [...groups.keys()].filter((row) => names.includes(groups[row] as string));
    return ratesAt(threshold, {
      probabilities: Float64Array.from(members, (row) => p[row] as number),
      labels: members.map((row) => validation.labels[row] as number),
    }).truePositive;
  };
  const all = of(['sex=', 'sex=f', 'sex=m', 'sex=x'], student.threshold);
  for (const [value, threshold] of student.groupThresholds?.thresholds ?? []) {
    expect(Math.abs(of([`sex=${value}`], threshold) - all)).toBeLessThan(0.01);
    expect(Math.abs(of([`sex=${value}`], student.threshold) - all)).toBeGreaterThan(0.012);
  }
});

test('only labelled rows count, and weights do', async () => {
  const labels = validation.labels.map((y, row) => (groups[row] === 'sex=f' && row % 4 > 0 ? -1 : y));
  const few = await run({ validation: { ...validation, labels }, thresholdPer: { column: 'sex', groups } });
  const ofF = [...groups.keys()].filter((row) => groups[row] === 'sex=f' && (labels[row] as number) >= 0).length;
  expect(few.groupThresholds?.groups.find(({ group }) => group === 'sex=f')?.rows).toBe(ofF);
  const weights = Float64Array.from(groups, (_, row) => (row % 3 === 0 ? 4 : 1));
  const weighted = await run({
    ...{ train: { ...train, weights: new Float64Array(train.rows).fill(1) }, validation: { ...validation, weights } },
    thresholdPer: { column: 'sex', groups },
    threshold: String(fair.student.threshold),
  });
  expect(weighted.student.groupThresholds?.thresholds).not.toEqual(fair.student.groupThresholds?.thresholds);
});

test('what cannot be chosen is refused before the teacher runs', async () => {
  const asked = (thresholdPer: object) => run({ thresholdPer: thresholdPer as never });
  await expect(asked({ column: 'sex', groups: groups.slice(1) })).rejects.toThrow('799 groups for 800 rows');
  await expect(asked({ column: 'sex', groups, for: 'parity' })).rejects.toThrow(
    'expected one of equal-opportunity, equalised-odds',
  );
  await expect(asked({ column: 'x', groups: groupRows(table, 'x', parts.validation) })).rejects.toThrow(
    'choose a column with at most 20 values',
  );
  const tiny = selectRows(validation, range(0, 60));
  await expect(run({ validation: tiny, thresholdPer: { column: 'sex', groups: groups.slice(0, 60) } })).rejects.toThrow(
    'no group has enough labelled validation rows',
  );
});

test('later steps need the groups, or say what they leave out', async () => {
  const { student } = fair;
  expect(() => chooseDeferral(student, held, { rate: 0.1 })).toThrow('a student with thresholds of groups');
  const data = { train, validation, test: held };
  const missing = countMissing(table);
  await expect(measureDistillation(fair, teacher, { data, missing })).rejects.toThrow(
    'its threshold depends on column "sex"',
  );
  const thresholdGroups = groupRows(table, 'sex', parts.test);
  const { result } = await measureDistillation(fair, teacher, { data, missing, thresholdGroups });
  const called = student.predict(held, thresholdGroups);
  const right = called.filter((label, row) => label === held.labels[row]).length / held.rows;
  expect(result.metrics.test?.accuracy.value).toBeCloseTo(right, 12);
  expect(result.groupThresholds?.test?.accuracy.after.value).toBeCloseTo(right, 12);
  const next = await distill({ from: student, train, validation, debias: 'none', seed: 1, epochs: 5 });
  expect(next.student.groupThresholds).toBeUndefined();
  expect(next.warnings.join()).toContain('thresholds of groups: the earlier student had them');
});
