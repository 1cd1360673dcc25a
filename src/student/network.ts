// Networks in kernel memory, and their parameters as one vector: for each layer its weights [inputs x outputs] row-major, then its
// biases (kernels/layout.ts). The kernel pads hidden widths; the vector does not.
import { DebkdError } from '../io/errors.ts';
import type { Floats } from '../io/host-types.ts';
import { ACTIVATIONS } from '../kernels/activation.ts';
import { layout } from '../kernels/layout.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Architecture } from './architecture.ts';
import type { PlacedMatrix } from './placed-rows.ts';

/**
 * Creates a network in the arena and returns its handle.
 * @param dropout share of hidden units dropped in training
 * @param hint width of a regression hint's output, 0 for a relation hint; undefined without a hint
 * @throws DebkdError `memory`
 */
export function createNetwork(
  arena: Arena,
  features: number,
  architecture: Architecture,
  dropout: number = 0,
  hint?: number,
): number {
  const { hidden, activation = 'relu', residual = false } = architecture;
  const widths = arena.put(Uint32Array.from(hidden));
  const kind = ACTIVATIONS.indexOf(activation);
  const flags: [number, number, number] = [residual ? 1 : 0, dropout, hint === undefined ? 0 : 1];
  const net = arena.kernels.createNetwork(features, widths, hidden.length, kind, ...flags, hint ?? 0);
  if (net === 0)
    throw new DebkdError('memory', {
      subject: 'student',
      seen: 'no room for its parameters',
      remedy: 'use narrower layers',
    });
  return net;
}

/** Connects a network to its rows. @throws DebkdError `memory` */
export function bindMatrix(arena: Arena, net: number, matrix: PlacedMatrix, batch: number): void {
  const { data, columns, fields, dense } = matrix;
  if (!arena.kernels.bindRows(net, data, fields, columns, dense ? 1 : 0, batch)) {
    throw new DebkdError('memory', {
      subject: 'student',
      seen: `no room for batches of ${batch} rows`,
      remedy: { id: 'reduce-batch' },
    });
  }
}

/** Writes a parameter vector into the network. */
export function writeParameters(
  arena: Arena,
  net: number,
  features: number,
  architecture: Architecture,
  vector: Float32Array,
): void {
  const padded = new Float32Array(arena.kernels.networkSize(net));
  eachRow(arena, net, features, architecture, (plain, inner, length) => {
    padded.set(vector.subarray(plain, plain + length), inner);
  });
  arena.write(arena.kernels.networkParameters(net), padded);
}

/** Reads the network's parameters as a vector. @param from pointer to the padded values; default: the parameters */
export function readParameters(
  arena: Arena,
  net: number,
  features: number,
  architecture: Architecture,
  from: number = arena.kernels.networkParameters(net),
): Floats {
  const padded = arena.f32(from, arena.kernels.networkSize(net));
  const vector = new Float32Array(layout(features, architecture).size);
  eachRow(arena, net, features, architecture, (plain, inner, length) => {
    vector.set(padded.subarray(inner, inner + length), plain);
  });
  return vector;
}

/** Visits every weight row and bias with its offset in the plain vector, its offset in the padded one, and its length. */
function eachRow(
  { kernels }: Arena,
  net: number,
  features: number,
  architecture: Architecture,
  visit: (plain: number, inner: number, length: number) => void,
): void {
  layout(features, architecture).layers.forEach((layer, l) => {
    const weight = kernels.layerWeight(net, l) >>> 2;
    const stride = kernels.layerStride(net, l);
    for (let k = 0; k < layer.inputs; k++) visit(layer.weight + k * layer.outputs, weight + k * stride, layer.outputs);
    visit(layer.bias, kernels.layerBias(net, l) >>> 2, layer.outputs);
  });
}
