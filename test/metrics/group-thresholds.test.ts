// Thresholds of groups, against every combination tried by Python, and what they give on test rows.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { groupBias } from '../../src/metrics/group-bias.ts';
import { chooseByGroup, type GroupedRows, ratesAt } from '../../src/metrics/group-thresholds.ts';
import { measureThresholds } from '../../src/report/measure-group-thresholds.ts';
import golden from '../golden/group_thresholds.json' with { type: 'json' };
import { dice } from '../random.ts';

const pick = ({ p, y, weights }: (typeof golden)[number], rows: readonly number[]): GroupedRows => ({
  probabilities: Float64Array.from(rows, (row) => p[row] as number),
  labels: rows.map((row) => y[row] as number),
  weights: rows.map((row) => weights[row] as number),
});

test.each(golden.map((one, i) => [i, one] as const))('case %i: the thresholds of every combination', (_, one) => {
  const all = [...one.y.keys()];
  const rates = ratesAt(one.common, pick(one, all));
  expect(rates.truePositive).toBeCloseTo(one.tpr, 12);
  expect(rates.falsePositive).toBeCloseTo(one.fpr, 12);
  const groups = [...new Set(one.group)].map((g) =>
    pick(
      one,
      all.filter((row) => one.group[row] === g),
    ),
  );
  expect(chooseByGroup('equal-opportunity', rates, groups)).toEqual(one.equalOpportunity);
  const odds = chooseByGroup('equalised-odds', rates, groups);
  expect(odds).toEqual(one.equalisedOdds);
  const found = odds.map((threshold, g) => ratesAt(threshold, groups[g] as GroupedRows));
  const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const gap = Math.max(
    spread([rates.truePositive, ...found.map(({ truePositive }) => truePositive)]),
    spread([rates.falsePositive, ...found.map(({ falsePositive }) => falsePositive)]),
  );
  expect(gap).toBeCloseTo(one.odds.gap, 10);
});

/** Rows of two groups, whose scores differ. */
function draw(n: number): { p: Float64Array; y: Int8Array; groups: string[]; weights: Float64Array } {
  const d = dice(4);
  const groups = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 'g=a' : 'g=b'));
  const y = Int8Array.from({ length: n }, () => (d.real(0, 1) < 0.4 ? 1 : 0));
  const p = Float64Array.from(y, (label, i) =>
    Math.min(0.99, Math.max(0.01, 0.3 + 0.25 * label + (groups[i] === 'g=a' ? -0.15 : 0.1) + d.real(-0.25, 0.25))),
  );
  return { p, y, groups, weights: Float64Array.from(y, () => d.real(0.5, 2)) };
}

test('metrics, bias and rates by group use the threshold of each row', async () => {
  const { p, y, groups, weights } = draw(600);
  const student = { threshold: 0.5, groupThresholds: { column: 'g', thresholds: [['a', 0.35]] as const } };
  const thresholds = groups.map((group) => (group === 'g=a' ? 0.35 : 0.5));
  const called = Array.from(p, (x, i) => (x >= (thresholds[i] as number) ? 1 : 0));
  for (const w of [undefined, weights]) {
    const weightOf = (i: number): number => w?.[i] ?? 1;
    const share = (rows: readonly number[], has: (i: number) => boolean): number =>
      rows.filter(has).reduce((s, i) => s + weightOf(i), 0) / rows.reduce((s, i) => s + weightOf(i), 0);
    const all = [...y.keys()];
    const right = (i: number): boolean => called[i] === y[i];
    const own = await evaluate(p, y, { threshold: 0.5, thresholds, weights: w, groups: [groups], replicates: 200 });
    const one = await evaluate(p, y, { threshold: 0.5, weights: w, groups: [groups], replicates: 200 });
    expect(own.metrics.accuracy.value).toBeCloseTo(share(all, right), 12);
    expect(own.metrics.recall.value).toBeCloseTo(
      share(
        all.filter((i) => y[i] === 1),
        (i) => called[i] === 1,
      ),
      12,
    );
    expect(own.metrics.accuracy.value).not.toBe(one.metrics.accuracy.value);
    // what does not depend on a threshold stays
    expect({ ...own.metrics.auc, ...own.atHalf }).toEqual({ ...one.metrics.auc, ...one.atHalf });
    // the rows of a group with the common threshold, on the same resamples
    expect(own.groups[1]?.metrics).toEqual(one.groups[1]?.metrics);
    const ofA = all.filter((i) => groups[i] === 'g=a');
    expect(own.groups[0]?.metrics.accuracy.value).toBeCloseTo(share(ofA, right), 12);

    const [biasA, biasB] = groupBias(p, y, groups, { threshold: 0.5, thresholds, weights: w });
    expect(biasB).toEqual(groupBias(p, y, groups, { threshold: 0.5, weights: w })[1]);
    const onesOfA = ofA.filter((i) => y[i] === 1);
    expect(biasA?.falseNegativeRate.value).toBeCloseTo(
      share(onesOfA, (i) => called[i] === 0),
      12,
    );

    const measured = measureThresholds({
      student,
      rows: { labels: y, ...(w && { weights: w }) },
      probabilities: p,
      groups,
    });
    const [a, b] = measured?.groups ?? [];
    expect(a).toMatchObject({ group: 'g=a', threshold: 0.35, own: true, rows: ofA.length, positives: onesOfA.length });
    expect(b).toMatchObject({ group: 'g=b', threshold: 0.5, own: false });
    expect(a?.truePositiveRate.after.value).toBeCloseTo(
      share(onesOfA, (i) => called[i] === 1),
      12,
    );
    expect(a?.truePositiveRate.before.value).toBeCloseTo(
      share(onesOfA, (i) => (p[i] as number) >= 0.5),
      12,
    );
    expect(b?.accuracy.after).toEqual(b?.accuracy.before);
    expect(measured?.accuracy.after.value).toBeCloseTo(own.metrics.accuracy.value, 12);
    expect(measured?.accuracy.before.value).toBeCloseTo(one.metrics.accuracy.value, 12);
    expect(measured?.cost.value).toBeCloseTo(one.metrics.accuracy.value - own.metrics.accuracy.value, 12);
    expect(measured?.cost.low).toBeLessThan(measured?.cost.high as number);
    // one group alone has nothing to differ from
    expect(measured?.truePositiveGap.after.value).toBeNaN();
  }
  const both = {
    threshold: 0.5,
    groupThresholds: {
      column: 'g',
      thresholds: [
        ['a', 0.35],
        ['b', 0.55],
      ] as const,
    },
  };
  const measured = measureThresholds({ student: both, rows: { labels: y }, probabilities: p, groups });
  const [a, b] = measured?.groups ?? [];
  for (const when of ['before', 'after'] as const) {
    const [x, z] = [a, b].map((group) => group?.truePositiveRate[when].value as number) as [number, number];
    expect(measured?.truePositiveGap[when].value).toBeCloseTo(Math.abs(x - z), 12);
    const [u, v] = [a, b].map((group) => group?.falsePositiveRate[when].value as number) as [number, number];
    expect(measured?.falsePositiveGap[when].value).toBeCloseTo(Math.abs(u - v), 12);
  }
});

test('rows of other lengths are refused', async () => {
  const { p, y, groups } = draw(30);
  await expect(evaluate(p, y, { thresholds: [0.5] })).rejects.toThrow('1 thresholds for 30 rows');
  expect(() => groupBias(p, y, groups, { threshold: 0.5, thresholds: [0.5] })).toThrow('1 thresholds for 30 rows');
});
