// Quantised students: their parameters, the measured loss and its limits.
import { expect, test } from 'vitest';
import { QUANTIZATION_LIMITS, quantize } from '../../src/deploy/quantize.ts';
import { halfToFloat } from '../../src/io/half.ts';
import { layout } from '../../src/kernels/layout.ts';
import { hardLabels } from '../../src/loss/distillation.ts';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { packLayers } from '../../src/student/pack-layers.ts';
import { QUANTIZED_FORMS } from '../../src/student/quantized-forms.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { wdbc } from '../models.ts';

const { train, test: rows } = await wdbc();
const targets = { margins: new Float64Array(train.rows) };
const fitted = await fitStudent({ hidden: [16, 8] }, train, targets, hardLabels(), { seed: 1, epochs: 30 });

test.each(QUANTIZED_FORMS)('%s: parameters are representable in that form and close to float32', (form) => {
  const small = quantize(fitted, form, { data: rows });
  const { layers } = layout(fitted.preprocessing.encodedWidth, fitted.architecture);
  packLayers(small).forEach(({ weights, scales, biases, inputs, outputs }, l) => {
    const { weight, bias } = layers[l] as (typeof layers)[number];
    for (let j = 0; j < outputs; j++) {
      expect(halfToFloat(biases[j] as number)).toBe(small.parameters[bias + j]);
      let largest = 0;
      for (let k = 0; k < inputs; k++)
        largest = Math.max(largest, Math.abs(fitted.parameters[weight + k * outputs + j] as number));
      for (let k = 0; k < inputs; k++) {
        const i = k * outputs + j;
        const code = weights[i] as number;
        const scale = form === 'int8' ? halfToFloat(scales?.[j] as number) : 1;
        expect(Math.fround(form === 'int8' ? code * scale : halfToFloat(code))).toBe(small.parameters[weight + i]);
        const error = Math.abs((small.parameters[weight + i] as number) - (fitted.parameters[weight + i] as number));
        // int8: half a step, and the error of rounding the scale to float16; float16: half a unit in the last of 11 bits
        expect(error).toBeLessThanOrEqual(form === 'int8' ? 0.5 * scale + largest * 2 ** -10 : largest * 2 ** -11);
      }
    }
  });
  expect(quantize(fitted, form, { data: rows })).toEqual(small);
});

test('the loss agrees with evaluate', async () => {
  const small = quantize(fitted, 'int8', { data: rows, force: true });
  const [before, after] = [fitted.predictProba(rows), small.predictProba(rows)];
  const [a, b] = [await evaluate(before, rows.labels), await evaluate(after, rows.labels)];
  const { loss } = small.quantization as NonNullable<Student['quantization']>;
  expect(loss.rows).toBe(rows.rows);
  expect(loss.of).toBe('data');
  for (const [name, pair] of [
    ['auc', loss.auc],
    ['logLoss', loss.logLoss],
  ] as const) {
    expect(pair?.[0]).toBeCloseTo(a.metrics[name].value, 6);
    expect(pair?.[1]).toBeCloseTo(b.metrics[name].value, 6);
  }
  const differences = before.map((p, i) => Math.abs(p - (after[i] as number)));
  expect(loss.largestDifference).toBeCloseTo(Math.max(...differences), 6);
  const same = before.filter((p, i) => p >= 0.5 === (after[i] as number) >= 0.5).length;
  expect(loss.agreement).toBeCloseTo(same / rows.rows, 6);
});

test('without labelled data, the loss has only the agreement of labels', () => {
  const { loss } = quantize(fitted, 'float16').quantization as NonNullable<Student['quantization']>;
  expect(loss).toMatchObject({ rows: 4096, of: 'synthetic records' });
  expect(loss.auc).toBe(undefined);
  const unlabelled = { ...rows, labels: rows.labels.map(() => -1) };
  expect(quantize(fitted, 'int8', { data: unlabelled }).quantization?.loss.auc).toBe(undefined);
});

test('too large a loss is an error without force', () => {
  // one large weight in each unit sets int8's scale; the others round to 0
  const parameters = fitted.parameters.slice();
  const { outputs } = layout(fitted.preprocessing.encodedWidth, fitted.architecture).layers[0] as { outputs: number };
  for (let j = 0; j < outputs; j++) parameters[j] = 3000;
  const data = {
    ...rows,
    features: { ...rows.features, data: rows.features.data.map((w, i) => (i % rows.features.fields === 0 ? 0 : w)) },
  };
  const brittle = new Student({ ...fitted, parameters });
  expect(() => quantize(brittle, 'int8', { data })).toThrow(
    /^quantize int8: on \d+ rows, .*, expected .*; use float16, use no quantisation, or accept the loss \(force\)$/,
  );
  expect(quantize(brittle, 'int8', { data, force: true }).quantization?.loss.agreement).toBeLessThan(
    QUANTIZATION_LIMITS.agreement,
  );
  const huge = new Student({ ...fitted, parameters: fitted.parameters.map((w, i) => (i === 3 ? 1e5 : w)) });
  expect(() => quantize(huge, 'float16', { force: true })).toThrow(/a parameter is 100000, expected at most 65504/);
});

test('a student file has the quantised parameters, but not `quantization`', () => {
  const small = quantize(fitted, 'int8', { data: rows });
  const back = decodeStudent(encodeStudent(small));
  expect(back.parameters).toEqual(small.parameters);
  expect(back.quantization).toBe(undefined);
});
