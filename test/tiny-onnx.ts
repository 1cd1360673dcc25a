// Tiny ONNX models, written field by field, to test output conventions and rejected models.

import { field, numberField } from '../src/io/protobuf.ts';
import { concat } from '../src/io/source.ts';

export interface TinyModel {
  /** Operators applied in order after a MatMul from the input to `outputs` columns. */
  readonly operators?: readonly string[];
  /** Input columns; default 2. */
  readonly inputs?: number;
  readonly outputs?: 1 | 2 | 3;
  readonly outputName?: string;
  /** Weights [inputs x outputs]; default 1. */
  readonly weights?: readonly number[];
}

/** input [batch, inputs] -> MatMul -> operators -> output. */
export function tinyOnnx({
  operators = [],
  inputs: columns = 2,
  outputs = 1,
  outputName = 'y',
  weights,
}: TinyModel = {}): Uint8Array<ArrayBuffer> {
  const w = Float32Array.from(weights ?? Array.from({ length: columns * outputs }, () => 1));
  const names = [...['MatMul', ...operators].keys()].map((i) => (i === operators.length ? outputName : `t${i}`));
  const nodes = ['MatMul', ...operators].map((operator, i) => {
    const inputs = i === 0 ? ['input', 'w'] : [names[i - 1] as string];
    return field(1, [...inputs.map((name) => field(1, name)), field(2, names[i] as string), field(4, operator)]);
  });
  const info = (id: number, name: string, width: number): Uint8Array => {
    const shape = field(2, [field(1, [field(2, 'n')]), field(1, [numberField(1, width)])]);
    return field(id, [field(1, name), field(2, [field(1, [numberField(1, 1), shape])])]);
  };
  const tensor = [
    numberField(1, columns),
    numberField(1, outputs),
    numberField(2, 1),
    field(8, 'w'),
    field(9, new Uint8Array(w.buffer)),
  ];
  const graph = [...nodes, field(2, 'g'), field(5, tensor), info(11, 'input', columns), info(12, outputName, outputs)];
  return concat([numberField(1, 8), field(7, graph), field(8, [field(1, ''), numberField(2, 17)])]);
}

/** input [batch, 2] -> Relu of `wide` columns -> their weighted sum. Needs memory for batch x wide intermediate numbers. */
export function wideOnnx(wide: number): Uint8Array<ArrayBuffer> {
  const info = (id: number, name: string, width: number): Uint8Array => {
    const shape = field(2, [field(1, [field(2, 'n')]), field(1, [numberField(1, width)])]);
    return field(id, [field(1, name), field(2, [field(1, [numberField(1, 1), shape])])]);
  };
  const node = (operator: string, inputs: readonly string[], output: string): Uint8Array =>
    field(1, [...inputs.map((name) => field(1, name)), field(2, output), field(4, operator)]);
  const tensor = (name: string, sizes: readonly number[], value: number): Uint8Array => {
    const values = new Float32Array(2 * wide).fill(value).subarray(0, (sizes[0] as number) * (sizes[1] as number));
    const bytes = new Uint8Array(values.buffer, 0, values.byteLength);
    return field(5, [...sizes.map((size) => numberField(1, size)), numberField(2, 1), field(8, name), field(9, bytes)]);
  };
  const graph = [
    node('MatMul', ['input', 'w'], 'a'),
    node('Relu', ['a'], 'b'),
    node('MatMul', ['b', 'u'], 'y'),
    field(2, 'g'),
    tensor('w', [2, wide], 0.5),
    tensor('u', [wide, 1], 2 ** -22),
    info(11, 'input', 2),
    info(12, 'y', 1),
  ];
  return concat([numberField(1, 8), field(7, graph), field(8, [field(1, ''), numberField(2, 17)])]);
}

/** A model that never finishes: a Loop without a trip count whose condition is always true. */
export function endlessOnnx(): Uint8Array<ArrayBuffer> {
  const info = (id: number, name: string, type: number, sizes: readonly number[]): Uint8Array => {
    const shape = field(
      2,
      sizes.map((size) => field(1, size < 0 ? [field(2, 'n')] : [numberField(1, size)])),
    );
    return field(id, [field(1, name), field(2, [field(1, [numberField(1, type), shape])])]);
  };
  const node = (operator: string, inputs: readonly string[], outputs: readonly string[], rest: Uint8Array[] = []) =>
    field(1, [
      ...inputs.map((name) => field(1, name)),
      ...outputs.map((name) => field(2, name)),
      field(4, operator),
      ...rest,
    ]);
  const [FLOAT, INT64, BOOL] = [1, 7, 9];
  const body = [
    node('Identity', ['going'], ['on']),
    node('Identity', ['before'], ['after']),
    field(2, 'body'),
    info(11, 'count', INT64, []),
    info(11, 'going', BOOL, []),
    info(11, 'before', FLOAT, [-1, 1]),
    info(12, 'on', BOOL, []),
    info(12, 'after', FLOAT, [-1, 1]),
  ];
  // AttributeProto: name, graph, attribute type GRAPH
  const attribute = field(5, [field(1, 'body'), field(6, body), numberField(20, 5)]);
  const w = Float32Array.of(1, 1);
  const graph = [
    node('MatMul', ['input', 'w'], ['t']),
    node('Loop', ['', 'yes', 't'], ['y'], [attribute]),
    field(2, 'g'),
    field(5, [
      numberField(1, 2),
      numberField(1, 1),
      numberField(2, FLOAT),
      field(8, 'w'),
      field(9, new Uint8Array(w.buffer)),
    ]),
    field(5, [numberField(2, BOOL), field(8, 'yes'), field(9, Uint8Array.of(1))]),
    info(11, 'input', FLOAT, [-1, 2]),
    info(12, 'y', FLOAT, [-1, 1]),
  ];
  return concat([numberField(1, 8), field(7, graph), field(8, [field(1, ''), numberField(2, 17)])]);
}
