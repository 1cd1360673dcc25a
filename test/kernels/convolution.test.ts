// Convolutional students against PyTorch (test/golden/convolution.py, float64 there).
import { describe, expect, test } from 'vitest';
import { IMAGE_FIELD, type Matrix } from '../../src/data/matrix.ts';
import { type Arena, openArena } from '../../src/kernels/memory.ts';
import { type NetworkInputs, networkLayout } from '../../src/kernels/trunk-layout.ts';
import { type Architecture, type Blocks, checkArchitecture } from '../../src/student/architecture.ts';
import { bindMatrix, createNetwork, inputsOf, readParameters, writeParameters } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import golden from '../golden/convolution.json' with { type: 'json' };

type Case = (typeof golden.cases)[number];
type Parts = Case['start'];

/** The rows of a case: `before` numbers, the image, `after` numbers. */
function matrixOf({ size, colours, mean, std, pixels, columns, before, after, rows }: Case): Matrix {
  const [height = 0, width = 0] = size;
  const pixelColumns = height * width * colours;
  const fields = before + 1 + after;
  const fieldColumns = Int32Array.from({ length: fields }, (_, s) =>
    s < before ? s : s === before ? IMAGE_FIELD : s - 1 + pixelColumns,
  );
  const data = new Int32Array(rows * fields);
  const floats = new Float32Array(data.buffer);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < before + after; k++)
      floats[i * fields + (k < before ? k : k + 1)] = columns[i * (before + after) + k] as number;
    data[i * fields + before] = rows - 1 - i; // images are not in the order of the rows
  }
  const length = pixels.length / rows;
  const reversed = Array.from({ length: rows }, (_, i) =>
    pixels.slice((rows - 1 - i) * length, (rows - i) * length),
  ).flat();
  const form = { size: [height, width] as const, channels: colours as 1 | 3, mean, std, offset: before };
  const images = { ...form, pixels: Uint8Array.from(reversed), looks: new Float32Array(rows * 11) };
  return { rows, fields, width: before + pixelColumns + after, fieldColumns, data, images };
}

function shapeOf({ channels, kernel, blocks, hidden }: Case): Architecture {
  return checkArchitecture({ hidden, conv: { channels, kernel: kernel as 3 | 5, blocks: blocks as Blocks } });
}

interface Whole {
  readonly inputs: NetworkInputs;
  readonly architecture: Architecture;
}

/** Weights and scales, or weights and biases, as the vector of parameters; the shifts of stages apart. */
function flat({ stages, layers }: Parts): Float32Array {
  return Float32Array.from([
    ...stages.flatMap(({ weights, scales }) => [...weights, ...scales]),
    ...layers.flatMap(({ weights, biases }) => [...weights, ...biases]),
  ]);
}

function writeTraining(arena: Arena, net: number, whole: Whole, parts: Parts): void {
  const { kernels } = arena;
  writeParameters(arena, net, whole, flat(parts));
  parts.stages.forEach(({ shifts }, l) => {
    const at = kernels.stageBias(net, l) + 4 * kernels.stageStride(net, l);
    arena.write(kernels.networkParameters(net) + at, Float32Array.from(shifts));
  });
}

/** Expects the parameters, or their gradient, of a network in training. */
function expectTraining(
  arena: Arena,
  net: number,
  whole: Whole,
  { want, from, tolerance }: { want: Parts; from: number; tolerance: number },
): void {
  const { kernels } = arena;
  close(readParameters(arena, net, whole, { from }), [...flat(want)], tolerance);
  want.stages.forEach(({ shifts }, l) => {
    const at = from + kernels.stageBias(net, l) + 4 * kernels.stageStride(net, l);
    close(arena.f32(at, shifts.length), shifts, tolerance);
  });
}

/** Opens a case's network in training, at its parameters. */
function open(arena: Arena, g: Case) {
  const { kernels } = arena;
  const matrix = matrixOf(g);
  const whole = { inputs: inputsOf(matrix), architecture: shapeOf(g) };
  const placed = placeMatrix(arena, matrix);
  const net = createNetwork(arena, whole.inputs, whole.architecture, { training: true });
  bindMatrix(arena, net, placed, g.rows);
  const q = arena.put(Float64Array.from(g.u));
  const entropy = arena.reserve(8 * g.rows);
  kernels.softenTargets(q, g.rows, g.temperature, q, entropy);
  const rows = arena.put(Uint32Array.from({ length: g.rows }, (_, i) => i));
  kernels.bindTargets(
    net,
    rows,
    arena.put(Int8Array.from(g.y)),
    q,
    entropy,
    0,
    g.alpha,
    g.temperature,
    g.rate,
    g.decay,
  );
  kernels.startNetwork(net, 1, 0);
  writeTraining(arena, net, whole, g.start);
  kernels.beginEpoch(net, 1, 0, 1);
  return { kernels, matrix, whole, placed, net, rows };
}

describe.each(golden.cases)('$blocks $channels, windows of $kernel, $size x $colours, hidden $hidden', (g) => {
  test('loss, gradients and running statistics of a batch; margins in inference', () => {
    using arena = openArena();
    const { kernels, whole, placed, net, rows } = open(arena, g);
    kernels.lossGradient(net, rows, g.rows);
    expect(kernels.networkLoss(net) / g.rows).toBeCloseTo(g.loss, 5);
    expectTraining(arena, net, whole, { want: g.gradient, from: kernels.networkGradient(net), tolerance: 2e-5 });
    g.statistics.forEach(({ means, variances }, l) => {
      const stride = kernels.stageStride(net, l);
      const got = arena.f32(kernels.stageStatistics(net, l), 2 * stride);
      close(got.subarray(0, means.length), means, 1e-6);
      close(got.subarray(stride, stride + means.length), variances, 1e-6);
    });
    const answering = createNetwork(arena, whole.inputs, whole.architecture);
    bindMatrix(arena, answering, placed, 2);
    writeParameters(arena, answering, whole, readParameters(arena, net, whole, { training: true }));
    const z = arena.reserve(4 * g.rows);
    kernels.predictRows(answering, rows, g.rows, z);
    close(arena.f32(z, g.rows), g.inference, 2e-5);
  });

  test('three steps of AdamW', () => {
    using arena = openArena();
    const { kernels, whole, net } = open(arena, g);
    kernels.setOptimizer(net, 0, 0, g.rate);
    for (let epoch = 1; epoch <= 3; epoch++) {
      kernels.beginEpoch(net, 1, 0, epoch);
      kernels.trainRows(net, 0, g.rows);
    }
    // a step is about rate * sign(g) for small g, so a gradient near 0 may differ by a fraction of a step
    expectTraining(arena, net, whole, { want: g.after3, from: kernels.networkParameters(net), tolerance: 5e-4 });
  });

  test('the padding of channels, units and features stays zero', () => {
    using arena = openArena();
    const { kernels, whole, net } = open(arena, g);
    kernels.setOptimizer(net, 0, 0, g.rate);
    kernels.trainRows(net, 0, g.rows);
    const at = kernels.networkParameters(net);
    const size = kernels.networkSize(net);
    const all = arena.f32(at, size);
    // a network whose parameters are the same without padding: what is left of `all` after it is subtracted is padding
    const used = new Float32Array(size);
    const plain = readParameters(arena, net, whole);
    const ones = createNetwork(arena, whole.inputs, whole.architecture, { training: true });
    writeParameters(arena, ones, whole, plain.fill(1));
    used.set(arena.f32(kernels.networkParameters(ones), size));
    g.start.stages.forEach(({ shifts }, l) => {
      const from = (kernels.stageBias(net, l) >>> 2) + kernels.stageStride(net, l);
      used.fill(1, from, from + shifts.length);
    });
    expect(used.some((one) => one === 0)).toBe(true);
    expect(all.filter((_, i) => used[i] === 0).every((x) => x === 0)).toBe(true);
  });
});

test('the layout has as many parameters as the golden file', () => {
  for (const g of golden.cases)
    expect(networkLayout(inputsOf(matrixOf(g)), shapeOf(g)).size).toBe(flat(g.start).length);
});

function close(got: ArrayLike<number>, want: readonly number[], tolerance: number): void {
  expect(got.length).toBe(want.length);
  want.forEach((w, i) => {
    expect(Math.abs((got[i] as number) - w), `value ${i}`).toBeLessThan(tolerance * Math.max(1, Math.abs(w)));
  });
}
