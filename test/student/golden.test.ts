// Losses, layers, gradients and AdamW against PyTorch (test/golden/training.py, float64 there).
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { layout } from '../../src/kernels/layout.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { type Architecture, checkArchitecture } from '../../src/student/architecture.ts';
import { bindMatrix, createNetwork, readParameters, writeParameters } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import golden from '../golden/training.json' with { type: 'json' };
import { forward } from '../kernels/reference.ts';

const ONE = { inputs: { width: 1 }, architecture: { hidden: [] } };

test.each(golden.losses)('loss at alpha $alpha, T $temperature: value within 1e-12, derivative within 1e-7', (g) => {
  using arena = openArena();
  const { kernels } = arena;
  const n = g.z.length;
  const q = arena.put(Float64Array.from(g.u));
  const entropy = arena.reserve(8 * n);
  kernels.softenTargets(q, n, g.temperature, q, entropy);
  // one logistic unit whose only input is the margin, so the network's loss is the loss of float32 margins
  const net = createNetwork(arena, ONE.inputs, ONE.architecture);
  bindMatrix(arena, net, placeMatrix(arena, denseMatrix(Float32Array.from(g.z), 1)), n);
  writeParameters(arena, net, ONE, Float32Array.of(1, 0));
  const labels = arena.put(Int8Array.from(g.y));
  kernels.bindTargets(net, arena.reserve(4 * n), labels, q, entropy, 0, g.alpha, g.temperature, 0, 0);
  g.z.forEach((z, i) => {
    kernels.beginEpoch(net, 1, 0, 1);
    kernels.lossGradient(net, arena.put(Uint32Array.of(i)), 1);
    const [, slope] = readParameters(arena, net, ONE, { from: kernels.networkGradient(net) });
    // the margin is rounded to float32 here, which changes the value by the slope times the rounding
    const shift = (g.slope[i] as number) * (Math.fround(z) - z);
    expect(Math.abs(kernels.networkLoss(net) - (g.value[i] as number) - shift)).toBeLessThan(1e-11);
    expect(Math.abs((slope as number) - (g.slope[i] as number))).toBeLessThan(2e-7 * Math.max(1, g.temperature));
  });
});

test.each(golden.networks)(
  'network $features-$hidden-1 $activation, residual $residual: margins, layers, gradient, 20 steps of AdamW and of SGD',
  (g) => {
    using arena = openArena();
    const { kernels } = arena;
    const rows = g.x.length;
    const shape = checkArchitecture(g as unknown as Architecture);
    const whole = { inputs: { width: g.features }, architecture: shape };
    const net = createNetwork(arena, whole.inputs, shape);
    const x = Float32Array.from(g.x.flat());
    bindMatrix(arena, net, placeMatrix(arena, denseMatrix(x, g.features)), rows);
    const parameters = Float32Array.from(g.start);
    const q = arena.put(Float64Array.from(g.u));
    const entropy = arena.reserve(8 * rows);
    kernels.softenTargets(q, rows, g.temperature, q, entropy);
    const labels = arena.put(Int8Array.from(g.y));
    const order = arena.reserve(4 * rows);
    kernels.bindTargets(net, order, labels, q, entropy, 0, g.alpha, g.temperature, g.rate, g.decay);
    kernels.startNetwork(net, 1, 0);
    writeParameters(arena, net, whole, parameters);
    kernels.beginEpoch(net, 1, 0, 1);
    const all = arena.put(Uint32Array.from({ length: rows }, (_, i) => i));
    const z = arena.reserve(4 * rows);
    kernels.predictRows(net, all, rows, z);
    close(arena.f32(z, rows), g.margins, 1e-6);
    kernels.lossGradient(net, all, rows);
    const plan = layout(g.features, shape);
    const activations = Array.from({ length: rows }, (_, i) =>
      forward(parameters, plan, x.subarray(i * g.features, (i + 1) * g.features)),
    );
    g.activations.forEach((want, l) => {
      close(
        activations.flatMap((a) => [...(a.hidden[l] as Float32Array)]),
        want.flat(),
        1e-6,
      );
    });
    expect(Math.abs(kernels.networkLoss(net) / rows - g.loss)).toBeLessThan(1e-6);
    close(readParameters(arena, net, whole, { from: kernels.networkGradient(net) }), g.gradient, 1e-6);

    for (let epoch = 1; epoch <= 20; epoch++) {
      kernels.drawOrder(order, rows, 1, 0, epoch);
      kernels.beginEpoch(net, 1, 0, epoch);
      kernels.trainRows(net, 0, rows);
    }
    // an AdamW step is about rate * sign(g) for small g, so a gradient near 0 may differ by a fraction of a step
    close(readParameters(arena, net, whole), g.after20, 2e-5);

    kernels.startNetwork(net, 1, 0);
    writeParameters(arena, net, whole, parameters);
    kernels.setOptimizer(net, 1, 0.9, 0.05);
    for (let epoch = 1; epoch <= 20; epoch++) {
      kernels.drawOrder(order, rows, 1, 0, epoch);
      kernels.beginEpoch(net, 1, 0, epoch);
      kernels.trainRows(net, 0, rows);
    }
    close(readParameters(arena, net, whole), g.sgd20, 1e-5);
  },
);

function close(got: ArrayLike<number>, want: readonly number[], tolerance: number): void {
  expect(got.length).toBe(want.length);
  want.forEach((w, i) => {
    expect(Math.abs((got[i] as number) - w), `value ${i}`).toBeLessThan(tolerance * Math.max(1, Math.abs(w)));
  });
}
