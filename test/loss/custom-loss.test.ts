// Custom losses: the built-in losses written in TypeScript give the same bits as the kernel.
import { beforeAll, describe, expect, test } from 'vitest';
import { selectRows } from '../../src/data/dataset.ts';
import { sampleRows } from '../../src/data/split.ts';
import { distill } from '../../src/distill.ts';
import { log, sigmoid, softplus } from '../../src/kernels/elementary.ts';
import { customLoss } from '../../src/loss/custom-loss.ts';
import { debiasedDistillation } from '../../src/loss/debiased-distillation.ts';
import { hardLabels, logitMatching } from '../../src/loss/distillation.ts';
import type { CustomLoss } from '../../src/loss/loss.ts';
import { fitMany, fit as train } from '../../src/student/fit.ts';
import { labelSelection } from '../../src/student/selection.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, wdbc } from '../models.ts';

let data: Awaited<ReturnType<typeof wdbc>>;
let targets: { margins: Float64Array };
beforeAll(async () => {
  data = await wdbc();
  targets = { margins: Float64Array.from({ length: data.train.rows }, (_, i) => Math.sin(i) * 3) };
});

const hard: CustomLoss = (z, _, y) =>
  y < 0 ? { value: 0, derivative: 0 } : { value: softplus(z) - y * z, derivative: sigmoid(z) - y };
const matching: CustomLoss = (z, u) => ({ value: 0.125 * (z - u) * (z - u), derivative: 0.25 * (z - u) });
const soft: CustomLoss = (z, u) => {
  const q = sigmoid(u);
  const r = sigmoid(-u);
  const entropy = (q > 0 ? -q * log(q) : 0) - (r > 0 ? r * log(r) : 0);
  // targets of exactly 1 or 0 are +-Infinity
  return { value: softplus(z) - q * z - entropy, derivative: sigmoid(z) - q };
};

describe.each([
  ['hard labels', hard, hardLabels()],
  ['squared differences of margins', matching, logitMatching({ alpha: 1 })],
  ['distillation on corrected labels', soft, debiasedDistillation()],
] as const)('%s', (_, own, builtIn) => {
  test('gives the same student to the bit', async () => {
    const options = { seed: 5, epochs: 4, validation: labelSelection(data.validation) };
    const weights = Float64Array.from({ length: data.train.rows }, (_, i) => 1 + (i % 3));
    for (const more of [{}, { weights }]) {
      const mine = await train({ hidden: [6] }, data.train, targets, customLoss(own), { ...options, ...more });
      const theirs = await train({ hidden: [6] }, data.train, targets, builtIn, { ...options, ...more });
      expect(encodeStudent(mine)).toEqual(encodeStudent(theirs));
      expect(mine.training?.history.at(-1)?.train).toBeCloseTo(theirs.training?.history.at(-1)?.train as number, 9);
    }
  });

  test('trains several students with different losses', async () => {
    const lessons = [customLoss(own), builtIn, customLoss(matching), hardLabels()].map((loss) => ({ targets, loss }));
    const many = await fitMany({ hidden: [5] }, data.train, lessons, { seed: 1, epochs: 2 });
    for (const [i, { loss }] of lessons.entries()) {
      const one = await train({ hidden: [5] }, data.train, targets, loss, { seed: 1, epochs: 2 });
      expect(encodeStudent(many[i] as typeof one)).toEqual(encodeStudent(one));
    }
  });
});

test('works in distill', async () => {
  using teacher = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing: data.preprocessing });
  const every = Uint32Array.from({ length: data.train.rows }, (_, i) => i);
  const some = selectRows(data.train, sampleRows(every, 120, 1));
  const run = (loss?: ReturnType<typeof customLoss>) =>
    distill({ teacher, train: some, validation: data.validation, student: { hidden: [4] }, seed: 1, epochs: 3, loss });
  const mine = await run(customLoss(soft));
  const theirs = await run();
  expect(mine.student.parameters).toEqual(theirs.student.parameters);
  expect(JSON.stringify(mine.student.provenance)).toContain('"own"');
});

describe('refused', () => {
  const refused = (compute: CustomLoss, message: RegExp): void => expect(() => customLoss(compute)).toThrow(message);
  test('a wrong derivative', () =>
    refused(
      (z, u) => ({ value: (z - u) ** 2, derivative: z - u }),
      /the derivative is -0\.53.*finite difference of the values -1\.06/,
    ));
  test('values that are not numbers', () => {
    refused(() => ({ value: Number.NaN, derivative: 0 }), /value NaN, derivative 0, expected/);
    refused((() => undefined) as never, /value undefined, derivative undefined/);
  });
  test('infinite values during training, and errors of the loss; the next fit is unaffected', async () => {
    const options = { seed: 1, epochs: 2 };
    let calls = 0;
    const ending = customLoss((z, u, y) => (++calls > 200 ? { value: Infinity, derivative: 0 } : hard(z, u, y)), {
      check: false,
    });
    await expect(train({ hidden: [3] }, data.train, targets, ending, options)).rejects.toMatchObject({ code: 'value' });
    const throwing = customLoss(
      () => {
        throw new RangeError('mine');
      },
      { check: false },
    );
    await expect(train({ hidden: [3] }, data.train, targets, throwing, options)).rejects.toThrow('mine');
    const before = await train({ hidden: [3] }, data.train, targets, hardLabels(), options);
    const after = await train({ hidden: [3] }, data.train, targets, customLoss(hard), options);
    expect(encodeStudent(after)).toEqual(encodeStudent(before));
  });
});
