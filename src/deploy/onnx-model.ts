// The pieces of an ONNX model as protobuf, fields in ascending order. Opset 17, IR 8.
import { littleEndian } from '../io/little-endian.ts';
import { field, numberField } from '../io/protobuf.ts';
import { concat } from '../io/source.ts';
import { VERSION } from '../version.ts';

/** Element types by their numbers in ONNX. */
export const TYPE = { float32: 1, int8: 3, int64: 7, text: 8, bool: 9, float16: 10, float64: 11 } as const;

const OPSET = 17;
const ML_OPSET = 3;
const IR_VERSION = 8;
const ML = 'ai.onnx.ml';

/** A graph while it is written: nodes in order, and the tensors they need. */
export interface Graph {
  readonly nodes: Uint8Array[];
  readonly initializers: Uint8Array[];
}

type Attribute = Uint8Array;

/** Adds a node; returns the name of its first output. */
export function addNode(
  graph: Graph,
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Attribute[] = [],
): string {
  const parts = [
    ...inputs.map((name) => field(1, name)),
    field(2, output),
    field(3, `${operator}_${output}`),
    field(4, operator),
    ...attributes.map((attribute) => field(5, attribute)),
    ...(operator === 'LabelEncoder' ? [field(7, ML)] : []),
  ];
  graph.nodes.push(concat(parts));
  return output;
}

/** Adds a constant; returns its name. Uint16Array holds the bits of float16. */
export function addTensor(
  graph: Graph,
  name: string,
  dims: readonly number[],
  values: Float32Array | Float64Array | Uint16Array | Int8Array | readonly number[],
): string {
  const sizes = dims.map((size) => numberField(1, size));
  const integers = Array.isArray(values);
  const type = integers ? TYPE.int64 : elementType(values as Float32Array);
  const content = integers
    ? values.map((x) => numberField(7, x)) // int64_data, unpacked: readers must take both
    : [];
  const raw = integers ? [] : [field(9, littleEndian(values as Float32Array))];
  graph.initializers.push(concat([...sizes, numberField(2, type), ...content, field(8, name), ...raw]));
  return name;
}

function elementType(values: Float32Array | Float64Array | Uint16Array | Int8Array): number {
  if (values instanceof Float32Array) return TYPE.float32;
  if (values instanceof Float64Array) return TYPE.float64;
  return values instanceof Uint16Array ? TYPE.float16 : TYPE.int8;
}

export function integer(name: string, value: number): Attribute {
  // -1 is ten bytes as a varint
  const number =
    value < 0 ? Uint8Array.from([24, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]) : numberField(3, value);
  return concat([field(1, name), number, numberField(20, 2)]);
}

export function integers(name: string, values: readonly number[]): Attribute {
  return concat([field(1, name), ...values.map((x) => numberField(8, x)), numberField(20, 7)]);
}

export function texts(name: string, values: readonly string[]): Attribute {
  return concat([field(1, name), ...values.map((x) => field(9, x)), numberField(20, 8)]);
}

/** An input or output, [batch, width]. */
export function tensorInfo(name: string, type: number, width: number, doc?: string): Uint8Array {
  const shape = field(2, [field(1, [field(2, 'batch')]), field(1, [numberField(1, width)])]);
  const kind = field(2, [field(1, [numberField(1, type), shape])]);
  return concat([field(1, name), kind, ...(doc === undefined ? [] : [field(3, doc)])]);
}

/** The model's bytes. @param metadata JSON, stored under `debkd` */
export function encodeModel(
  { nodes, initializers }: Graph,
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
  metadata: unknown,
): Uint8Array<ArrayBuffer> {
  const graph = [
    ...nodes.map((n) => field(1, [n])),
    field(2, 'student'),
    ...initializers.map((t) => field(5, [t])),
    ...inputs.map((info) => field(11, [info])),
    ...outputs.map((info) => field(12, [info])),
  ];
  return concat([
    numberField(1, IR_VERSION),
    field(2, 'debkd'),
    field(3, VERSION),
    field(7, graph),
    field(8, [field(1, ''), numberField(2, OPSET)]),
    field(8, [field(1, ML), numberField(2, ML_OPSET)]),
    field(14, [field(1, 'debkd'), field(2, JSON.stringify(metadata))]),
  ]);
}
