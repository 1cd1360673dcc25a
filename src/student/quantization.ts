// Parameters in fewer bits: float16, or int8 weights with one scale a unit, scales and biases in float16. A quantised student is a student whose
// parameters are numbers of that form, so that every answer is computed as before.
import { DebkdError } from '../io/errors.ts';
import { floatToHalf, halfToFloat } from '../io/half.ts';
import type { Layout } from '../kernels/layout.ts';
import type { QuantizedForm } from './quantized-forms.ts';

/** What was lost, against the float32 student. */
export interface QuantizationLoss {
  /** Rows measured. */
  readonly rows: number;
  /** Rows of the data that was given, or records made up of the preprocessing. */
  readonly of: 'data' | 'synthetic records';
  /** Share of rows with the same label. */
  readonly agreement: number;
  /** In probability. */
  readonly largestDifference: number;
  /** Before and after; absent without labels. */
  readonly auc?: readonly [number, number];
  /** Before and after. */
  readonly logLoss?: readonly [number, number];
}

/** How a student's weights are stored by its exports. */
export interface Quantization {
  /** float16 or int8. */
  readonly form: QuantizedForm;
  /** int8: a weight is scale * code; one float16 number for each unit, layer after layer. Empty for float16. */
  readonly scales: Float32Array;
  /** What it cost, measured. */
  readonly loss: QuantizationLoss;
  /** SHA-256 of student.debkd in float32. */
  readonly source: string;
}

const LARGEST = 127;

/**
 * Parameters of the form. int8: each unit's scale is its largest weight / 127.
 * @throws DebkdError `export` when a parameter is beyond float16
 */
export function quantizeParameters(
  parameters: Float32Array,
  { layers }: Layout,
  form: QuantizedForm,
): { parameters: Float32Array; scales: Float32Array } {
  const out = parameters.slice();
  const scales: number[] = [];
  for (const { inputs, outputs, weight, bias } of layers) {
    for (let i = form === 'int8' ? bias : weight; i < bias + outputs; i++)
      out[i] = nearestHalf(parameters[i] as number);
    if (form !== 'int8') continue;
    for (let j = 0; j < outputs; j++) {
      let largest = 0;
      for (let k = 0; k < inputs; k++) largest = Math.max(largest, Math.abs(parameters[weight + k * outputs + j] ?? 0));
      const scale = nearestHalf(largest / LARGEST) || 1;
      scales.push(scale);
      for (let k = 0; k < inputs; k++) {
        const i = weight + k * outputs + j;
        const code = Math.max(-LARGEST, Math.min(LARGEST, Math.round((parameters[i] as number) / scale)));
        out[i] = scale * code + 0; // a code has no -0
      }
    }
  }
  return { parameters: out, scales: Float32Array.from(scales) };
}

function nearestHalf(value: number): number {
  const half = halfToFloat(floatToHalf(value));
  if (Number.isFinite(half)) return half;
  throw new DebkdError('export', {
    subject: 'quantize',
    seen: `a parameter is ${value}`,
    expected: 'at most 65504',
    remedy: 'use no quantisation',
  });
}
