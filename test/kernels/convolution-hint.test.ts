// Hints on a convolutional student: the gradient against differences of the loss.
import { expect, test } from 'vitest';
import { openArena } from '../../src/kernels/memory.ts';
import { type Architecture, parseArchitecture } from '../../src/student/architecture.ts';
import { bindMatrix, createNetwork, inputsOf } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import { drawImages } from '../image-students.ts';
import { dice } from '../random.ts';

const cases: ['regression' | 'relation', Architecture][] = [
  ['regression', parseArchitecture('conv:5,9')],
  ['relation', parseArchitecture('conv:5,9')],
  ['regression', parseArchitecture('residual:4,6/7')],
  ['relation', parseArchitecture('separable:5,6/7', { activation: 'gelu' })],
];
test.each(cases)('%s, %j', (kind, architecture) => {
  const [rows, outputs, stride] = [12, 5, 8];
  const { features } = drawImages(rows, 3).dataset;
  const d = dice(8);
  using arena = openArena();
  const { kernels } = arena;
  const hint = kind === 'regression' ? outputs : 0;
  const net = createNetwork(arena, inputsOf(features), architecture, { hint, training: true });
  bindMatrix(arena, net, placeMatrix(arena, features), rows);
  const list = arena.put(Uint32Array.from({ length: rows }, (_, i) => i));
  const teacher = new Float32Array(rows * stride).map((_, i) => (i % stride < outputs ? d.real(-1, 1) : 0));
  const known = arena.put(teacher);
  const pairs = 8 * (1 + (rows * (rows - 1)) / 2);
  const [own, other] = [arena.reserve(pairs), arena.reserve(pairs)];
  if (kind === 'regression') expect(kernels.bindRegression(net, known, 2, 0)).toBe(1);
  else {
    kernels.teacherRelations(known, stride, list, 0, rows, rows, other, 0);
    expect(kernels.bindRelation(net, own, other, 20, 0)).toBe(1);
  }
  const q = arena.put(Float64Array.from({ length: rows }, () => d.real(-2, 2)));
  // with alpha 1 and these targets the loss is the hint's and that of the targets
  kernels.softenTargets(q, rows, 1, q, arena.reserve(8 * rows));
  kernels.bindTargets(net, list, arena.put(new Int8Array(rows)), q, arena.reserve(8 * rows), 0, 1, 1, 0.01, 0);
  kernels.startNetwork(net, 4, 0);
  const size = kernels.networkSize(net);
  const at = kernels.networkParameters(net);
  const p = arena.f32(at, size);
  // scales and shifts away from 1 and 0, but padding stays 0
  const start = p.map((x) => (x === 0 ? 0 : x + d.real(-0.1, 0.1)));
  const lossOf = (parameters: Float32Array): number => {
    arena.write(at, parameters);
    kernels.beginEpoch(net, 4, 0, 1);
    kernels.lossGradient(net, list, rows);
    return kernels.networkLoss(net) / rows;
  };
  lossOf(start);
  const gradient = arena.f32(kernels.networkGradient(net), size);
  const used = [...gradient.keys()].filter((i) => gradient[i] !== 0);
  // a slope along the gradient of every part of the parameters, and along random directions
  const parts = Array.from({ length: 8 }, (_, k) =>
    used.slice(Math.floor((k * used.length) / 8), Math.floor(((k + 1) * used.length) / 8)),
  );
  const directions = parts.map((part) => {
    const direction = new Float32Array(size);
    for (const i of part) direction[i] = (gradient[i] as number) + d.real(-0.02, 0.02);
    return direction;
  });
  for (const [k, direction] of directions.entries()) {
    const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
    const h = 1e-4 / length;
    const move = (by: number): Float32Array => start.map((x, i) => x + by * (direction[i] as number));
    const measured = (lossOf(move(h)) - lossOf(move(-h))) / (2 * h);
    const slope = gradient.reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
    expect(Math.abs(measured - slope) / (length * Math.max(1, length)), `part ${k}`).toBeLessThan(2e-3);
    expect(slope).toBeGreaterThan(0);
  }
});
