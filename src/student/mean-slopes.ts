// Mean slopes of a margin on the straight line from the row of zeros to a row: integrated gradients, in float64.
import { ACTIVATION } from '../kernels/activation.ts';
import type { Activation } from '../kernels/activation-names.ts';
import { sigmoid, tanh } from '../kernels/elementary.ts';
import type { LayerLayout, Layout } from '../kernels/layout.ts';
import type { SparseRow } from '../kernels/single-row.ts';

/** Steps on the line for networks of two or more hidden layers. */
const STEPS = 64;

/**
 * The mean derivative of the margin by an encoded column; value times slope, summed over a row's columns, is the margin's change.
 * Exact for logistic students and one hidden layer; deeper networks are followed in 64 steps, whose error is spread over the shares.
 */
export function slopes(p: Float32Array, shape: Layout, row: SparseRow): (column: number) => number {
  const [first, ...others] = shape.layers as [LayerLayout, ...LayerLayout[]];
  if (others.length === 0) return (column) => p[first.weight + column] as number;
  const { outputs, weight } = first;
  const change = new Float64Array(outputs);
  for (let i = 0; i < row.count; i++) {
    const at = weight + (row.columns[i] as number) * outputs;
    for (let j = 0; j < outputs; j++)
      change[j] = (change[j] as number) + (row.values[i] as number) * (p[at + j] as number);
  }
  const bias = Float64Array.from(p.subarray(first.bias, first.bias + outputs));
  const shares = unitShares(p, shape, bias, change);
  const slope = shares.map((share, j) => (change[j] === 0 ? 0 : share / (change[j] as number)));
  return (column) => {
    const at = weight + column * outputs;
    return slope.reduce((sum, s, j) => sum + s * (p[at + j] as number), 0);
  };
}

/** What each unit of the first layer adds to the margin while its input goes from bias to bias + change. */
function unitShares(
  p: Float32Array,
  { layers, activation, residual }: Layout,
  bias: Float64Array,
  change: Float64Array,
): Float64Array {
  const act = ACTIVATION[activation];
  const others = layers.slice(1);
  const steps = others.length === 1 ? 1 : STEPS;
  const unitsAt = (t: number): Float64Array => bias.map((b, j) => act(b + t * (change[j] as number)));
  const shares = new Float64Array(bias.length);
  let before = unitsAt(0);
  for (let k = 0; k < steps; k++) {
    const after = unitsAt((k + 1) / steps);
    const { gradient } = upper(p, { layers: others, activation, residual }, unitsAt((k + 0.5) / steps));
    for (let j = 0; j < shares.length; j++)
      shares[j] = (shares[j] as number) + (gradient[j] as number) * ((after[j] as number) - (before[j] as number));
    before = after;
  }
  const value = (units: Float64Array): number => upper(p, { layers: others, activation, residual }, units).margin;
  const rest = value(unitsAt(1)) - value(unitsAt(0)) - shares.reduce((sum, share) => sum + share, 0);
  const size = shares.reduce((sum, share) => sum + Math.abs(share), 0);
  return size === 0 ? shares : shares.map((share) => share + (rest * Math.abs(share)) / size);
}

/** The layers above the first: the margin for its units' outputs, and its gradient. */
function upper(
  p: Float32Array,
  { layers, activation, residual }: Pick<Layout, 'layers' | 'activation' | 'residual'>,
  units: Float64Array,
): { margin: number; gradient: Float64Array } {
  const act = ACTIVATION[activation];
  const inputs: Float64Array[] = [];
  const sums: Float64Array[] = [];
  let at = units;
  for (const layer of layers) {
    inputs.push(at);
    const sum = Float64Array.from(p.subarray(layer.bias, layer.bias + layer.outputs));
    at.forEach((x, i) => {
      for (let j = 0; j < layer.outputs; j++)
        sum[j] = (sum[j] as number) + x * (p[layer.weight + i * layer.outputs + j] as number);
    });
    sums.push(sum);
    const input = at;
    at = sum.map((z, j) => act(z) + (residual ? (input[j] as number) : 0));
  }
  const margin = sums.at(-1)?.[0] as number;
  let gradient = Float64Array.of(1);
  for (let l = layers.length - 1; l >= 0; l--) {
    const { outputs, weight } = layers[l] as LayerLayout;
    const isLast = l === layers.length - 1;
    const above = gradient;
    const d = isLast ? above : above.map((g, j) => g * derivative(activation, sums[l]?.[j] as number));
    gradient = (inputs[l] as Float64Array).map((_, i) => {
      let sum = residual && !isLast ? (above[i] as number) : 0;
      for (let j = 0; j < outputs; j++) sum += (d[j] as number) * (p[weight + i * outputs + j] as number);
      return sum;
    });
  }
  return { margin, gradient };
}

function derivative(activation: Activation, v: number): number {
  if (activation === 'relu') return v > 0 ? 1 : 0;
  if (activation === 'tanh') return (1 - tanh(v)) * (1 + tanh(v));
  // v sigmoid(v (a + b v^2)), as in kernels/activation.ts
  const [a, b] = [1.5957691216057308, 0.07135481627260025];
  const gate = sigmoid(v * (a + b * v * v));
  return gate + v * gate * (1 - gate) * (a + 3 * b * v * v);
}
