// Networks in kernel memory, and their parameters as one vector: for each convolution and then for each layer its weights
// [inputs x outputs] row-major, then its biases (kernels/layout.ts, kernels/trunk-layout.ts). The kernel pads channels and hidden
// widths; the vector does not. In training a convolution has batch normalisation, which the vector's weights and biases include.
import type { Matrix, StoredMatrix } from '../data/matrix.ts';
import { DebkdError } from '../io/errors.ts';
import type { Floats } from '../io/host-types.ts';
import { ACTIVATIONS } from '../kernels/activation-names.ts';
import type { Arena } from '../kernels/memory.ts';
import { type ImageShape, type NetworkInputs, networkLayout, type StageLayout } from '../kernels/trunk-layout.ts';
import type { Architecture } from './architecture.ts';
import type { PlacedMatrix } from './placed-rows.ts';

/** What a network takes from encoded rows. */
export function inputsOf(matrix: Matrix | StoredMatrix): NetworkInputs {
  return { width: matrix.width, image: 'read' in matrix ? matrix.imageForm : matrix.images };
}

/** Options of createNetwork. */
interface NetworkOptions {
  /** Share of hidden units dropped in training; default 0. */
  readonly dropout?: number;
  /** Width of a regression hint's output, 0 for a relation hint; undefined without a hint. */
  readonly hint?: number | undefined;
  /** Whether convolutions have batch normalisation; default false. */
  readonly training?: boolean;
}

/**
 * Creates a network in the arena and returns its handle.
 * @throws DebkdError `memory`; `value` if the rows have an image and the architecture no convolutions, or the reverse
 */
export function createNetwork(
  arena: Arena,
  inputs: NetworkInputs,
  architecture: Architecture,
  { dropout = 0, hint, training = false }: NetworkOptions = {},
): number {
  checkImage(inputs, architecture);
  const { hidden, activation = 'relu', residual = false } = architecture;
  const { stages, features } = networkLayout(inputs, architecture);
  const trunk = stages.length > 0 ? createTrunk(arena, stages, inputs.image as ImageShape, training) : 0;
  const widths = arena.put(Uint32Array.from(hidden));
  const kind = ACTIVATIONS.indexOf(activation);
  const flags: [number, number, number] = [residual ? 1 : 0, dropout, hint === undefined ? 0 : 1];
  const net = arena.kernels.createNetwork(features, widths, hidden.length, kind, ...flags, hint ?? 0, trunk);
  return net === 0 ? noRoom() : net;
}

function createTrunk(
  arena: Arena,
  stages: readonly StageLayout[],
  { size, channels }: ImageShape,
  training: boolean,
): number {
  const shape = stages.flatMap(({ depthwise, kernel, step, outputs, residual }) => [
    depthwise ? 1 : 0,
    kernel,
    step,
    outputs,
    residual ? 1 : 0,
  ]);
  const at = arena.put(Uint32Array.from(shape));
  const trunk = arena.kernels.createTrunk(at, stages.length, ...size, channels, training ? 1 : 0);
  return trunk === 0 ? noRoom() : trunk;
}

function noRoom(): never {
  throw new DebkdError('memory', {
    subject: 'student',
    seen: 'no room for its parameters',
    remedy: 'use narrower layers',
  });
}

/** @throws DebkdError `value` */
export function checkImage({ image }: NetworkInputs, { conv }: Architecture): void {
  if ((image === undefined) === (conv === undefined)) return;
  throw new DebkdError('value', {
    subject: 'student',
    seen: image
      ? 'an architecture without convolutions, and the rows have images'
      : 'convolutions, and the rows have no images',
    expected: image ? 'convolutions, such as conv:8,16,32' : 'hidden layers such as 16, or logistic',
    remedy: image ? { id: 'choose-student' } : ['give a table with images', { id: 'choose-student' }],
  });
}

/** Connects a network to its rows. @throws DebkdError `memory` */
export function bindMatrix(arena: Arena, net: number, matrix: PlacedMatrix, batch: number): void {
  const { data, columns, fields, dense, images } = matrix;
  const { kernels } = arena;
  if (!kernels.bindRows(net, data, fields, columns, dense ? 1 : 0, batch)) {
    throw new DebkdError('memory', {
      subject: 'student',
      seen: `no room for batches of ${batch} rows`,
      remedy: { id: 'reduce-batch' },
    });
  }
  if (images) kernels.bindImages(net, images.pixels, images.values, images.field, images.offset, images.width);
}

/** The shape of a network's parameters. */
interface NetworkShape {
  readonly inputs: NetworkInputs;
  readonly architecture: Architecture;
}

/**
 * Writes a parameter vector into a network without convolutions, or one that is not in training.
 * @param options.keep whether other values stay, such as a hint's regressor; default: they become 0
 */
export function writeParameters(
  arena: Arena,
  net: number,
  shape: NetworkShape,
  vector: Float32Array,
  { keep = false }: { readonly keep?: boolean } = {},
): void {
  const size = arena.kernels.networkSize(net);
  const padded = keep ? arena.f32(arena.kernels.networkParameters(net), size).slice() : new Float32Array(size);
  eachRow(arena, net, shape, (plain, inner, length) => {
    padded.set(vector.subarray(plain, plain + length), inner);
  });
  arena.write(arena.kernels.networkParameters(net), padded);
}

/**
 * Reads a network's parameters as a vector.
 * @param options.from pointer to the padded values; default: the parameters
 * @param options.training whether the network is in training; default false
 */
export function readParameters(
  arena: Arena,
  net: number,
  shape: NetworkShape,
  { from, training = false }: { readonly from?: number; readonly training?: boolean } = {},
): Floats {
  const { kernels } = arena;
  const padded = arena.f32(from ?? kernels.networkParameters(net), kernels.networkSize(net));
  const layout = networkLayout(shape.inputs, shape.architecture);
  const vector = new Float32Array(layout.size);
  eachRow(arena, net, shape, (plain, inner, length) => {
    vector.set(padded.subarray(inner, inner + length), plain);
  });
  if (training) for (const [l, stage] of layout.stages.entries()) foldStage(arena, net, { stage, l, padded, vector });
  return vector;
}

/** The constant that batch normalisation adds to variances (assembly/batch-norm.ts). */
const EPSILON = 1e-5;

/** Multiplies a stage's weights by the factors of its batch normalisation, and writes its biases. */
function foldStage(
  arena: Arena,
  net: number,
  { stage, l, padded, vector }: { stage: StageLayout; l: number; padded: Float32Array; vector: Float32Array },
): void {
  const { kernels } = arena;
  const { weight, bias, outputs } = stage;
  const stride = kernels.stageStride(net, l);
  const scales = kernels.stageBias(net, l) >>> 2;
  const statistics = arena.f32(kernels.stageStatistics(net, l), 2 * stride);
  for (let j = 0; j < outputs; j++) {
    const variance = statistics[stride + j] as number;
    const factor = (padded[scales + j] as number) / Math.sqrt(variance + EPSILON);
    for (let at = weight + j; at < bias; at += outputs) vector[at] = (vector[at] as number) * factor;
    vector[bias + j] = (padded[scales + stride + j] as number) - (statistics[j] as number) * factor;
  }
}

/** Visits every weight row and bias with its offset in the plain vector, its offset in the padded one, and its length. */
function eachRow(
  { kernels }: Arena,
  net: number,
  { inputs, architecture }: NetworkShape,
  visit: (plain: number, inner: number, length: number) => void,
): void {
  const { stages, layers } = networkLayout(inputs, architecture);
  let channels = stages[0]?.inputs ?? 0; // of the input, with padding
  stages.forEach((stage, l) => {
    const { depthwise, kernel, inputs: own, outputs } = stage;
    const stride = kernels.stageStride(net, l);
    const weight = kernels.stageWeight(net, l) >>> 2;
    const [rows, padded] = depthwise ? [1, 1] : [own, channels];
    for (let place = 0; place < kernel * kernel; place++)
      for (let c = 0; c < rows; c++)
        visit(stage.weight + (place * rows + c) * outputs, weight + (place * padded + c) * stride, outputs);
    visit(stage.bias, kernels.stageBias(net, l) >>> 2, outputs);
    channels = stride;
  });
  layers.forEach((layer, l) => {
    const weight = kernels.layerWeight(net, l) >>> 2;
    const stride = kernels.layerStride(net, l);
    for (let k = 0; k < layer.inputs; k++) visit(layer.weight + k * layer.outputs, weight + k * stride, layer.outputs);
    visit(layer.bias, kernels.layerBias(net, l) >>> 2, layer.outputs);
  });
}
