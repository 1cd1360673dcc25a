// A student's network as ONNX nodes: Gemm and activation for each layer, then a Sigmoid.
import type { Activation } from '../kernels/activation.ts';
import { type PackedLayer, packLayers } from '../student/pack-layers.ts';
import type { Student } from '../student/student.ts';
import type { GraphRows } from './onnx-columns.ts';
import { addNode, addTensor, type Graph, intAttribute, TYPE } from './onnx-model.ts';

/**
 * Adds the network from rows to `probability`.
 * @param rows the encoded rows, or rows of other columns
 * @param prefix of the names of nodes and constants
 */
export function addNetwork(graph: Graph, student: Student, rows: GraphRows, prefix: string = ''): void {
  const { activation = 'relu', residual } = student.architecture;
  const layers = packLayers(student);
  if (rows.places) layers[0] = withInputs(layers[0] as PackedLayer, rows.places);
  if (activation === 'gelu') {
    for (const [name, value] of GELU_CONSTANTS) addTensor(graph, prefix + name, [], Float32Array.of(value));
  }
  let input = rows.name;
  layers.forEach((layer, l) => {
    const weight = addWeights(graph, layer, `${prefix}weight${l}`);
    const bias = addFloats(graph, `${prefix}bias${l}`, [layer.outputs], layer.biases);
    const sum = addNode(graph, 'Gemm', { inputs: [input, weight, bias], output: `${prefix}sum${l}` });
    if (l === layers.length - 1) {
      addNode(graph, 'Sigmoid', { inputs: [sum], output: 'probability' });
      return;
    }
    const skips = residual === true && l > 0;
    const output = `${prefix}${skips ? 'active' : 'hidden'}${l}`;
    const active = addActivation(graph, activation, { input: sum, output, prefix });
    input = skips ? addNode(graph, 'Add', { inputs: [active, input], output: `${prefix}hidden${l}` }) : active;
  });
}

/** A layer on other inputs: row k of its weights is row places[k] of the layer's, zeros for -1. */
function withInputs(layer: PackedLayer, places: readonly number[]): PackedLayer {
  const { outputs, weights } = layer;
  const spread = new (weights.constructor as Float32ArrayConstructor)(places.length * outputs);
  places.forEach((place, k) => {
    if (place >= 0) spread.set(weights.subarray(place * outputs, (place + 1) * outputs), k * outputs);
  });
  return { ...layer, inputs: places.length, weights: spread };
}

/** Adds numbers as float32; float16 is stored as such and cast in the graph. */
function addFloats(graph: Graph, name: string, dims: readonly number[], values: Float32Array | Uint16Array): string {
  if (values instanceof Float32Array) return addTensor(graph, name, dims, values);
  const stored = addTensor(graph, `${name}_stored`, dims, values);
  return addNode(graph, 'Cast', { inputs: [stored], output: name, attributes: [intAttribute('to', TYPE.float32)] });
}

function addWeights(graph: Graph, { inputs, outputs, weights, scales }: PackedLayer, name: string): string {
  if (!(weights instanceof Int8Array)) return addFloats(graph, name, [inputs, outputs], weights);
  const stored = addTensor(graph, `${name}_stored`, [inputs, outputs], weights);
  const scale = addFloats(graph, `${name}_scale`, [outputs], scales as Uint16Array);
  return addNode(graph, 'DequantizeLinear', {
    inputs: [stored, scale],
    output: name,
    attributes: [intAttribute('axis', 1)],
  });
}

/**
 * GELU in its tanh approximation (Hendrycks and Gimpel 2016), written as x sigmoid(x (a + b x^2)) with a = 2 sqrt(2 / pi)
 * and b = 0.044715 a.
 */
const GELU_CONSTANTS = [
  ['gelu_a', 1.5957691216057308],
  ['gelu_b', 0.07135481627260025],
] as const;

function addActivation(
  graph: Graph,
  activation: Activation,
  { input, output, prefix }: { readonly input: string; readonly output: string; readonly prefix: string },
): string {
  if (activation !== 'gelu')
    return addNode(graph, activation === 'tanh' ? 'Tanh' : 'Relu', { inputs: [input], output });
  const square = addNode(graph, 'Mul', { inputs: [input, input], output: `${output}_square` });
  const scaled = addNode(graph, 'Mul', { inputs: [square, `${prefix}gelu_b`], output: `${output}_scaled` });
  const factor = addNode(graph, 'Add', { inputs: [scaled, `${prefix}gelu_a`], output: `${output}_factor` });
  const inner = addNode(graph, 'Mul', { inputs: [input, factor], output: `${output}_inner` });
  const gate = addNode(graph, 'Sigmoid', { inputs: [inner], output: `${output}_gate` });
  return addNode(graph, 'Mul', { inputs: [input, gate], output });
}
