// The slope of a map: only a significantly negative one reverses the teacher's ranking, and fits on large margins converge.
import { describe, expect, test } from 'vitest';
import { fitDebias } from '../../src/labels/label-debiasing.ts';
import { describeChanges } from '../../src/report/sentence.ts';
import { dice } from '../random.ts';
import { drawLabels, drawWorld } from '../simulator.ts';

describe.each(['platt', 'temperature'] as const)('%s', (method) => {
  const slopeOf = async (rows: number, seed: number, factor: number): Promise<number> => {
    const { dataset, truth } = drawWorld(rows, seed);
    const { parameters } = await fitDebias(
      truth.map((v) => factor * v),
      dataset,
      { method },
    );
    return parameters.at(-1) as number;
  };

  test('an uninformative teacher does not get a negative slope by chance', async () => {
    let turned = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { dataset, truth } = drawWorld(60, seed);
      const d = dice(seed + 500);
      // labels are independent of the margins: half of the unconstrained slopes are below 0
      const labels = drawLabels(new Float64Array(60), d);
      const { parameters } = await fitDebias(
        truth.map((v) => 10 * v),
        { ...dataset, labels },
        { method },
      );
      const slope = parameters.at(-1) as number;
      if (slope < 0) turned++;
      else expect(slope).toBeGreaterThan(0);
    }
    expect(turned).toBeLessThanOrEqual(4); // two standard errors: about 2 % on each side
  });

  test('a teacher that clearly ranks in reverse gets a negative slope', async () => {
    expect(await slopeOf(400, 3, -1)).toBeLessThan(-0.7);
    expect(await slopeOf(400, 3, 1)).toBeGreaterThan(0.7);
  });
});

test('with a corrected slope, the mean probability is the share of class 1', async () => {
  const { dataset, truth } = drawWorld(60, 4);
  let held = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const labels = drawLabels(new Float64Array(60).fill(-1), dice(seed));
    const debias = await fitDebias(
      truth.map((v) => 10 * v),
      { ...dataset, labels },
      { method: 'platt' },
    );
    const [b = 0, a = 0] = debias.parameters;
    if (!(a > 0 && a < 0.02)) continue;
    held++;
    const mean = truth.reduce((sum, v) => sum + 1 / (1 + Math.exp(-(b + a * 10 * v))), 0) / 60;
    expect(mean).toBeCloseTo(labels.filter((y) => y > 0).length / 60, 2);
    const run = { debias, infusion: { form: 'mix', strength: 0, candidates: [] } } as unknown as Parameters<
      typeof describeChanges
    >[0];
    const changes = {
      rows: 60,
      moved: 60,
      flipped: 0,
      meanShift: 0,
      meanProbabilityShift: 0,
      meanInfusion: 0,
      groups: [],
    };
    expect(describeChanges({ ...run, changes: { ...changes, groups: [] } })).toMatch(
      /over-confidence \(log-odds times 0\.0/,
    );
  }
  expect(held).toBeGreaterThan(0);
});

test.each([1, 30, 1e3, 1e8, 1e12])(
  'margins %d times too large: platt finds the slope that undoes it',
  async (factor) => {
    const { dataset, truth } = drawWorld(3000, 8);
    for (const method of ['platt', 'temperature', 'beta'] as const) {
      const debias = await fitDebias(
        truth.map((v) => factor * v),
        dataset,
        { method },
      );
      const [first = 0, second = 0] = debias.parameters;
      const slope = method === 'platt' ? second : first;
      expect(slope * factor, method).toBeGreaterThan(0.8);
      expect(slope * factor, method).toBeLessThan(1.2);
      expect(debias.crossFitted.every(Number.isFinite)).toBe(true);
    }
  },
);
