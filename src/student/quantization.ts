// Quantises parameters to float16, or to int8 weights with one scale per unit (scales and biases in float16). The parameters stay
// float32 with values of that form, so a quantised student predicts by the same arithmetic.
import { DebkdError } from '../io/errors.ts';
import { floatToHalf, halfToFloat } from '../io/half.ts';
import type { LayerLayout } from '../kernels/layout.ts';
import type { QuantizedForm } from './quantized-forms.ts';

/** Differences between the quantised and the float32 student. */
export interface QuantizationLoss {
  /** Number of rows measured. */
  readonly rows: number;
  /** Whether they are rows of the given data, or synthetic records drawn from the preprocessing. */
  readonly of: 'data' | 'synthetic records';
  /** Share of rows with the same predicted label. */
  readonly agreement: number;
  /** Largest absolute difference in probability. */
  readonly largestDifference: number;
  /** AUC before and after; absent without labels. */
  readonly auc?: readonly [number, number];
  /** Log-loss before and after; absent without labels. */
  readonly logLoss?: readonly [number, number];
}

/** How exports store a student's weights. */
export interface Quantization {
  /** float16 or int8. */
  readonly form: QuantizedForm;
  /** int8: one scale per unit, layer after layer, with float16 values; a weight is scale * code. Empty for float16. */
  readonly scales: Float32Array;
  /** The measured differences from the float32 student. */
  readonly loss: QuantizationLoss;
  /** SHA-256 of the float32 student.debkd. */
  readonly source: string;
}

const LARGEST = 127;

/**
 * Rounds parameters to the form. int8: each unit's scale is its largest absolute weight / 127.
 * @throws DebkdError `export` when a parameter is outside the range of float16
 */
export function quantizeParameters(
  parameters: Float32Array,
  layers: readonly LayerLayout[],
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
    expected: 'at most 65504 in absolute value',
    remedy: 'export the student in float32',
  });
}
