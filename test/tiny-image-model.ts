// A tiny model of images, written field by field, and images of one colour.
import { field, numberField } from '../src/io/protobuf.ts';
import { concat } from '../src/io/source.ts';

export interface TinyImageModel {
  /** Sizes of the input; a text for a free size. Default [N, 3, 8, 8]. */
  readonly shape?: readonly (number | string)[];
  /** Element type of ONNX: 1 float32, 2 uint8, 3 int8. */
  readonly type?: number;
  /** The weight of the mean of each channel. */
  readonly weights?: readonly number[];
  readonly bias?: number;
  readonly inputName?: string;
}

/** input -> mean of each channel over its pixels -> weighted sum + bias. Channels are the second axis. */
export function tinyImageOnnx({
  shape = ['N', 3, 8, 8],
  type = 1,
  weights = [1, 1, 1],
  bias = 0,
  inputName = 'pixel_values',
}: TinyImageModel = {}): Uint8Array<ArrayBuffer> {
  const sized = (sizes: readonly (number | string)[]): Uint8Array =>
    field(
      2,
      sizes.map((size) => field(1, typeof size === 'number' ? [numberField(1, size)] : [field(2, size)])),
    );
  const info = (id: number, name: string, element: number, sizes: readonly (number | string)[]): Uint8Array =>
    field(id, [field(1, name), field(2, [field(1, [numberField(1, element), sized(sizes)])])]);
  const tensor = (name: string, dims: readonly number[], values: readonly number[]): Uint8Array =>
    field(5, [
      ...dims.map((size) => numberField(1, size)),
      numberField(2, 1),
      field(8, name),
      field(9, new Uint8Array(Float32Array.from(values).buffer)),
    ]);
  const node = (operator: string, inputs: readonly string[], output: string, attributes: Uint8Array[] = []) =>
    field(1, [...inputs.map((name) => field(1, name)), field(2, output), field(4, operator), ...attributes]);
  // AttributeProto: name, whole numbers or one, attribute type INTS or INT
  const axes = field(5, [field(1, 'axes'), numberField(8, 2), numberField(8, 3), numberField(20, 7)]);
  const keeps = field(5, [field(1, 'keepdims'), numberField(3, 0), numberField(20, 2)]);
  const to = field(5, [field(1, 'to'), numberField(3, 1), numberField(20, 2)]);
  const graph = [
    node('Cast', [inputName], 'x', [to]),
    node('ReduceMean', ['x'], 'means', [axes, keeps]),
    node('MatMul', ['means', 'w'], 's'),
    node('Add', ['s', 'b'], 'y'),
    field(2, 'g'),
    tensor('w', [weights.length, 1], weights),
    tensor('b', [1], [bias]),
    info(11, inputName, type, shape),
    info(12, 'y', 1, [shape[0] as string, 1]),
  ];
  return concat([numberField(1, 8), field(7, graph), field(8, [field(1, ''), numberField(2, 17)])]);
}

/** An image of one colour, as PPM. */
export function plainImage([red, green, blue]: readonly [number, number, number], side = 8): Uint8Array {
  const pixels = Array.from({ length: side * side }, () => [red, green, blue]).flat();
  return Uint8Array.of(...new TextEncoder().encode(`P6 ${side} ${side} 255\n`), ...pixels);
}
