// Packs a student's layers for its exports.
import { floatToHalf } from '../io/half.ts';
import { productsOf } from '../kernels/trunk-layout.ts';
import type { StudentData } from './student-data.ts';
import { studentLayout } from './student-layout.ts';

/** One layer, or the windows of a convolution, in the form that exports store. */
export interface PackedLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** float32, float16 bits, or int8 codes; [inputs x outputs] row-major. */
  readonly weights: Float32Array | Uint16Array | Int8Array;
  /** Scales of int8 codes, float16 bits, [outputs]. */
  readonly scales?: Uint16Array;
  /** float32 or float16 bits, [outputs]. */
  readonly biases: Float32Array | Uint16Array;
}

/** Returns a student's layers in the form that exports store. */
export function packLayers({ architecture, parameters, preprocessing, quantization }: StudentData): PackedLayer[] {
  let units = 0;
  return productsOf(studentLayout(preprocessing, architecture)).map(({ inputs, outputs, weight, bias }) => {
    const weights = parameters.subarray(weight, bias);
    const plain = parameters.subarray(bias, bias + outputs);
    if (!quantization) return { inputs, outputs, weights, biases: plain };
    const biases = Uint16Array.from(plain, floatToHalf);
    if (quantization.form === 'float16')
      return { inputs, outputs, weights: Uint16Array.from(weights, floatToHalf), biases };
    const scales = quantization.scales.subarray(units, units + outputs);
    units += outputs;
    const codes = Int8Array.from(weights, (w, i) => Math.round(w / (scales[i % outputs] as number)));
    return { inputs, outputs, weights: codes, scales: Uint16Array.from(scales, floatToHalf), biases };
  });
}
