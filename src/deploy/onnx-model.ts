// Writes ONNX models (opset 17 unless another is asked for, IR version 8) as protobuf; field numbers are those of onnx.proto, in ascending order.
import { littleEndian } from '../io/little-endian.ts';
import { field, numberField } from '../io/protobuf.ts';
import { concat } from '../io/source.ts';
import { VERSION } from '../version.ts';

/** Element types, as TensorProto.DataType numbers them. */
export const TYPE = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

const OPSET = 17;
const ML_OPSET = 3;
const IR_VERSION = 8;
const ML = 'ai.onnx.ml';

/** A graph under construction: encoded nodes in topological order, and constants. */
export interface Graph {
  readonly nodes: Uint8Array[];
  readonly initializers: Uint8Array[];
}

type Attribute = Uint8Array;

/** The names of a node's inputs and of its output, and its attributes. */
export interface NodeOptions {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: readonly Attribute[];
}

/** Adds a node; returns the name of its output. */
export function addNode(graph: Graph, operator: string, { inputs, output, attributes = [] }: NodeOptions): string {
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

type Numbers = Float32Array | Float64Array | Uint16Array | Int8Array | Int32Array;

/** Adds a constant; returns its name. A Uint16Array contains float16 bits; a list of numbers becomes int64. */
export function addTensor(
  graph: Graph,
  name: string,
  dims: readonly number[],
  values: Numbers | readonly number[],
): string {
  const sizes = dims.map((size) => numberField(1, size));
  const integers = Array.isArray(values);
  const type = integers ? TYPE.int64 : elementType(values as Numbers);
  const content = integers
    ? values.map((x) => numberField(7, x)) // int64_data, not packed; protobuf readers accept both
    : [];
  const raw = integers ? [] : [field(9, littleEndian(values as Numbers))];
  graph.initializers.push(concat([...sizes, numberField(2, type), ...content, field(8, name), ...raw]));
  return name;
}

function elementType(values: Numbers): number {
  if (values instanceof Int32Array) return TYPE.int32;
  if (values instanceof Float32Array) return TYPE.float32;
  if (values instanceof Float64Array) return TYPE.float64;
  return values instanceof Uint16Array ? TYPE.float16 : TYPE.int8;
}

export function intAttribute(name: string, value: number): Attribute {
  // protobuf encodes a negative number in ten bytes; -1 is the only one used
  const number =
    value < 0 ? Uint8Array.from([24, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]) : numberField(3, value);
  return concat([field(1, name), number, numberField(20, 2)]);
}

export function intsAttribute(name: string, values: readonly number[]): Attribute {
  return concat([field(1, name), ...values.map((x) => numberField(8, x)), numberField(20, 7)]);
}

export function stringAttribute(name: string, value: string): Attribute {
  return concat([field(1, name), field(4, value), numberField(20, 3)]);
}

export function stringsAttribute(name: string, values: readonly string[]): Attribute {
  return concat([field(1, name), ...values.map((x) => field(9, x)), numberField(20, 8)]);
}

/** An input or output of shape [batch, width]. */
export function tensorInfo(name: string, type: number, width: number, doc?: string): Uint8Array {
  return shapedInfo(name, type, ['batch', width], doc);
}

/** An input or output. @param dims sizes, and names of those that are free */
export function shapedInfo(name: string, type: number, dims: readonly (string | number)[], doc?: string): Uint8Array {
  const sizes = dims.map((dim) => field(1, [typeof dim === 'string' ? field(2, dim) : numberField(1, dim)]));
  const shape = field(2, sizes);
  const kind = field(2, [field(1, [numberField(1, type), shape])]);
  return concat([field(1, name), kind, ...(doc === undefined ? [] : [field(3, doc)])]);
}

/** The model's bytes. @param metadata stored as JSON under `debkd` @param opset default 17 */
export function encodeModel(
  { nodes, initializers }: Graph,
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
  { metadata, opset = OPSET }: { readonly metadata: unknown; readonly opset?: number },
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
    field(8, [field(1, ''), numberField(2, opset)]),
    field(8, [field(1, ML), numberField(2, ML_OPSET)]),
    field(14, [field(1, 'debkd'), field(2, JSON.stringify(metadata))]),
  ]);
}
