// Hints in fit: the selection loss is that of the student without the regressor.
import { expect, test } from 'vitest';
import { openArena } from '../../src/kernels/memory.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { regressionHint, relationHint } from '../../src/loss/hints.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { placePairwiseDistances } from '../../src/student/pairwise-distances.ts';
import { labelSelection } from '../../src/student/selection.ts';
import { dice } from '../random.ts';
import { drawWorld } from '../simulator.ts';

const { dataset, truth } = drawWorld(400, 3);
const validation = drawWorld(200, 4).dataset;
const d = dice(1);
const features = (width: number) => ({
  ...{ rows: 400, width },
  values: Float32Array.from(
    { length: 400 * width },
    (_, k) => (truth[Math.floor(k / width)] as number) * d.real(0.5, 1),
  ),
});
const options = { seed: 1, epochs: 12, validation: labelSelection(validation) };
const targets = { margins: truth };

test.each([
  ['regression', 1],
  ['regression', 300],
  ['relation', 300],
] as const)('a %s hint with %i features reports the selection loss of the kept student', async (kind, width) => {
  const hint = kind === 'regression' ? regressionHint : relationHint;
  const student = await fitStudent({ hidden: [3] }, dataset, targets, hint(distillation(), { weight: 1 }), {
    ...{ ...options, features: features(width) },
  });
  expect(student.parameters).toHaveLength(16);
  const p = student.predictProba(validation);
  const loss = p.reduce((sum, q, i) => sum - Math.log(validation.labels[i] ? q : 1 - q), 0) / p.length;
  expect(Math.abs((student.training?.selectionLoss as number) - loss)).toBeLessThan(1e-9);
  const again = await fitStudent({ hidden: [3] }, dataset, targets, hint(distillation(), { weight: 1 }), {
    ...{ ...options, features: features(width) },
  });
  expect(again.training?.epoch).toBeGreaterThan(0);
});

test('a hint changes the student with its weight', async () => {
  const given = features(4);
  const parameters = async (weight: number): Promise<Float32Array> =>
    (
      await fitStudent({ hidden: [4] }, dataset, targets, regressionHint(distillation(), { weight }), {
        ...options,
        features: given,
      })
    ).parameters;
  expect(await parameters(1)).toEqual(await parameters(1));
  expect(await parameters(1)).not.toEqual(await parameters(0.1));
});

test.each([
  ['no features', { features: undefined }, [3], /the loss has a hint, .* features of 0 rows, expected 400/],
  [
    'features of other rows',
    { features: { rows: 7, width: 1, values: new Float32Array(7) } },
    [3],
    /features of 7 rows, expected 400/,
  ],
  [
    'no hidden layer',
    { features: features(2) },
    [],
    /the loss has a hint, and logistic regression has no hidden layer/,
  ],
] as const)('refuses %s', async (_, change, hidden, message) => {
  const loss = regressionHint(distillation(), { weight: 1 });
  await expect(fitStudent({ hidden }, dataset, targets, loss, { ...options, ...change })).rejects.toThrow(message);
});

test.each([0, -1, Number.NaN, 1e5])('refuses a hint with weight %d', (weight) => {
  expect(() => relationHint(distillation(), { weight })).toThrow(/hint weight .*, expected a number above 0/);
});

test('a relation hint on batches with too many pairs suggests smaller batches', () => {
  using arena = openArena();
  const rows = 65536;
  const loss = relationHint(distillation(), { weight: 1 });
  const task = { targets, loss, features: { rows, width: 1, values: new Float32Array(rows) } };
  const place = { arena, rows, batchSize: rows, batches: 1, order: 0, weights: 0 };
  const refused = expect.objectContaining({ code: 'memory', remedies: [{ id: 'reduce-batch' }] });
  expect(() => placePairwiseDistances([task], place)).toThrow(refused);
  expect(placePairwiseDistances([task], { ...place, batchSize: 64 })?.batches).toBe(1);
});
