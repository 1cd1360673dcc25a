// Converts between rows of numbers and the element types of ONNX inputs and outputs.
import type { Tensor } from 'onnxruntime-web/wasm';
import { floatToHalf, halfToFloat } from '../io/half.ts';
import type { GraphTensor } from './onnx-graph.ts';
import type { Ort } from './runtime.ts';

/** Typed array, smallest and largest number of each integer type. */
const WHOLE = {
  bool: [Uint8Array, 0, 1],
  uint8: [Uint8Array, 0, 255],
  int8: [Int8Array, -128, 127],
  uint16: [Uint16Array, 0, 65535],
  int16: [Int16Array, -32768, 32767],
  uint32: [Uint32Array, 0, 2 ** 32 - 1],
  int32: [Int32Array, -(2 ** 31), 2 ** 31 - 1],
  int64: [BigInt64Array, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [BigUint64Array, 0, Number.MAX_SAFE_INTEGER],
} as const;

/** Numeric element types. */
export const NUMBERS: readonly string[] = ['float32', 'float64', 'float16', ...Object.keys(WHOLE)];

/** Whether an element type takes only whole numbers. */
export function isWhole(type: string): boolean {
  return Object.hasOwn(WHOLE, type);
}

/** Whether a number fits an element type: integer types have a range, and are exact up to 2^53. */
export function fitsType(type: string, x: number): boolean {
  if (!isWhole(type)) return true;
  const [, least, most] = WHOLE[type as keyof typeof WHOLE];
  return Number.isInteger(x) && x >= least && x <= most;
}

/**
 * Makes a tensor of the input's type and shape.
 * @param values [rows x width]
 * @throws RangeError if an integer input gets a fraction or a number out of its range
 */
export function inputTensor(
  ort: Ort,
  input: GraphTensor,
  values: Float32Array | Float64Array,
  { rows, width }: { readonly rows: number; readonly width: number },
): Tensor {
  const rest = input.shape.slice(1);
  const whole = rest.length > 0 && rest.every((size): size is number => typeof size === 'number');
  const dims = whole ? [rows, ...(rest as number[])] : input.shape.length === 1 && width === 1 ? [rows] : [rows, width];
  if (input.type === 'float64') return new ort.Tensor('float64', Float64Array.from(values), dims);
  if (input.type === 'float32')
    return new ort.Tensor('float32', values instanceof Float32Array ? values : Float32Array.from(values), dims);
  if (input.type === 'float16') return new ort.Tensor('float16', Uint16Array.from(values, floatToHalf), dims);
  const wrong = values.find((x) => !fitsType(input.type, x));
  if (wrong !== undefined)
    throw new RangeError(`${wrong} for an input of type ${input.type}, expected ${rangeOf(input.type)}`);
  if (input.type === 'int64') return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  if (input.type === 'uint64') return new ort.Tensor('uint64', BigUint64Array.from(values, BigInt), dims);
  const [List] = WHOLE[input.type as Exclude<keyof typeof WHOLE, 'int64' | 'uint64'>];
  return new ort.Tensor(input.type as 'int32', List.from(values) as Int32Array, dims);
}

/** Describes the range of an integer type. */
export function rangeOf(type: string): string {
  const [, least, most] = WHOLE[type as keyof typeof WHOLE];
  return `a whole number from ${least} to ${most}`;
}

export interface Floats {
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The values of a floating-point tensor. @throws Error for other element types */
export function floatsOf(tensor: Tensor): Floats {
  const { type, dims, data } = tensor;
  if (type === 'float32' || type === 'float64') return { dims, values: data as Float32Array | Float64Array };
  if (type !== 'float16') throw new Error(`output of type ${type}, expected a floating-point tensor`);
  // a Float16Array if the host has one, else raw bits
  if (!(data instanceof Uint16Array)) return { dims, values: Float32Array.from(data as unknown as ArrayLike<number>) };
  return { dims, values: Float32Array.from(data, halfToFloat) };
}

/** The labels of a label output, as text; undefined for a tensor of another type. */
export function labelsOf({ type, data }: Tensor): string[] | undefined {
  if (type === 'string') return data as unknown as string[];
  if (type === 'bool') return Array.from(data as Uint8Array, (x) => (x ? '1' : '0'));
  if (type === 'int64' || type === 'int32') return Array.from(data as BigInt64Array, String);
  return undefined;
}
