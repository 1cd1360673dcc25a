// A student's network as ONNX nodes: Gemm and activation for each layer, then a Sigmoid.
import type { ImageColumn } from '../data/image-column.ts';
import { quote } from '../io/errors.ts';
import type { Activation } from '../kernels/activation-names.ts';
import type { StageLayout } from '../kernels/trunk-layout.ts';
import { type PackedLayer, packLayers } from '../student/pack-layers.ts';
import type { Student } from '../student/student.ts';
import { studentLayout } from '../student/student-layout.ts';
import type { GraphRows } from './onnx-columns.ts';
import { PREFIX } from './onnx-inputs.ts';
import { addNode, addTensor, type Graph, intAttribute, intsAttribute, TYPE, tensorInfo } from './onnx-model.ts';
import { type TensorShape, tensorShapes } from './tensor-shapes.ts';

/**
 * Adds the network from rows to `probability`.
 * @param rows the encoded rows, or rows of other columns
 * @param prefix of the names of nodes and constants
 */
export function addNetwork(graph: Graph, student: Student, rows: GraphRows, prefix: string = ''): void {
  const { activation = 'relu', residual } = student.architecture;
  const layers = packLayers(student).slice(stagesOf(student).length);
  if (rows.places) layers[0] = withInputs(layers[0] as PackedLayer, rows.places);
  if (activation === 'gelu') {
    for (const [name, value] of GELU_CONSTANTS) addTensor(graph, prefix + name, [], Float32Array.of(value));
  }
  let input = rows.name;
  layers.forEach((layer, l) => {
    const { inputs, outputs } = layer;
    const weight = addWeights(graph, `${prefix}weight${l}`, { ...layer, dims: [inputs, outputs], axis: 1 });
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

function stagesOf({ preprocessing, architecture }: Student): readonly StageLayout[] {
  return studentLayout(preprocessing, architecture).stages;
}

/**
 * Adds the trunk of a student of images.
 * @param pixels the image's bytes, uint8 [batch, height, width, channels]
 * @param prefix of the names of nodes and constants
 * @returns the mean of each channel, float32 [batch, outputs]
 */
export function addTrunk(graph: Graph, student: Student, pixels: string, prefix: string = ''): string {
  const node = (operator: string, output: string, inputs: readonly string[], attributes: readonly Uint8Array[] = []) =>
    addNode(graph, operator, { inputs, output: `${prefix}${output}`, attributes });
  const numbers = (name: string, values: readonly number[]): string =>
    addTensor(graph, `${prefix}${name}`, [values.length], Float32Array.from(values));
  const { mean, std } = student.preprocessing.columns.find(
    (one): one is ImageColumn => one.kind === 'image',
  ) as ImageColumn;
  const bytes = node('Cast', 'bytes', [pixels], [intAttribute('to', TYPE.float32)]);
  const means = numbers(
    'pixel_mean',
    mean.map((m) => 255 * m),
  );
  const centred = node('Sub', 'centred_pixels', [bytes, means]);
  const scaled = node('Div', 'pixels', [
    centred,
    numbers(
      'pixel_std',
      std.map((s) => 255 * s),
    ),
  ]);
  let input = node('Transpose', 'channels', [scaled], [intsAttribute('perm', [0, 3, 1, 2])]);
  const packed = packLayers(student);
  const tensors = tensorShapes(student);
  stagesOf(student).forEach(({ depthwise, kernel, step, residual, outputs }, l) => {
    const { weights, scales, biases } = packed[l] as PackedLayer;
    const { shape, indexOf } = tensors[l] as TensorShape;
    const own = weights.map((_, i) => weights[indexOf(i)] as number);
    const weight = addWeights(graph, `${prefix}filter${l}`, { dims: shape, axis: 0, weights: own, scales });
    const bias = addFloats(graph, `${prefix}filter_bias${l}`, [outputs], biases);
    const border = kernel >> 1;
    const sums = node(
      'Conv',
      `convolved${l}`,
      [input, weight, bias],
      [
        intsAttribute('kernel_shape', [kernel, kernel]),
        intsAttribute('strides', [step, step]),
        intsAttribute('pads', [border, border, border, border]),
        intAttribute('group', depthwise ? outputs : 1),
      ],
    );
    input = node('Relu', `stage${l}`, [residual ? node('Add', `joined${l}`, [sums, input]) : sums]);
  });
  const pooled = node('GlobalAveragePool', 'pooled', [input]);
  return node('Flatten', 'means', [pooled], [intAttribute('axis', 1)]);
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

/** Weights and the form of their tensor; `axis` is the outputs' axis, which int8 scales belong to. */
interface WeightTensor extends Pick<PackedLayer, 'weights'> {
  readonly dims: readonly number[];
  readonly axis: number;
  readonly scales?: Uint16Array | undefined;
}

function addWeights(graph: Graph, name: string, { dims, axis, weights, scales }: WeightTensor): string {
  if (!(weights instanceof Int8Array)) return addFloats(graph, name, dims, weights);
  const stored = addTensor(graph, `${name}_stored`, dims, weights);
  const scale = addFloats(graph, `${name}_scale`, [dims[axis] as number], scales as Uint16Array);
  return addNode(graph, 'DequantizeLinear', {
    inputs: [stored, scale],
    output: name,
    attributes: [intAttribute('axis', axis)],
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

/**
 * Adds the output `label`, from `probability`, and `defer` for a student with a deferral band. A student with thresholds of groups has no
 * label here: it depends on a column that the model may not take, and the label by the common threshold would be wrong.
 * @returns what the outputs are
 */
export function addAnswers(graph: Graph, { threshold, groupThresholds, defer }: Student): Uint8Array[] {
  if (groupThresholds) return [tensorInfo('probability', TYPE.float32, 1)];
  const double = addNode(graph, 'Cast', {
    inputs: ['probability'],
    output: `${PREFIX}probability`,
    attributes: [intAttribute('to', TYPE.float64)],
  });
  const limit = addTensor(graph, `${PREFIX}threshold`, [], Float64Array.of(threshold));
  const above = addNode(graph, 'GreaterOrEqual', { inputs: [double, limit], output: `${PREFIX}above` });
  addNode(graph, 'Cast', { inputs: [above], output: 'label', attributes: [intAttribute('to', TYPE.int64)] });
  const outputs = [tensorInfo('probability', TYPE.float32, 1), tensorInfo('label', TYPE.int64, 1)];
  if (!defer) return outputs;
  const [from, to] = (['from', 'to'] as const).map((end) =>
    addTensor(graph, `${PREFIX}${end}`, [], Float64Array.of(defer[end])),
  );
  const isAbove = addNode(graph, 'Greater', { inputs: [double, from as string], output: `${PREFIX}above_from` });
  const isBelow = addNode(graph, 'Less', { inputs: [double, to as string], output: `${PREFIX}below_to` });
  const inside = addNode(graph, 'And', { inputs: [isAbove, isBelow], output: `${PREFIX}inside` });
  addNode(graph, 'Cast', { inputs: [inside], output: 'defer', attributes: [intAttribute('to', TYPE.int64)] });
  return [...outputs, tensorInfo('defer', TYPE.int64, 1, '1 where someone else should decide')];
}

/** What the models of a student with thresholds of groups lack; empty for other students. */
export function groupNotes({ groupThresholds }: Pick<Student, 'groupThresholds'>): string[] {
  if (!groupThresholds) return [];
  return [
    `there is no label, because the threshold depends on column ${quote(groupThresholds.column)}: compare the probability with the threshold of the row's group (groupThresholds of the metadata), or threshold for other values`,
  ];
}

/** The metadata of a student's decision: its threshold, those of its groups and its deferral band. */
export function decisionOf({ threshold, groupThresholds, defer }: Student): object {
  return { threshold, ...(groupThresholds && { groupThresholds }), ...(defer && { defer }) };
}

/** The metadata of a quantised student. */
export function quantizationOf({ quantization }: Student): object {
  return quantization ? { quantization: { form: quantization.form, loss: quantization.loss } } : {};
}
