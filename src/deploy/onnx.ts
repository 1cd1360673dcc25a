// A student as ONNX: Gemm and activation, layer by layer, and a Sigmoid. Opset 17, batch size free.
import type { Preprocessing } from '../data/preprocessing.ts';
import { field, numberField } from '../io/protobuf.ts';
import { concat } from '../io/source.ts';
import type { Activation } from '../kernels/activation.ts';
import { layout } from '../kernels/reference.ts';
import { encodeRecord } from '../student/record.ts';
import type { Student } from '../student/student.ts';
import { loadRuntime } from '../teacher/runtime.ts';
import { VERSION } from '../version.ts';
import type { Exported } from './exported.ts';
import { checkParity, syntheticRecords } from './parity.ts';

const FLOAT = 1;
const OPSET = 17;
const IR_VERSION = 8;

/**
 * The student as an ONNX model of encoded rows: input `input`, float32 [batch, columns]; output `probability`,
 * float32 [batch, 1]. Preprocessing and threshold are in its metadata, as JSON under `debkd`.
 * It is run in onnxruntime-web on synthetic rows before it is returned.
 * @throws DebkdError `export` when its answers differ from the student's by more than 1e-6
 */
export async function toOnnx(student: Student): Promise<Exported> {
  const bytes = encodeModel(student);
  const largestDifference = checkParity('onnx', ...(await answers(student, bytes)));
  return { target: 'onnx', files: [{ path: 'student.onnx', bytes }], largestDifference };
}

function encodeModel(student: Student): Uint8Array<ArrayBuffer> {
  const { preprocessing, architecture, threshold, parameters } = student;
  const { layers, activation, residual } = layout(preprocessing.F, architecture);
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  let from = 'input';
  layers.forEach((layer, l) => {
    const [weight, bias, sum] = [`weight${l}`, `bias${l}`, `sum${l}`];
    initializers.push(tensor(weight, [layer.inputs, layer.outputs], parameters.subarray(layer.weight, layer.bias)));
    initializers.push(tensor(bias, [layer.outputs], parameters.subarray(layer.bias, layer.bias + layer.outputs)));
    nodes.push(node('Gemm', [from, weight, bias], sum));
    if (l === layers.length - 1) {
      nodes.push(node('Sigmoid', [sum], 'probability'));
      return;
    }
    const skips = residual && l > 0;
    const active = skips ? `active${l}` : `hidden${l}`;
    nodes.push(...activationNodes(activation, sum, active));
    if (skips) nodes.push(node('Add', [active, from], `hidden${l}`));
    from = `hidden${l}`;
  });
  if (activation === 'gelu') {
    for (const [name, value] of GELU_CONSTANTS) initializers.push(tensor(name, [], Float32Array.of(value)));
  }
  const graph = [
    ...nodes.map((n) => field(1, [n])),
    field(2, 'student'),
    ...initializers.map((t) => field(5, [t])),
    field(11, [valueInfo('input', preprocessing.F)]),
    field(12, [valueInfo('probability', 1)]),
  ];
  return concat([
    numberField(1, IR_VERSION),
    field(2, 'debkd'),
    field(3, VERSION),
    field(7, graph),
    field(8, [field(1, ''), numberField(2, OPSET)]),
    field(14, [field(1, 'debkd'), field(2, JSON.stringify({ threshold, preprocessing }))]),
  ]);
}

/** GELU's constants: x sigmoid(x (a + b x^2)), with a = 2 sqrt(2 / pi) and b = .044715 a. */
const GELU_CONSTANTS = [
  ['gelu_a', 1.5957691216057308],
  ['gelu_b', 0.07135481627260025],
] as const;

function activationNodes(activation: Activation, from: string, to: string): Uint8Array[] {
  if (activation !== 'gelu') return [node(activation === 'tanh' ? 'Tanh' : 'Relu', [from], to)];
  const name = (part: string): string => `${to}_${part}`;
  return [
    node('Mul', [from, from], name('square')),
    node('Mul', [name('square'), 'gelu_b'], name('scaled')),
    node('Add', [name('scaled'), 'gelu_a'], name('factor')),
    node('Mul', [from, name('factor')], name('inner')),
    node('Sigmoid', [name('inner')], name('gate')),
    node('Mul', [from, name('gate')], to),
  ];
}

function node(operator: string, inputs: readonly string[], output: string): Uint8Array {
  const parts = [
    ...inputs.map((name) => field(1, name)),
    field(2, output),
    field(3, `${operator}_${output}`),
    field(4, operator),
  ];
  return concat(parts);
}

function tensor(name: string, dims: readonly number[], values: Float32Array): Uint8Array {
  const raw = new Uint8Array(4 * values.length);
  const view = new DataView(raw.buffer);
  values.forEach((x, i) => {
    view.setFloat32(4 * i, x, true);
  });
  return concat([...dims.map((size) => numberField(1, size)), numberField(2, FLOAT), field(8, name), field(9, raw)]);
}

function valueInfo(name: string, width: number): Uint8Array {
  const shape = field(2, [field(1, [field(2, 'batch')]), field(1, [numberField(1, width)])]);
  return concat([field(1, name), field(2, [field(1, [numberField(1, FLOAT), shape])])]);
}

async function answers(
  student: Student,
  bytes: Uint8Array,
): Promise<[expected: Float64Array, answered: ArrayLike<number>]> {
  const rows = encodeRecords(student.preprocessing, syntheticRecords(student));
  const width = student.preprocessing.F;
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  try {
    const { probability } = await session.run({ input: new ort.Tensor('float32', rows, [rows.length / width, width]) });
    return [student.predictProba(rows), probability?.data as Float32Array];
  } finally {
    await session.release();
  }
}

function encodeRecords(preprocessing: Preprocessing, records: ReturnType<typeof syntheticRecords>): Float32Array {
  const rows = new Float32Array(records.length * preprocessing.F);
  records.forEach((record, i) => {
    rows.set(encodeRecord(record, preprocessing), i * preprocessing.F);
  });
  return rows;
}
