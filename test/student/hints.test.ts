// Hints through the whole of fit: the student is measured as it answers, whatever the size of the regressor.
import { expect, test } from 'vitest';
import { distillation } from '../../src/loss/distillation.ts';
import { regressionHint, relationHint } from '../../src/loss/hints.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
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
] as const)('a %s hint to %i features: the selection loss is that of the student kept', async (kind, width) => {
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

test('a hint helps the hidden layer to the features, and weighs as much as it is told', async () => {
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
] as const)('%s is refused', async (_, change, hidden, message) => {
  const loss = regressionHint(distillation(), { weight: 1 });
  await expect(fitStudent({ hidden }, dataset, targets, loss, { ...options, ...change })).rejects.toThrow(message);
});

test.each([0, -1, Number.NaN, 1e5])('a hint of weight %d is refused', (weight) => {
  expect(() => relationHint(distillation(), { weight })).toThrow(/hint weight .*, expected a number above 0/);
});
