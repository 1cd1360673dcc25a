// A logistic student is the minimum of its loss, as in PyTorch and scikit-learn (test/golden/logistic.py).
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix, denseRows, type Matrix } from '../../src/data/matrix.ts';
import { customLoss } from '../../src/loss/custom-loss.ts';
import { distillation, hardLabels, logitMatching, weightedSoftLabels } from '../../src/loss/distillation.ts';
import { fitMany, fit as fitStudent } from '../../src/student/fit.ts';
import { fitLogistic } from '../../src/student/fit-logistic.ts';
import { debiasedSelection, labelSelection } from '../../src/student/selection.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import golden from '../golden/logistic.json' with { type: 'json' };
import { dice } from '../random.ts';
import { drawWorld } from '../simulator.ts';

const rows = golden.numbers.length;
const words = new Int32Array(3 * rows);
const floats = new Float32Array(words.buffer);
golden.numbers.forEach(([a, b], i) => {
  floats[3 * i] = a as number;
  floats[3 * i + 1] = b as number;
  words[3 * i + 2] = (golden.category[i] as number) > 2 ? -1 : 2 + (golden.category[i] as number);
});
const features: Matrix = { rows, fields: 3, width: 5, fieldColumns: Int32Array.of(0, 1, -1), data: words };
const numeric = { kind: 'numeric', transform: 'none', mean: 0, std: 1, width: 1 } as const;
const dataset: Dataset = {
  ...{ rows, features, teacherInputs: features, labels: Int8Array.from(golden.labels), folds: new Uint8Array(rows) },
  preprocessing: {
    ...{ clip: 10, encodedWidth: 5 },
    columns: [
      { name: 'a', offset: 0, ...numeric },
      { name: 'b', offset: 1, ...numeric },
      { name: 'c', kind: 'categorical', categories: ['x', 'y', 'z'], offset: 2, width: 3 },
    ],
  },
};
const targets = { margins: Float64Array.from(golden.u) };
const weights = Float64Array.from(golden.weights);

test.each(golden.cases)(
  'alpha $alpha, T $temperature, penalty $penalty, $loss: within 1e-6 of the minimum of PyTorch',
  async (g) => {
    const { alpha, temperature, penalty } = g;
    const loss = g.loss === 'logit-matching' ? logitMatching({ alpha }) : distillation({ alpha, temperature });
    const options = { path: { penalties: [penalty] }, weights: g.weighted ? weights : undefined };
    const student = await fitLogistic(dataset, { targets, loss }, options);
    [g.theta, ...('sklearn' in g ? [g.sklearn as number[]] : [])].forEach((want, k) => {
      want.forEach((w, j) => {
        expect(Math.abs((student.parameters[j] as number) - w), `${j}`).toBeLessThan(k === 0 ? 1e-6 : 3e-6);
      });
    });
    expect(student.training?.settled).toBe(true);
    expect(Math.abs((student.training?.history[0]?.train as number) * rows - g.value)).toBeLessThan(1e-8);
    // equal numbers in dense columns give the same student
    const dense = denseMatrix(denseRows(features, 0, rows), 5);
    const again = await fitLogistic({ ...dataset, features: dense }, { targets, loss }, options);
    again.parameters.forEach((w, j) => {
      expect(Math.abs(w - (student.parameters[j] as number))).toBeLessThan(1e-7);
    });
  },
);

const { dataset: world, truth } = drawWorld(500, 3);
const validation = drawWorld(300, 4).dataset;

describe('in fit', () => {
  const task = { targets: { margins: truth }, loss: distillation({ alpha: 1 }) };
  const selection = debiasedSelection(validation, drawWorld(300, 4).truth);

  test('ignores seed, epochs and rate, and keeps the penalty with the lowest selection loss', async () => {
    const options = { validation: selection };
    const one = await fitStudent({ hidden: [] }, world, task.targets, task.loss, {
      ...options,
      seed: 1,
      epochs: 1,
    });
    const two = await fitStudent({ hidden: [] }, world, task.targets, task.loss, {
      ...{ ...options, seed: 2, optimizer: { learningRate: 1 } },
    });
    expect(encodeStudent(one)).toEqual(encodeStudent(two));
    const { history = [], penalty, epoch = 0, selectionLoss } = one.training ?? {};
    const losses = history.map(({ validation: loss }) => loss);
    expect(selectionLoss).toBe(Math.min(...losses));
    expect(losses.indexOf(Math.min(...losses))).toBe(epoch - 1);
    // the truth is linear: almost no penalty, and almost no loss above that of the truth
    expect(penalty).toBeLessThan(1);
    expect(Math.max(...one.margins(world).map((z, i) => Math.abs(z - (truth[i] as number))))).toBeLessThan(0.05);
  });

  test('chooses a penalty for noisy labels', async () => {
    const few = drawWorld(40, 9).dataset;
    const d = dice(2);
    const wide = Float32Array.from({ length: 40 * 30 }, () => d.real(-1, 1));
    const noise = { ...few, features: denseMatrix(wide, 30) };
    const held = {
      ...validation,
      features: denseMatrix(
        Float32Array.from({ length: 300 * 30 }, () => d.real(-1, 1)),
        30,
      ),
    };
    const preprocessing = { ...few.preprocessing, encodedWidth: 30 };
    const student = await fitStudent(
      { hidden: [] },
      { ...noise, preprocessing },
      { margins: new Float64Array(40) },
      hardLabels(),
      {
        ...{ seed: 1, validation: labelSelection(held) },
      },
    );
    expect(student.training?.penalty).toBeGreaterThanOrEqual(30);
  });

  test('fitMany gives the students of fit, and fits equal tasks once', async () => {
    const other = { ...task, loss: distillation({ alpha: 0.5, temperature: 2 }) };
    const steps: number[] = [];
    const onProgress = (): void => void steps.push(1);
    const [a, b, c] = await fitMany(
      { hidden: [] },
      world,
      [task, other, { ...task, optimizer: { weightDecay: 0.1 } }],
      {
        ...{ seed: 1, onProgress },
      },
    );
    expect(c).toBe(a);
    expect(steps).toHaveLength(4); // a penalty and an end for each of two
    const alone = await fitStudent({ hidden: [] }, world, other.targets, other.loss, { seed: 5 });
    expect(b?.parameters).toEqual(alone.parameters);
  });

  test('trains with other optimizers, and with losses that are not convex', async () => {
    const run = (loss: Parameters<typeof fitStudent>[3], optimizer?: { name: 'adamw' | 'newton' }) =>
      fitStudent({ hidden: [] }, world, task.targets, loss, { seed: 1, epochs: 3, optimizer });
    expect((await run(task.loss, { name: 'adamw' })).training?.epochs).toBe(3);
    expect((await run(weightedSoftLabels({ alpha: 0.5 }))).training?.epochs).toBe(3);
    const own = customLoss((z, u) => ({ value: 0.5 * (z - u) ** 2, derivative: z - u }));
    expect((await run(own)).training?.penalty).toBeUndefined();
    await expect(run(own, { name: 'newton' })).rejects.toThrow(
      /newton for a custom loss, expected a logistic student with a convex loss/,
    );
    await expect(
      fitStudent({ hidden: [2] }, world, task.targets, task.loss, { seed: 1, optimizer: { name: 'newton' } }),
    ).rejects.toThrow(
      /newton for a student with hidden layers, expected a logistic student with a convex loss; use adamw or sgd/,
    );
  });

  test('an abort ends the fit with its reason', async () => {
    const signal = AbortSignal.abort(new Error('no more'));
    await expect(fitStudent({ hidden: [] }, world, task.targets, task.loss, { seed: 1, signal })).rejects.toThrow(
      'no more',
    );
  });

  test('separable labels give a finite student', async () => {
    const labels = Int8Array.from(truth, (v) => (v > 0 ? 1 : 0));
    const student = await fitStudent(
      { hidden: [] },
      { ...world, labels },
      { margins: truth.map((v) => (v > 0 ? Infinity : -Infinity)) },
      task.loss,
      {
        ...{ seed: 1, validation: selection },
      },
    );
    expect(student.parameters.every(Number.isFinite)).toBe(true);
  });
});
