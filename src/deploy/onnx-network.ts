// A student's network as ONNX nodes: Gemm and activation, layer by layer, and a Sigmoid.
import type { Activation } from '../kernels/activation.ts';
import { type PackedLayer, packLayers } from '../student/pack-layers.ts';
import type { Student } from '../student/student.ts';
import { addNode, addTensor, type Graph, integer, TYPE } from './onnx-model.ts';

/** Adds the network from the encoded rows `from` to `probability`. @param at before every name inside */
export function addNetwork(graph: Graph, student: Student, from: string, at: string = ''): void {
  const { activation = 'relu', residual } = student.architecture;
  const layers = packLayers(student);
  if (activation === 'gelu') {
    for (const [name, value] of GELU_CONSTANTS) addTensor(graph, at + name, [], Float32Array.of(value));
  }
  let input = from;
  layers.forEach((layer, l) => {
    const weight = addWeights(graph, layer, `${at}weight${l}`);
    const bias = addFloats(graph, `${at}bias${l}`, [layer.outputs], layer.biases);
    const sum = addNode(graph, 'Gemm', [input, weight, bias], `${at}sum${l}`);
    if (l === layers.length - 1) {
      addNode(graph, 'Sigmoid', [sum], 'probability');
      return;
    }
    const skips = residual === true && l > 0;
    const active = addActivation(graph, activation, sum, `${at}${skips ? 'active' : 'hidden'}${l}`, at);
    input = skips ? addNode(graph, 'Add', [active, input], `${at}hidden${l}`) : active;
  });
}

/** Numbers as they are stored, and the node that makes them float32. */
function addFloats(graph: Graph, name: string, dims: readonly number[], values: Float32Array | Uint16Array): string {
  if (values instanceof Float32Array) return addTensor(graph, name, dims, values);
  const stored = addTensor(graph, `${name}_stored`, dims, values);
  return addNode(graph, 'Cast', [stored], name, [integer('to', TYPE.float32)]);
}

function addWeights(graph: Graph, { inputs, outputs, weights, scales }: PackedLayer, name: string): string {
  if (!(weights instanceof Int8Array)) return addFloats(graph, name, [inputs, outputs], weights);
  const stored = addTensor(graph, `${name}_stored`, [inputs, outputs], weights);
  const scale = addFloats(graph, `${name}_scale`, [outputs], scales as Uint16Array);
  return addNode(graph, 'DequantizeLinear', [stored, scale], name, [integer('axis', 1)]);
}

/** GELU's constants: x sigmoid(x (a + b x^2)), with a = 2 sqrt(2 / pi) and b = .044715 a. */
const GELU_CONSTANTS = [
  ['gelu_a', 1.5957691216057308],
  ['gelu_b', 0.07135481627260025],
] as const;

function addActivation(graph: Graph, activation: Activation, from: string, to: string, at: string): string {
  if (activation !== 'gelu') return addNode(graph, activation === 'tanh' ? 'Tanh' : 'Relu', [from], to);
  const square = addNode(graph, 'Mul', [from, from], `${to}_square`);
  const scaled = addNode(graph, 'Mul', [square, `${at}gelu_b`], `${to}_scaled`);
  const factor = addNode(graph, 'Add', [scaled, `${at}gelu_a`], `${to}_factor`);
  const inner = addNode(graph, 'Mul', [from, factor], `${to}_inner`);
  const gate = addNode(graph, 'Sigmoid', [inner], `${to}_gate`);
  return addNode(graph, 'Mul', [from, gate], to);
}
