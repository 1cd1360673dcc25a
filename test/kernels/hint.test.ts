// Losses and hints of other methods: the TypeScript reference against PyTorch (test/golden/baselines.py), and the wasm against the
// reference, bit for bit.
import { expect, test } from 'vitest';
import { denseMatrix, denseRows } from '../../src/data/matrix.ts';
import { layout } from '../../src/kernels/layout.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { seedWords, words } from '../../src/kernels/random.ts';
import { STREAM_START } from '../../src/kernels/streams.ts';
import { virtualTeacher } from '../../src/loss/distillation.ts';
import { bindMatrix, createNetwork, readParameters } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import golden from '../golden/baselines.json' with { type: 'json' };
import { type Dice, dice } from '../random.ts';
import { type Example, gradient, lossOf, start } from './reference.ts';
import { regressionHint as regression, relationHint as relation } from './reference-hint.ts';
import { adamw } from './reference-optimizer.ts';
import { shuffle } from './reference-order.ts';

const close = (got: ArrayLike<number>, want: readonly number[], tolerance: number): void => {
  expect(got.length).toBe(want.length);
  want.forEach((w, i) => {
    expect(Math.abs((got[i] as number) - w), `value ${i}`).toBeLessThan(tolerance * Math.max(1, Math.abs(w)));
  });
};
const softplus = (v: number): number => Math.log1p(Math.exp(-Math.abs(v))) + Math.max(v, 0);
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const entropyOf = (q: number): number => -q * Math.log(q) - (1 - q) * Math.log(1 - q);

test('logit matching, weighted soft labels and the virtual teacher agree with PyTorch (1e-12)', () => {
  const { logitMatching: m, virtualTeacher: t } = golden;
  m.z.forEach((z, i) => {
    const example = { x: [], y: m.y[i] as number, q: m.v[i] as number, entropy: 0 };
    const { value, slope } = lossOf(z, example, m.alpha, 1, true);
    close([value, slope], [m.value[i] as number, m.slope[i] as number], 1e-12);
  });
  for (const w of golden.weightedSoftLabels) {
    w.z.forEach((z, i) => {
      const [y, v] = [w.y[i] as number, w.v[i] as number];
      const q = sigmoid(v / w.temperature);
      const example = { x: [], y, q, entropy: entropyOf(q), teacherLoss: softplus(v) - y * v };
      const { value, slope } = lossOf(z, example, w.alpha, w.temperature);
      close([value, slope], [w.value[i] as number, w.slope[i] as number], 1e-12);
    });
  }
  const { margins } = virtualTeacher(Int8Array.from(t.y), t.confidence);
  t.z.forEach((z, i) => {
    const q = sigmoid((margins[i] as number) / t.temperature);
    const { value, slope } = lossOf(
      z,
      { x: [], y: t.y[i] as number, q, entropy: entropyOf(q) },
      t.alpha,
      t.temperature,
    );
    close([value, slope], [t.value[i] as number, t.slope[i] as number], 1e-12);
  });
  expect([...virtualTeacher(Int8Array.of(1, 0, -1)).margins].map(Math.sign)).toEqual([1, -1, 0]);
});

const rowsOf = (rows: readonly (readonly number[])[]): Float32Array[] => rows.map((row) => Float32Array.from(row));

test.each(golden.regressionHint)('a regression hint on $hidden.length rows agrees with PyTorch (1e-6)', (g) => {
  const got = regression(rowsOf(g.hidden), rowsOf(g.features), Float32Array.from(g.regressor), g.weight);
  close([got.loss / g.hidden.length], [g.loss], 1e-6);
  close(
    got.deltas.flatMap((delta) => [...delta]),
    g.delta.flat(),
    1e-6,
  );
  close(got.g, g.g, 1e-6);
});

test.each(golden.relationHint)('a relation hint on $hidden.length rows agrees with PyTorch (1e-6)', (g) => {
  const got = relation(rowsOf(g.hidden), rowsOf(g.features), g.weight);
  close([got.loss / g.hidden.length], [g.loss], 1e-6);
  close(
    got.deltas.flatMap((delta) => [...delta]),
    g.delta.flat(),
    1e-6,
  );
});

test('a relation hint on equal rows or a single row has zero derivatives', () => {
  const same = rowsOf([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  for (const rows of [same, same.slice(0, 1)]) {
    const got = relation(rows, rows, 1);
    expect(got.loss).toBeCloseTo(0, 12);
    expect(got.deltas.every((delta) => delta.every((d) => d === 0))).toBe(true);
  }
});

interface Case {
  kind: 'none' | 'regression' | 'relation';
  hidden: number[];
  outputs: number;
  marginLoss?: boolean;
  weighted?: boolean;
  /** Whether the rows have weights, some of them 0. */
  rowWeights?: boolean;
  /** Every second row is closer to the one before than the smallest distance, below which the gradient of a pair is 0. */
  near?: boolean;
  rows: number;
  batch: number;
}
const cases: Case[] = [
  { kind: 'none', hidden: [9], outputs: 0, marginLoss: true, rows: 30, batch: 8 },
  { kind: 'none', hidden: [5, 3], outputs: 0, weighted: true, rows: 41, batch: 16 },
  { kind: 'regression', hidden: [6], outputs: 5, rows: 37, batch: 16 },
  { kind: 'regression', hidden: [10, 16], outputs: 33, weighted: true, rows: 64, batch: 64 },
  { kind: 'regression', hidden: [3], outputs: 1, marginLoss: true, rows: 9, batch: 1 },
  { kind: 'relation', hidden: [7], outputs: 12, rows: 33, batch: 16 },
  { kind: 'relation', hidden: [12, 16], outputs: 8, rows: 50, batch: 25 },
  { kind: 'relation', hidden: [6], outputs: 4, near: true, rows: 24, batch: 24 },
  { kind: 'regression', hidden: [6], outputs: 5, rowWeights: true, rows: 38, batch: 16 },
  { kind: 'relation', hidden: [7], outputs: 12, rowWeights: true, rows: 34, batch: 16 },
];

function inputs(d: Dice, rows: number, width: number): Float32Array[] {
  return Array.from({ length: rows }, () => Float32Array.from({ length: width }, () => d.real(-2, 2)));
}

test.each(cases)(
  'training: hint $kind to $outputs features, hidden $hidden, margin loss $marginLoss, weighted $weighted',
  (c) => {
    const { kind, hidden, outputs, rows, batch } = c;
    const d = dice(rows * 7 + batch);
    const features = 6;
    const drawn = inputs(d, rows, features);
    if (c.near)
      for (let i = 1; i < rows; i += 2)
        drawn[i] = (drawn[i - 1] as Float32Array).map((x, k) => (k === 0 ? x + 2e-7 : x));
    const matrix = denseMatrix(Float32Array.from(drawn.flatMap((x) => [...x])), features);
    const dense = denseRows(matrix, 0, rows);
    const hints = inputs(d, rows, outputs);
    const labels = Int8Array.from({ length: rows }, () => d.below(3) - 1);
    const margins = Float64Array.from({ length: rows }, () => d.real(-4, 4));
    const [seed, alpha, temperature, rate, decay, weight] = [rows, 0.6, c.marginLoss ? 1 : 2, 0.01, 0.1, 0.8];

    using arena = openArena();
    const { kernels } = arena;
    const net = createNetwork(
      arena,
      { width: features },
      { hidden },
      { hint: kind === 'none' ? undefined : kind === 'regression' ? outputs : 0 },
    );
    bindMatrix(arena, net, placeMatrix(arena, matrix), batch);
    const q = arena.put(margins);
    const entropy = arena.reserve(8 * rows);
    if (!c.marginLoss) kernels.softenTargets(q, rows, temperature, q, entropy);
    const losses = arena.reserve(8 * rows);
    kernels.labelLosses(arena.put(margins), arena.put(labels), rows, losses);
    kernels.setLoss(net, c.marginLoss ? 1 : 0, c.weighted ? losses : 0, 0);
    const weights = Float64Array.from({ length: rows }, () => (c.rowWeights ? d.below(4) / 2 : 1));
    const at = c.rowWeights ? arena.put(weights) : 0;
    const stride = (outputs + 7) & ~7;
    const padded = new Float32Array(rows * stride);
    hints.forEach((row, i) => {
      padded.set(row, i * stride);
    });
    const known = arena.put(padded);
    const pairs = 8 * (1 + (batch * (batch - 1)) / 2);
    const [own, other] = [arena.reserve(pairs), arena.reserve(pairs * Math.ceil(rows / batch))];
    if (kind === 'regression') expect(kernels.bindRegression(net, known, weight, at)).toBe(1);
    if (kind === 'relation') expect(kernels.bindRelation(net, own, other, weight, at)).toBe(1);
    const targets = arena.f64(q, rows);
    const entropies = arena.f64(entropy, rows);
    const teacherLosses = arena.f64(losses, rows);
    const order = arena.reserve(4 * rows);
    kernels.bindTargets(net, order, arena.put(labels), q, entropy, at, alpha, temperature, rate, decay);
    kernels.startNetwork(net, ...seedWords(seed));

    const plan = layout(features, { hidden });
    const top = hidden.at(-1) as number;
    const regressor = kind === 'regression' ? (top + 1) * outputs : 0;
    const p = new Float32Array(plan.size + regressor);
    p.set(start(plan, seed));
    if (regressor > 0) {
      const source = words(seed, STREAM_START, hidden.length + 1);
      const bound = Math.sqrt(3 / top);
      for (let i = 0; i < top * outputs; i++) p[plan.size + i] = (source.next().value * 2 ** -32 * 2 - 1) * bound;
    }
    const state = { m: new Float32Array(p.length), v: new Float32Array(p.length), power1: 1, power2: 1 };
    for (const epoch of [1, 2, 3]) {
      kernels.drawOrder(order, rows, ...seedWords(seed), epoch);
      kernels.beginEpoch(net, ...seedWords(seed), epoch);
      if (kind === 'relation') kernels.teacherRelations(known, stride, order, 0, rows, batch, other, at);
      kernels.trainRows(net, 0, rows);
      const visited = shuffle(rows, seed, epoch);
      let loss = 0;
      for (let from = 0; from < rows; from += batch) {
        const places = [...visited.subarray(from, from + batch)];
        const examples = places.map((i): Example => {
          const x = dense.subarray(i * features, (i + 1) * features);
          const more = { weight: weights[i] as number, ...(c.weighted && { teacherLoss: teacherLosses[i] as number }) };
          return { x, y: labels[i] as number, q: targets[i] as number, entropy: entropies[i] as number, ...more };
        });
        const hinted = places.map((i) => hints[i] as Float32Array);
        let extra = new Float32Array(0);
        const hint = (h: readonly Float32Array[]) => {
          const of = places.map((i) => weights[i] as number);
          const found =
            kind === 'relation'
              ? relation(h, hinted, weight, of)
              : regression(h, hinted, p.subarray(plan.size), weight, of);
          extra = found.g as Float32Array<ArrayBuffer>;
          return found;
        };
        const options = { marginLoss: c.marginLoss === true, ...(kind === 'none' ? {} : { hint }) };
        const step = gradient(p, plan, examples, alpha, temperature, options);
        if (extra.length > 0) step.g.set(extra, plan.size);
        loss += step.loss;
        adamw(p, step.g, state, rate, decay);
      }
      expect(readParameters(arena, net, { inputs: { width: features }, architecture: { hidden } })).toEqual(
        p.slice(0, plan.size),
      );
      expect(kernels.networkLoss(net)).toBeCloseTo(loss, 9);
    }
  },
);
