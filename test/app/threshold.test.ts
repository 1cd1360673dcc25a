// The arithmetic of thresholds in the page: counts at cuts, costs, the cheapest cut, and deferral bands.
import { expect, test } from 'vitest';
import { cheapest, givenAt, parseCost, placeOf } from '../../src/app/threshold-costs.ts';
import { deferralCutsOf } from '../../src/app/work/deferral-cuts.ts';
import { cutsOf } from '../../src/app/work/threshold-cuts.ts';
import { keepsAnswers } from '../../src/app/work/with-threshold.ts';
import { chooseBand } from '../../src/metrics/deferral.ts';
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
    ...{ deferredPositive: 0, deferredNegative: 0, deferred: 0, wrong: 0.2 },
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

/** The labelled rows of `rowsOf`, as rows that a band is chosen on. */
function heldOutOf(rows: number, seed: number, isWeighted: boolean) {
  const { probabilities, labels, weights } = rowsOf(rows, seed, isWeighted);
  const at = [...labels.keys()].filter((row) => labels[row] !== -1 && weights?.[row] !== 0);
  return {
    probabilities: Float64Array.from(at, (row) => probabilities[row] as number),
    labels: Int8Array.from(at, (row) => labels[row] as number),
    ...(weights && { weights: Float64Array.from(at, (row) => weights[row] as number) }),
  };
}

test.each([false, true])('a student that defers: counts at each cut by its band, weighted: %s', (isWeighted) => {
  const [rows, heldOut] = [rowsOf(400, 7, isWeighted), heldOutOf(900, 8, isWeighted)];
  const rule = { target: 0.15 };
  const threshold = 0.51;
  const own = { threshold, defer: chooseBand(rule, threshold, heldOut).band };
  expect(own.defer.from).toBeLessThan(threshold);
  expect(own.defer.to).toBeGreaterThan(threshold);
  const cuts = deferralCutsOf(rows.probabilities, rows, { own, heldOut, rule });
  const kinds = { kept: 0, chosen: 0, none: 0 };
  for (const [k, cut] of cuts.cuts.entries()) {
    const band = cuts.bands?.[k];
    const given = givenAt(cuts, k, { ...COSTS, deferred: 0.5 });
    const isIn = (row: number): boolean =>
      Boolean(band) &&
      (rows.probabilities[row] as number) > (band?.from ?? 0) &&
      (rows.probabilities[row] as number) < (band?.to ?? 0);
    const answered = { ...rows, labels: rows.labels.map((label, row) => (isIn(row) ? -1 : label)) };
    const left = { ...rows, labels: rows.labels.map((label, row) => (isIn(row) ? label : -1)) };
    const of = direct(left, 0);
    expect(given).toMatchObject({
      ...direct(answered, cut),
      ...{ deferredPositive: of.truePositive, deferredNegative: of.falsePositive },
    });
    expect(given.cost).toBe(8 * given.falseNegative + given.falsePositive + 0.5 * (of.truePositive + of.falsePositive));
    if (!band) {
      kinds.none++;
      expect(() => chooseBand(rule, cut, heldOut)).toThrow();
      continue;
    }
    kinds[band.isPromised ? 'kept' : 'chosen']++;
    const expected = band.isPromised ? own.defer : chooseBand(rule, cut, heldOut).band;
    expect([band.from, band.to]).toEqual([expected.from, expected.to]);
  }
  // all three happen
  for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(0);
  expect(cuts.bands?.[cuts.cuts.indexOf(threshold)]).toMatchObject({ ...own.defer, isPromised: true });
  // no threshold without a band is the cheapest, even where it costs least
  const free = { missed: 1, alarm: 0, deferred: 1 };
  expect(givenAt(cuts, 0, free).cost).toBe(0);
  expect(cuts.bands?.[0]).toBeNull();
  expect(cuts.bands?.[cheapest(cuts, free, threshold)]).toBeTruthy();
});

test('a promise is kept where no answer outside the band changes, whatever the rows', () => {
  const d = dice(5);
  const step = (): number => d.below(12) / 11;
  let kept = 0;
  for (let i = 0; i < 3000; i++) {
    const [from, own, to, other] = [...[step(), step(), step()].sort((a, b) => a - b), step()] as [
      number,
      number,
      number,
      number,
    ];
    const probabilities = Array.from({ length: 12 }, (_, k) => k / 11).filter((p) => p <= from || p >= to);
    const isSame = probabilities.every((p) => p >= own === p >= other);
    const keeps = keepsAnswers({ threshold: own, defer: { from, to } }, other);
    // true only where it is certain; a band is around its threshold, so another must be in it, too
    if (keeps) expect(isSame, `${from} ${own} ${to}: ${other}`).toBe(true);
    else expect(isSame && other > from && other <= to && own > from, `${from} ${own} ${to}: ${other}`).toBe(false);
    if (keeps && own !== other) kept++;
  }
  expect(kept).toBeGreaterThan(100);
});

test('the place of a probability on the slider', () => {
  const cuts = { cuts: [0, 0.2, 0.6, 1] };
  expect([0, 0.1, 0.2, 0.4, 0.6, 0.9, 1].map((p) => Number(placeOf(cuts, p).toFixed(6)))).toEqual(
    [0, 0.5, 1, 1.5, 2, 2.75, 3].map((place) => Number((place / 3).toFixed(6))),
  );
});
