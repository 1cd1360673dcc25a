// The arithmetic of thresholds in the page: counts at cuts, costs, and the cheapest cut.
import { expect, test } from 'vitest';
import { cheapest, givenAt, parseCost } from '../../src/app/threshold-costs.ts';
import { cutsOf } from '../../src/app/work/threshold-cuts.ts';
import { dice } from '../random.ts';

const COSTS = { missed: 8, alarm: 1 };

/** Rows with ties, rows without a label, and weights that sum exactly. */
function rowsOf(rows: number, seed: number, isWeighted: boolean) {
  const d = dice(seed);
  const probabilities = Float64Array.from({ length: rows }, () => d.below(90) / 89);
  const labels = Int8Array.from(probabilities, (p) => (d.below(5) === 0 ? -1 : d.real(0, 1) < p ? 1 : 0));
  const weights = isWeighted ? Float64Array.from(probabilities, () => d.below(4)) : undefined;
  return { probabilities, labels, ...(weights && { weights }) };
}

/** The counts at a threshold, row by row. */
function direct({ probabilities, labels, weights }: ReturnType<typeof rowsOf>, threshold: number) {
  const found = { truePositive: 0, falseNegative: 0, falsePositive: 0, trueNegative: 0 };
  probabilities.forEach((p, row) => {
    const weight = weights?.[row] ?? 1;
    const isCalled = p >= threshold;
    if (labels[row] === 1) found[isCalled ? 'truePositive' : 'falseNegative'] += weight;
    if (labels[row] === 0) found[isCalled ? 'falsePositive' : 'trueNegative'] += weight;
  });
  return found;
}

test.each([
  [500, false],
  [500, true],
  [7, false],
] as const)('counts at the cuts are those of the rows: %i rows, weighted: %s', (count, isWeighted) => {
  const rows = rowsOf(count, 3, isWeighted);
  const cuts = cutsOf(rows.probabilities, rows, 0.4321);
  expect(cuts.cuts).toEqual([...new Set(cuts.cuts)].sort((a, b) => a - b));
  expect(cuts.cuts).toContain(0.4321);
  expect(cuts.cuts[0]).toBe(0);
  expect(cuts.cuts.at(-1)).toBe(1);
  expect(cuts.cuts.length).toBeLessThanOrEqual(203);
  expect(cuts.isWeighted).toBe(isWeighted);
  for (const [k, threshold] of cuts.cuts.entries())
    expect(givenAt(cuts, k, COSTS)).toMatchObject(direct(rows, threshold));
});

test('shares and costs', () => {
  const cuts = {
    ...{ cuts: [0, 0.5, 1], truePositives: [4, 3, 0], falsePositives: [6, 1, 0] },
    ...{ positive: 4, negative: 6, isWeighted: false },
  };
  expect(givenAt(cuts, 1, COSTS)).toEqual({
    ...{ threshold: 0.5, truePositive: 3, falseNegative: 1, falsePositive: 1, trueNegative: 5 },
    ...{ missed: 0.25, alarms: 1 / 6, precision: 0.75, cost: 9 },
  });
  expect(givenAt(cuts, 2, COSTS).precision).toBeNaN();
  // 6, 9 and 32
  expect(cheapest(cuts, COSTS, 1)).toBe(0);
  expect(cheapest(cuts, { missed: 1, alarm: 1 }, 1)).toBe(1);
  // thresholds that cost the same: the nearest to the student's own
  expect(cheapest(cuts, { missed: 5, alarm: 1 }, 0.1)).toBe(0);
  expect(cheapest(cuts, { missed: 5, alarm: 1 }, 0.4)).toBe(1);
});

test('the cheapest cut is the cheapest of all thresholds while each probability has a cut', () => {
  const rows = rowsOf(180, 5, false);
  const cuts = cutsOf(rows.probabilities, rows, 0.5);
  const costOf = (threshold: number): number => {
    const { falseNegative, falsePositive } = direct(rows, threshold);
    return COSTS.missed * falseNegative + COSTS.alarm * falsePositive;
  };
  const best = givenAt(cuts, cheapest(cuts, COSTS, 0.5), COSTS);
  expect(best.cost).toBe(Math.min(...[0, ...rows.probabilities, 2].map(costOf)));
  expect(best.cost).toBeLessThan(givenAt(cuts, cuts.cuts.indexOf(0.5), COSTS).cost);
});

test('a cost is a number from 0', () => {
  expect([' 8 ', '0', '.5', '2.5', '3.'].map(parseCost)).toEqual([8, 0, 0.5, 2.5, 3]);
  for (const text of ['', '-1', '1e3', 'x', '1,5', 'Infinity', '.']) expect(parseCost(text), text).toBeUndefined();
});
