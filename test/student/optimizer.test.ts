import { expect, test } from 'vitest';
import { distill } from '../../src/distill.ts';
import { logitMatching } from '../../src/loss/distillation.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
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
