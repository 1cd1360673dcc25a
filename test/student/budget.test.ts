// The default length of training: to a plateau of the selection loss; a student that reaches the cap while it falls says so.
import { expect, test } from 'vitest';
import { hardLabels } from '../../src/loss/distillation.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { checkFitOptions } from '../../src/student/fit-options.ts';
import { labelSelection } from '../../src/student/selection.ts';
import { drawWorld } from '../simulator.ts';

const { dataset, truth } = drawWorld(120, 3);
const selection = labelSelection(drawWorld(200, 4).dataset);
const run = (options: object) =>
  fitStudent({ hidden: [4] }, dataset, { margins: truth }, hardLabels(), {
    seed: 1,
    validation: selection,
    ...options,
  });

test('derives the fewest epochs, the patience and the most epochs from rows and batch size', () => {
  const of = (rows: number, more = {}) => checkFitOptions({ seed: 1, student: {}, ...more }, rows).budget;
  expect(of(100)).toEqual({ least: 80, patience: 750, most: 3200 });
  expect(of(2000)).toEqual({ least: 75, patience: 47, most: 3000 });
  expect(of(30000)).toEqual({ least: 15, patience: 10, most: 600 });
  const most = (fields: number, more = {}) =>
    checkFitOptions({ seed: 1, student: {}, ...more }, 3000, fields).budget.most;
  expect([1, 200, 400, 1500, 20000].map((fields) => most(fields))).toEqual([2000, 2000, 1000, 266, 50]);
  expect(most(1500, { epochs: 700 })).toBe(700);
  expect(of(2000, { epochs: 7 })).toEqual({ least: 7, patience: Infinity, most: 7 });
  expect(of(2000, { optimizer: { schedule: 'linear' } })).toEqual({ least: 75, patience: Infinity, most: 75 });
});

test('trains while the selection loss falls, and ends at twice the epoch of the last clear fall', async () => {
  const student = await run({});
  const { history = [], epochs = 0, epoch = 0, settled } = student.training ?? {};
  expect(settled).toBe(true);
  let [fall, low] = [0, Infinity];
  history.forEach(({ validation }, i) => {
    if (validation < low - 1e-4) [fall, low] = [i + 1, validation];
  });
  expect(epochs).toBe(Math.max(80, fall + 750, 2 * fall));
  expect(epoch).toBeLessThanOrEqual(epochs);
  // ten times as many epochs gain no more than a clear fall
  const long = await run({ epochs: 10 * epochs });
  expect((student.training?.selectionLoss as number) - (long.training?.selectionLoss as number)).toBeLessThan(0.002);
});

test('reports a student as not settled when a given number of epochs ends in a fall', async () => {
  expect((await run({ epochs: 3 })).training?.settled).toBe(false);
  expect((await run({ epochs: 4000 })).training?.settled).toBe(true);
});

test('trains the fewest epochs without validation rows', async () => {
  const student = await run({ validation: undefined });
  expect([student.training?.epochs, student.training?.settled]).toEqual([80, true]);
});

test('starts the output at the log-odds of class 1: a rare class is rare from the first step on', async () => {
  const rare = { ...dataset, labels: Int8Array.from(dataset.labels, (_, i) => (i % 40 === 0 ? 1 : 0)) };
  const student = await fitStudent({ hidden: [4] }, rare, { margins: truth }, hardLabels(), {
    ...{ seed: 1, epochs: 1, optimizer: { learningRate: 1e-9 } },
  });
  expect(student.parameters.at(-1)).toBeCloseTo(Math.log(3 / 117), 5);
});

test('counts patience from the best epoch', async () => {
  for (const patience of [1, 4]) {
    const {
      epoch = 0,
      epochs,
      history = [],
    } = (await run({ epochs: 4000, earlyStopping: { patience } })).training ?? {};
    expect(epochs).toBe(epoch + patience);
    expect(history).toHaveLength(epoch + patience);
  }
});

test('keeps the first of equally good epochs', async () => {
  const student = await run({ epochs: 5, optimizer: { name: 'sgd', learningRate: 1e-30, weightDecay: 0 } });
  const losses = new Set(student.training?.history.map(({ validation }) => validation));
  expect([losses.size, student.training?.epoch]).toEqual([1, 1]);
});
