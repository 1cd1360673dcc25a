// Metrics of selection: with labels those of evaluate, with probabilities the expected ones; each selects by itself.
import { expect, test } from 'vitest';
import {
  distill,
  encodeStudent,
  evaluate,
  hardLabels,
  labelSelection,
  loadTeacher,
  fit as train,
} from '../../src/index.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { rocAuc } from '../../src/metrics/ranking.ts';
import { chooseThreshold } from '../../src/metrics/threshold.ts';
import { selectBy } from '../../src/student/selection.ts';
import { openSelectionMetric, type SELECTION_METRICS } from '../../src/student/selection-metrics.ts';
import { model, wdbc } from '../models.ts';
import { dice } from '../random.ts';

const OTHERS = ['auc', 'prAuc', 'brier', 'f1'] as const;
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

function lossOf(
  metric: (typeof OTHERS)[number],
  z: Float32Array,
  targets: Float64Array,
  weights?: Float64Array,
): number {
  using arena = openArena();
  const at = arena.put(z);
  return openSelectionMetric(arena, metric, { targets, weights })(at);
}

function draw(n: number, seed: number): { z: Float32Array; labels: Int8Array; weights: Float64Array } {
  const d = dice(seed);
  const labels = Int8Array.from({ length: n }, () => d.below(2));
  // with ties
  const z = Float32Array.from(labels, (y) => Math.round(4 * (d.real(-2, 2) + y)) / 4);
  return { z, labels, weights: Float64Array.from({ length: n }, () => d.below(4)) };
}

test.each([false, true])('with labels, those of evaluate; weights %s', async (weighted) => {
  for (const seed of [1, 2, 3]) {
    const { z, labels, weights: all } = draw(200, seed);
    const weights = weighted ? all : undefined;
    const p = Float64Array.from(z, sigmoid);
    const threshold = chooseThreshold(p, labels, { weights });
    const { metrics } = await evaluate(p, labels, { threshold, scores: Float64Array.from(z), weights, replicates: 2 });
    const targets = Float64Array.from(labels);
    for (const name of ['auc', 'prAuc', 'f1'] as const)
      expect(lossOf(name, z, targets, weights)).toBeCloseTo(1 - metrics[name].value, 12);
    expect(lossOf('brier', z, targets, weights)).toBeCloseTo(metrics.brier.value, 12);
  }
});

test('with probabilities, a row counts as one of each class with the same margin', () => {
  const { z, weights } = draw(80, 4);
  const d = dice(5);
  const targets = Float64Array.from(z, () => d.real(0, 1));
  const doubled = Float32Array.from([...z, ...z]);
  const both = Float64Array.from(doubled, (_, i) => (i < z.length ? 1 : 0));
  const shares = Float64Array.from(doubled, (_, i) => {
    const k = i % z.length;
    return (weights[k] as number) * (i < z.length ? (targets[k] as number) : 1 - (targets[k] as number));
  });
  for (const metric of OTHERS)
    expect(lossOf(metric, z, targets, weights)).toBeCloseTo(lossOf(metric, doubled, both, shares), 12);
});

test('a margin that is not finite, or a class that is absent, gives NaN', () => {
  const z = Float32Array.of(1, Number.NaN, 0);
  for (const metric of OTHERS) expect(lossOf(metric, z, Float64Array.of(1, 0, 1))).toBeNaN();
  expect(lossOf('auc', Float32Array.of(1, 2), Float64Array.of(1, 1))).toBeNaN();
  expect(lossOf('brier', Float32Array.of(0, 0), Float64Array.of(1, 1))).toBeCloseTo(0.25, 12);
});

test('each metric selects the epoch that is best by it, and the default keeps its bytes', async () => {
  const { train: rows, validation } = await wdbc();
  const targets = { margins: new Float64Array(rows.rows) };
  const d = dice(6);
  // some wrong labels, so that no epoch is best by all metrics
  const labels = labelSelection({
    ...validation,
    labels: validation.labels.map((y) => (d.below(4) === 0 ? 1 - y : y)),
  });
  const optimizer = { learningRate: 0.003 };
  const student = (metric?: (typeof SELECTION_METRICS)[number]): ReturnType<typeof train> =>
    train({ hidden: [8] }, rows, targets, hardLabels(), {
      seed: 3,
      epochs: 40,
      optimizer,
      validation: selectBy(labels, metric),
    });
  const usual = await student();
  expect((await student('logLoss')).parameters).toEqual(usual.parameters);
  const epochs = new Map<string, number>([['logLoss', usual.training?.epoch as number]]);
  for (const metric of OTHERS) {
    const { training } = await student(metric);
    const losses = training?.history.map(({ validation: loss }) => loss) ?? [];
    expect(training?.selectionLoss).toBe(Math.min(...losses));
    expect(training?.epoch).toBe(1 + losses.indexOf(Math.min(...losses)));
    epochs.set(metric, training?.epoch as number);
  }
  const chosen = [...epochs.values()];
  expect(chosen.slice(1)).not.toContain(chosen[0]);
  expect(new Set(chosen).size).toBe(4);
});

test('validation rows of one class are refused for metrics of two classes', async () => {
  const { validation } = await wdbc();
  const ones = labelSelection({ ...validation, labels: validation.labels.map(() => 1) });
  expect(() => selectBy(ones, 'auc')).toThrow(/all rows are of one class, and the metric of selection is auc/);
  expect(selectBy(ones, 'brier').metric).toBe('brier');
  expect(selectBy(ones, 'logLoss')).toBe(ones);
});

test('distill chooses epoch and strength by the metric, and the record and the student say so', async () => {
  const data = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing: data.preprocessing });
  const options = { ...data, teacher, student: { hidden: [4] }, seed: 1, epochs: 12, debias: 'platt' } as const;
  const usual = await distill(options);
  expect(encodeStudent((await distill({ ...options, metric: 'logLoss' })).student)).toEqual(
    encodeStudent(usual.student),
  );
  expect(usual.infusion).not.toHaveProperty('metric');
  for (const select of ['debiased', 'labels'] as const) {
    const { infusion, student } = await distill({ ...options, metric: 'auc', select });
    expect(infusion.metric).toBe('auc');
    const losses = infusion.candidates.map(({ selectionLoss }) => selectionLoss);
    expect(losses.every((loss) => loss >= 0 && loss < 0.5)).toBe(true);
    expect(infusion.strength).toBe(infusion.candidates[losses.indexOf(Math.min(...losses))]?.strength);
    expect(student.provenance['training']).toMatchObject({ metric: 'auc', select });
    if (select === 'debiased') continue;
    // by labels the loss is 1 - AUC of the validation rows
    const auc = rocAuc(student.margins(data.validation), data.validation.labels);
    expect(Math.min(...losses)).toBeCloseTo(1 - auc, 12);
  }
  await expect(distill({ ...options, metric: 'accuracy' as 'auc' })).rejects.toThrow(
    /metric.*"accuracy", expected one of/,
  );
});
