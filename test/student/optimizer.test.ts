import { expect, test } from 'vitest';
import { distill } from '../../src/distill.ts';
import { logitMatching } from '../../src/loss/distillation.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { checkFitOptions } from '../../src/student/fit-options.ts';
import { checkOptimizer, type Optimizer, rateOf } from '../../src/student/optimizer.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, wdbc } from '../models.ts';
import { drawWorld } from '../simulator.ts';

const rates = (schedule: 'constant' | 'linear' | 'step'): number[] => {
  const checked = checkOptimizer({ learningRate: 1, schedule });
  return Array.from({ length: 20 }, (_, i) => rateOf(checked, i + 1, 20));
};

test('schedules change the rate over the epochs', () => {
  expect(rates('constant')).toEqual(new Array(20).fill(1));
  expect(rates('linear').map((r) => Math.round(20 * r))).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
  expect(rates('step')).toEqual([...new Array(12).fill(1), ...new Array(5).fill(0.1), ...new Array(3).fill(0.01)]);
});

test('one-cycle: from a 25th up over 30 % of the steps, then down to 0', () => {
  const checked = checkOptimizer({ learningRate: 1, schedule: 'one-cycle' });
  const at = (epoch: number, share?: number): number => rateOf(checked, epoch, 10, share);
  expect(at(1)).toBeCloseTo(1 / 25, 12);
  // half of the rise: the cubic has half its height there
  expect(at(2, 0.5)).toBeCloseTo((1 + 1 / 25) / 2, 12);
  expect(at(4)).toBe(1);
  expect(at(7, 0.5)).toBeCloseTo(0.5, 12);
  // a tenth before the end of the fall: x = 0.9 of it, 1 - x^2 (3 - 2 x)
  expect(at(10, 0.3)).toBeCloseTo(1 - 0.9 ** 2 * 1.2, 12);
  expect(at(10, 1)).toBeCloseTo(0, 12);
  const rising = Array.from({ length: 30 }, (_, i) => at(1 + Math.floor(i / 10), (i % 10) / 10));
  expect(rising.every((rate, i) => i === 0 || rate > (rising[i - 1] as number))).toBe(true);
});

test('defaults of students of images', () => {
  const common = { momentum: 0.9, schedule: 'one-cycle', weightDecay: 0.01 };
  expect(checkOptimizer({}, true)).toEqual({ name: 'adamw', learningRate: 0.01, ...common });
  expect(checkOptimizer({ name: 'sgd' }, true)).toEqual({ name: 'sgd', learningRate: 0.05, ...common });
  expect(checkOptimizer({})).toEqual({
    ...{ name: 'adamw', learningRate: 2e-3, weightDecay: 1e-4, momentum: 0.9, schedule: 'constant' },
  });
  const given = { learningRate: 0.5, weightDecay: 0, schedule: 'constant' } as const;
  expect(checkOptimizer(given, true)).toMatchObject(given);
  const of = (rows: number, more = {}) =>
    checkFitOptions({ seed: 1, student: { conv: { channels: [8] } }, ...more }, rows);
  // 1,600 steps, in 20 to 150 epochs
  expect(of(1000).budget).toEqual({ least: 102, patience: Infinity, most: 102 });
  expect(of(100).budget.most).toBe(150);
  expect(of(100000).budget.most).toBe(20);
  expect(of(1000, { batchSize: 16 }).budget.most).toBe(26);
  expect(of(1000, { epochs: 7 }).budget.most).toBe(7);
  expect(of(1000, { optimizer: { schedule: 'constant' } }).budget).toEqual({ least: 102, patience: 94, most: 4080 });
  expect(of(1000).changes).toEqual(['mirror', 'shift']);
  expect(of(1000, { augment: ['turn', 'mirror'] }).changes).toEqual(['mirror', 'turn']);
  expect(of(1000, { augment: [] }).changes).toEqual([]);
  expect(() => of(1000, { augment: ['blur'] })).toThrow('changes of training images: "blur", expected some of');
});

test.each<[Optimizer, RegExp]>([
  [{ name: 'adam' as 'adamw' }, /name is adam, expected newton, adamw, sgd/],
  [{ schedule: 'cosine' as 'linear' }, /schedule is cosine, expected constant, linear, step/],
  [{ momentum: 1 }, /momentum is 1/],
  [{ learningRate: -1 }, /learning rate is -1/],
  [{ weightDecay: Number.NaN }, /weight decay is NaN/],
])('refuses %j', (optimizer, message) => {
  expect(() => checkOptimizer(optimizer)).toThrow(message);
});

test('training that diverges suggests a lower learning rate', async () => {
  const { dataset, truth } = drawWorld(64, 3);
  const targets = { margins: truth.map((margin) => 1e30 * margin) };
  const optimizer = { name: 'sgd', learningRate: 10, weightDecay: 10 } as const;
  await expect(
    fitStudent({ hidden: [4] }, dataset, targets, logitMatching(), { seed: 1, epochs: 5, optimizer }),
  ).rejects.toMatchObject({
    code: 'value',
    remedies: [{ id: 'lower-rate', below: 10 }],
    message: expect.stringMatching(/^student: training diverged .*; use a learning rate below 10 \(learningRate\)$/),
  });
});

test('every optimizer and schedule trains a different student, deterministically', async () => {
  const data = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing: data.preprocessing });
  const run = async (optimizer: Optimizer): Promise<{ bytes: string; loss: number }> => {
    const options = {
      ...data,
      teacher,
      student: { hidden: [6] },
      seed: 1,
      epochs: 30,
      infusion: { form: 'none' as const },
      optimizer,
    };
    const { student } = await distill(options);
    return { bytes: String(encodeStudent(student)), loss: student.training?.selectionLoss as number };
  };
  const seen = new Set<string>();
  for (const name of ['adamw', 'sgd'] as const) {
    for (const schedule of ['constant', 'linear', 'step'] as const) {
      const { bytes, loss } = await run({ name, schedule });
      expect(loss).toBeLessThan(0.45);
      expect((await run({ name, schedule })).bytes).toBe(bytes);
      seen.add(bytes);
    }
  }
  expect(seen.size).toBe(6);
});
