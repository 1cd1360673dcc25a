// Simulations with a known posterior: each method removes its kind of bias, and auto finds a suitable one.
import { describe, expect, test } from 'vitest';
import type { DebiasMethod } from '../../src/labels/debias-names.ts';
import { infuse } from '../../src/labels/knowledge-infusion.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { dice } from '../random.ts';
import { type Bias, biasAndVariance, drawLabels, drawWorld, teach, type World } from '../simulator.ts';

const ROWS = 1500;
const REPLICATES = 12;

/** d for replicates of the labels, with the same rows and teacher. */
async function corrected(
  world: World,
  margins: Float64Array,
  method: DebiasMethod,
): Promise<{ all: Float64Array[]; chosen: string[] }> {
  const all: Float64Array[] = [];
  const chosen: string[] = [];
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    const labels = drawLabels(world.truth, dice(1000 + replicate));
    const debias = await fitDebias(margins, { ...world.dataset, labels }, { method });
    all.push(debias.crossFitted);
    chosen.push(debias.method);
  }
  return { all, chosen };
}

const cases: [string, Bias, DebiasMethod, string[]][] = [
  ['an honest teacher', {}, 'none', ['none']],
  ['a shifted prior', { shift: 1.2 }, 'prior', ['prior']],
  ['over-confidence', { scale: 3 }, 'temperature', ['temperature']],
  ['under-confidence', { scale: 0.4 }, 'temperature', ['temperature', 'platt']],
  ['over-confidence and a shifted prior', { scale: 2.5, shift: 2 }, 'platt', ['platt']],
  ['a bend', { bend: 1.5, scale: 1.5, shift: -1 }, 'beta', ['beta', 'isotonic']],
  // the truth is linear in the features, and a residual fit corrects this too
  ['a step-like teacher', { bend: 3, scale: 2, shift: 1 }, 'isotonic', ['beta', 'isotonic', 'residual', 'stack']],
  ['a mislabelled group', { group: -3 }, 'residual', ['residual', 'stack']],
  [
    'label noise in its training',
    { noise: [0.05, 0.3] },
    'beta',
    ['prior', 'temperature', 'platt', 'beta', 'isotonic'],
  ],
];

describe.each(cases)('%s', (_, bias, method, expected) => {
  const world = drawWorld(ROWS, 5);
  const margins = teach(world, bias);
  const before = biasAndVariance(world.truth, [margins]).bias;

  test(`${method} removes it`, async () => {
    const { bias: after, deviation } = biasAndVariance(world.truth, (await corrected(world, margins, method)).all);
    expect(after).toBeLessThan(method === 'none' ? 1e-12 : before / 3);
    // the cost in variance, as a probability
    expect(deviation).toBeLessThan(method === 'isotonic' ? 0.05 : 0.03);
  });

  test(`auto takes ${expected.join(' or ')} and is as good`, async () => {
    const { all, chosen } = await corrected(world, margins, 'auto');
    expect(chosen.filter((name) => expected.includes(name)).length).toBeGreaterThanOrEqual(REPLICATES - 3);
    expect(biasAndVariance(world.truth, all).bias).toBeLessThan(method === 'none' ? 0.01 : before / 2.5);
  });
});

test('a fitted map still helps under covariate shift', async () => {
  const [here, there] = [drawWorld(ROWS, 6), drawWorld(ROWS, 7, 1.5)];
  const bias: Bias = { scale: 2, group: -2 };
  const debias = await fitDebias(teach(here, bias), here.dataset, { method: 'residual' });
  const margins = teach(there, bias);
  const moved = applyDebias(debias, margins, there.dataset);
  expect(biasAndVariance(there.truth, [moved]).bias).toBeLessThan(biasAndVariance(there.truth, [margins]).bias / 2);
});

test('infusion: more strength gives less bias and more variance', async () => {
  const world = drawWorld(ROWS, 8);
  const margins = teach(world, { group: -2 });
  const measured = [0, 0.3, 0.7].map((strength) => {
    const replicates = Array.from({ length: 40 }, (_, r) => {
      const labels = drawLabels(world.truth, dice(2000 + r));
      return infuse({ margins }, { ...world.dataset, labels }, { form: 'mix', strength }).margins;
    });
    return biasAndVariance(world.truth, replicates);
  });
  const [none, some, more] = measured as [(typeof measured)[0], (typeof measured)[0], (typeof measured)[0]];
  expect(none.deviation).toBeLessThan(1e-12);
  expect(some.deviation).toBeGreaterThan(0.05);
  expect(more.deviation).toBeGreaterThan(some.deviation);
  expect(some.bias).toBeLessThan(none.bias * 0.95);
});

test('infusion residual keeps an unbiased teacher unbiased on average; log-odds of the same strength adds more bias', () => {
  const world = drawWorld(ROWS, 9);
  const mean = (form: 'residual' | 'log-odds'): number => {
    const shifts = Array.from({ length: 60 }, (_, r) => {
      const labels = drawLabels(world.truth, dice(3000 + r));
      const { margins } = infuse({ margins: world.truth }, { ...world.dataset, labels }, { form, strength: 1 });
      return margins.reduce((sum, u, i) => sum + (u - (world.truth[i] as number)) / ROWS, 0);
    });
    return Math.abs(shifts.reduce((sum, x) => sum + x / shifts.length, 0));
  };
  expect(mean('residual')).toBeLessThan(0.005);
  expect(mean('log-odds')).toBeGreaterThan(0.05);
});
