// A small network with layer normalisation, written field by field. The runtime fuses the normalisation into one operator, whose last bits
// differ, unless a tensor inside it is an output.
import { field, numberField } from '../src/io/protobuf.ts';
import { concat } from '../src/io/source.ts';

const HIDDEN = 16;

/** The last hidden layer: no fusion crosses it. */
export const LAST = 'hidden';
/** A tensor inside the normalisation: as an output it changes the bits of the score. */
export const INSIDE = 'scaled';

/**
 * input [batch, inputs] -> linear -> layer normalisation -> ReLU -> linear (score) -> Sigmoid.
 * @param output `score` without the Sigmoid
 */
export function normOnnx(inputs: number, output: 'score' | 'probability'): Uint8Array<ArrayBuffer> {
  const info = (id: number, name: string, width: number): Uint8Array => {
    const shape = field(2, [field(1, [field(2, 'n')]), field(1, [numberField(1, width)])]);
    return field(id, [field(1, name), field(2, [field(1, [numberField(1, 1), shape])])]);
  };
  const node = (operator: string, from: readonly string[], to: string, rest: readonly Uint8Array[] = []): Uint8Array =>
    field(1, [...from.map((name) => field(1, name)), field(2, to), field(4, operator), ...rest]);
  const tensor = (name: string, sizes: readonly number[], value: (i: number) => number): Uint8Array => {
    const values = Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => value(i));
    const dims = sizes.map((size) => numberField(1, size));
    return field(5, [...dims, numberField(2, 1), field(8, name), field(9, new Uint8Array(values.buffer))]);
  };
  const drawn = (k: number) => (i: number) => (((i * 7919 + k * 104729) % 1009) - 504) / 700;
  const lastAxis = [field(5, [field(1, 'axes'), numberField(8, 1), numberField(20, 7)])];
  const graph = [
    node('MatMul', ['input', 'w1'], 'product'),
    node('Add', ['product', 'b1'], 'sum'),
    node('ReduceMean', ['sum'], 'mean', lastAxis),
    node('Sub', ['sum', 'mean'], 'centred'),
    node('Pow', ['centred', 'two'], 'squares'),
    node('ReduceMean', ['squares'], 'variance', lastAxis),
    node('Add', ['variance', 'tiny'], 'positive'),
    node('Sqrt', ['positive'], 'deviation'),
    node('Div', ['centred', 'deviation'], INSIDE),
    node('Mul', [INSIDE, 'gain'], 'gained'),
    node('Add', ['gained', 'shift'], 'normal'),
    node('Relu', ['normal'], LAST),
    node('MatMul', [LAST, 'w2'], 'last'),
    node('Add', ['last', 'b2'], 'score'),
    ...(output === 'score' ? [] : [node('Sigmoid', ['score'], 'probability')]),
    field(2, 'g'),
    tensor('w1', [inputs, HIDDEN], drawn(1)),
    tensor('b1', [HIDDEN], drawn(2)),
    tensor('gain', [HIDDEN], drawn(3)),
    tensor('shift', [HIDDEN], drawn(4)),
    tensor('w2', [HIDDEN, 1], drawn(5)),
    tensor('b2', [1], drawn(6)),
    tensor('two', [], () => 2),
    tensor('tiny', [], () => 1e-5),
    info(11, 'input', inputs),
    info(12, output, 1),
  ];
  return concat([numberField(1, 8), field(7, graph), field(8, [field(1, ''), numberField(2, 17)])]);
}
