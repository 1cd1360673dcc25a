// Between rows of float32 and the element types of ONNX inputs and outputs.
import type { Tensor } from 'onnxruntime-web/wasm';
import { halfToFloat } from '../io/half.ts';
import type { GraphTensor } from './onnx-graph.ts';
import type { Ort } from './runtime.ts';

/**
 * Rows as a tensor of the input's type and shape.
 * @param values [rows x width]
 * @throws RangeError when an integer input is given a fraction
 */
export function inputTensor(
  ort: Ort,
  input: GraphTensor,
  values: Float32Array | Float64Array,
  rows: number,
  width: number,
): Tensor {
  const rest = input.shape.slice(1);
  const whole = rest.length > 0 && rest.every((size): size is number => typeof size === 'number');
  const dims = whole ? [rows, ...(rest as number[])] : input.shape.length === 1 && width === 1 ? [rows] : [rows, width];
  if (input.type === 'float64') return new ort.Tensor('float64', Float64Array.from(values), dims);
  if (input.type === 'float32')
    return new ort.Tensor('float32', values instanceof Float32Array ? values : Float32Array.from(values), dims);
  const fraction = values.find((x) => !Number.isInteger(x));
  if (fraction !== undefined)
    throw new RangeError(`${fraction} for an input of type ${input.type}, expected whole numbers`);
  if (input.type === 'int32') return new ort.Tensor('int32', Int32Array.from(values), dims);
  return new ort.Tensor(
    'int64',
    BigInt64Array.from(values, (x) => BigInt(x)),
    dims,
  );
}

export interface Floats {
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The numbers of a floating-point tensor, whatever its element type. @throws Error for other types */
export function floatsOf(tensor: Tensor): Floats {
  const { type, dims, data } = tensor;
  if (type === 'float32' || type === 'float64') return { dims, values: data as Float32Array | Float64Array };
  if (type !== 'float16') throw new Error(`output of type ${type}, expected a floating-point tensor`);
  // Float16Array where the host has it, raw bits elsewhere
  if (!(data instanceof Uint16Array)) return { dims, values: Float32Array.from(data as unknown as ArrayLike<number>) };
  return { dims, values: Float32Array.from(data, halfToFloat) };
}
