// The wasm kernels against reference.ts, bit for bit, on random shapes.
import { expect, test } from 'vitest';
import { denseRows, type Matrix } from '../../src/data/matrix.ts';
import { layout } from '../../src/kernels/layout.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { below, philox, seedWords, words } from '../../src/kernels/random.ts';
import * as streams from '../../src/kernels/streams.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import { bindMatrix, createNetwork, inputsOf, readParameters } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import { type Dice, dice } from '../random.ts';
import { type Example, forward, gradient, keepUnits, lossOf, start } from './reference.ts';
import { adamw, sgd } from './reference-optimizer.ts';
import { shuffle } from './reference-order.ts';

/** Random rows with `numeric` numbers, then `categorical` categories of 1 to 9 one-hot columns. */
function randomMatrix(d: Dice, rows: number, numeric: number, categorical: number): Matrix {
  const sizes = Array.from({ length: categorical }, () => 1 + d.below(9));
  const slots = numeric + categorical;
  const words = new Int32Array(rows * slots);
  const floats = new Float32Array(words.buffer);
  for (let i = 0; i < rows; i++) {
    for (let s = 0; s < numeric; s++) floats[i * slots + s] = d.below(7) === 0 ? 0 : d.real(-3, 3);
    let offset = numeric;
    sizes.forEach((size, c) => {
      words[i * slots + numeric + c] = d.below(10) === 0 ? -1 : offset + d.below(size);
      offset += size;
    });
  }
  const fieldColumns = Int32Array.from({ length: slots }, (_, s) => (s < numeric ? s : -1));
  return {
    rows,
    fields: slots,
    width: numeric + sizes.reduce((a, b) => a + b, 0),
    fieldColumns: fieldColumns,
    data: words,
  };
}

interface Shape extends Architecture {
  numeric: number;
  categorical: number;
  dropout?: number;
  rows: number;
  batch: number;
}
const shapes: Shape[] = [
  { numeric: 1, categorical: 0, hidden: [], rows: 1, batch: 1 },
  { numeric: 1, categorical: 0, hidden: [1], rows: 3, batch: 2 },
  { numeric: 0, categorical: 1, hidden: [], rows: 7, batch: 3 },
  { numeric: 0, categorical: 3, hidden: [5], rows: 17, batch: 16 },
  { numeric: 13, categorical: 0, hidden: [7, 3], rows: 33, batch: 8 },
  { numeric: 5, categorical: 4, hidden: [16], rows: 70, batch: 64 },
  { numeric: 9, categorical: 2, hidden: [33, 17, 9], rows: 50, batch: 31 },
  { numeric: 40, categorical: 0, hidden: [64, 40], rows: 130, batch: 65 },
];
shapes.push(
  { numeric: 5, categorical: 2, hidden: [9, 6], activation: 'tanh', rows: 40, batch: 16 },
  { numeric: 13, categorical: 0, hidden: [17], activation: 'gelu', rows: 33, batch: 8 },
  { numeric: 3, categorical: 3, hidden: [10, 10, 10], residual: true, rows: 37, batch: 9 },
  {
    numeric: 8,
    categorical: 0,
    hidden: [12, 12],
    residual: true,
    activation: 'gelu',
    dropout: 0.2,
    rows: 50,
    batch: 50,
  },
  { numeric: 4, categorical: 1, hidden: [19, 7], dropout: 0.5, rows: 70, batch: 32 },
  {
    numeric: 6,
    categorical: 2,
    hidden: [8, 8, 8],
    residual: true,
    activation: 'tanh',
    dropout: 0.1,
    rows: 41,
    batch: 5,
  },
);
const d0 = dice(99);
for (let i = 0; i < 24; i++) {
  const hidden = Array.from({ length: d0.below(4) }, () => 1 + d0.below(i % 3 === 0 ? 70 : 20));
  const numeric = d0.below(20);
  shapes.push({
    numeric,
    categorical: numeric === 0 ? 2 : d0.below(5),
    hidden,
    rows: 1 + d0.below(90),
    batch: 1 + d0.below(40),
  });
}

test.each(shapes)(
  'training: $numeric + $categorical slots, hidden $hidden $activation residual $residual dropout $dropout, $rows rows, batches of $batch',
  (shape) => {
    const { numeric, categorical, rows, batch, dropout = 0 } = shape;
    const d = dice(rows * 1000 + batch);
    const matrix = randomMatrix(d, rows, numeric, categorical);
    const dense = denseRows(matrix, 0, rows);
    const labels = Int8Array.from({ length: rows }, () => d.below(3) - 1);
    const margins = Float64Array.from(
      { length: rows },
      () => [d.real(-4, 4), Infinity, -Infinity][d.below(8) >> 2 ? 0 : d.below(3)] as number,
    );
    const seed = 2 ** 40 + rows;
    const [alpha, temperature, rate, decay] = [
      [1, 1],
      [0.3, 2],
      [0, 1],
      [0.5, 1],
    ][rows % 4]!.concat([0.01, 0.1]) as [number, number, number, number];

    using arena = openArena();
    const { kernels } = arena;
    const net = createNetwork(arena, inputsOf(matrix), shape, { dropout });
    bindMatrix(arena, net, placeMatrix(arena, matrix), batch);
    const q = arena.put(margins);
    const entropy = arena.reserve(8 * rows);
    kernels.softenTargets(q, rows, temperature, q, entropy);
    const targets = arena.f64(q, rows);
    const entropies = arena.f64(entropy, rows);
    const weights = rows % 2 ? Float64Array.from({ length: rows }, () => d.real(0, 5)) : undefined;
    const place = arena.reserve(4 * rows);
    kernels.bindTargets(
      net,
      place,
      arena.put(labels),
      q,
      entropy,
      weights ? arena.put(weights) : 0,
      alpha,
      temperature,
      rate,
      decay,
    );
    kernels.startNetwork(net, ...seedWords(seed));

    const plan = layout(matrix.width, shape);
    const { size } = plan;
    const p = start(plan, seed);
    expect(readParameters(arena, net, { inputs: inputsOf(matrix), architecture: shape })).toEqual(p);

    const state = { m: new Float32Array(size), v: new Float32Array(size), power1: 1, power2: 1 };
    const row = (i: number): Float32Array => dense.subarray(i * matrix.width, (i + 1) * matrix.width);
    for (const epoch of [1, 2, 3, 4]) {
      // two epochs of AdamW, then two of SGD, whose momentum starts from AdamW's first moment
      const useSgd = epoch > 2;
      kernels.setOptimizer(net, useSgd ? 1 : 0, 0.9, rate);
      kernels.drawOrder(place, rows, ...seedWords(seed), epoch);
      kernels.beginEpoch(net, ...seedWords(seed), epoch);
      kernels.trainRows(net, 0, rows);
      const order = shuffle(rows, seed, epoch);
      let loss = 0;
      for (let from = 0; from < rows; from += batch) {
        const examples = Array.from(order.subarray(from, from + batch), (i): Example => {
          const weight = weights?.[i] ?? 1;
          return {
            x: row(i),
            y: labels[i] as number,
            q: targets[i] as number,
            entropy: entropies[i] as number,
            weight,
          };
        });
        const keeps = examples.map((_, i) => keepUnits(dropout, seed, epoch, from + i));
        const step = gradient(p, plan, examples, alpha, temperature, { keeps: dropout > 0 ? keeps : undefined });
        loss += step.loss;
        if (useSgd) sgd(p, step.g, state.m, rate, 0.9, decay);
        else adamw(p, step.g, state, rate, decay);
      }
      expect(readParameters(arena, net, { inputs: inputsOf(matrix), architecture: shape })).toEqual(p);
      expect(kernels.networkLoss(net)).toBeCloseTo(loss, 9);
    }

    const z = arena.reserve(4 * rows);
    kernels.predictRows(net, arena.put(Uint32Array.from({ length: rows }, (_, i) => i)), rows, z);
    const expected = Float32Array.from({ length: rows }, (_, i) => forward(p, plan, row(i)).margin);
    expect(arena.f32(z, rows)).toEqual(expected);
  },
);

test('a row in index form and in dense form gives the same bits', () => {
  const d = dice(5);
  const matrix = randomMatrix(d, 40, 6, 3);
  const values = denseRows(matrix, 0, 40);
  const dense: Matrix = {
    rows: 40,
    fields: matrix.width,
    width: matrix.width,
    fieldColumns: Int32Array.from({ length: matrix.width }, (_, s) => s),
    data: new Int32Array(values.buffer),
  };
  const answers = [matrix, dense].map((m) => {
    using arena = openArena();
    const net = createNetwork(arena, inputsOf(m), { hidden: [11] });
    bindMatrix(arena, net, placeMatrix(arena, m), 16);
    arena.kernels.startNetwork(net, 3, 0);
    const z = arena.reserve(160);
    arena.kernels.predictRows(net, arena.put(Uint32Array.from({ length: 40 }, (_, i) => i)), 40, z);
    return arena.f32(z, 40);
  });
  expect(answers[0]).toEqual(answers[1]);
});

test('the slope of the loss agrees with central differences (1e-6)', () => {
  const d = dice(7);
  for (let i = 0; i < 300; i++) {
    const q = d.real(0, 1);
    const example = { x: [], y: d.below(3) - 1, q, entropy: -q * Math.log(q) - (1 - q) * Math.log(1 - q) };
    const [z, alpha, t, h] = [d.real(-8, 8), d.real(0, 1), d.real(0.5, 5), 1e-4];
    const rise = lossOf(z + h, example, alpha, t).value - lossOf(z - h, example, alpha, t).value;
    expect(Math.abs(rise / (2 * h) - lossOf(z, example, alpha, t).slope)).toBeLessThan(1e-6);
  }
});

test.each<Architecture & { dropout?: number }>([
  { hidden: [5, 4] },
  { hidden: [5, 4], activation: 'tanh' },
  { hidden: [5, 4], activation: 'gelu' },
  { hidden: [5, 5, 5], residual: true, activation: 'gelu' },
  { hidden: [6, 6], residual: true, activation: 'tanh', dropout: 0.3 },
])(
  'the gradient of %j agrees with central differences of the mean loss (float32 weights, 2e-3 of its norm)',
  (shape) => {
    const d = dice(8);
    const features = 6;
    const plan = layout(features, shape);
    const p = start(plan, 4);
    const keeps = shape.dropout
      ? Array.from({ length: 9 }, (_, i) => keepUnits(shape.dropout as number, 1, 1, i))
      : undefined;
    const batch = Array.from({ length: 9 }, (): Example => {
      const q = d.real(0.05, 0.95);
      return { x: Float32Array.from({ length: features }, () => d.real(-2, 2)), y: d.below(2), q, entropy: 0 };
    });
    const { g } = gradient(p, plan, batch, 0.6, 2, { keeps });
    const norm = Math.hypot(...g);
    const h = 2e-3;
    let worst = 0;
    for (let i = 0; i < p.length; i++) {
      const at = (x: number): number => {
        const moved = p.slice();
        moved[i] = x;
        return gradient(moved, plan, batch, 0.6, 2, { keeps }).loss / batch.length;
      };
      const base = p[i] as number;
      worst = Math.max(worst, Math.abs((at(base + h) - at(base - h)) / (2 * h) - (g[i] as number)));
    }
    expect(worst / norm).toBeLessThan(2e-3);
  },
);

test('dropout drops the given share, keeps the mean, and differs by epoch, position and layer', () => {
  const kept: number[] = [];
  for (let place = 0; place < 400; place++) {
    const keep = keepUnits(0.3, 5, 1, place);
    for (let j = 0; j < 10; j++) kept.push(keep(0, j));
  }
  expect(kept.filter((k) => k === 0).length / kept.length).toBeCloseTo(0.3, 1.5);
  expect(kept.reduce((a, b) => a + b, 0) / kept.length).toBeCloseTo(1, 1.3);
  const row = (epoch: number, place: number, layer: number): string =>
    Array.from({ length: 32 }, (_, j) => keepUnits(0.5, 5, epoch, place)(layer, j)).join();
  expect(new Set([row(1, 0, 0), row(2, 0, 0), row(1, 1, 0), row(1, 0, 1)]).size).toBe(4);
});

test('Philox4x32-10 gives the known answers of Random123', () => {
  const hex = (text: string): number[] => text.split(' ').map((word) => Number.parseInt(word, 16));
  const cases = [
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const;
  using arena = openArena();
  const out = arena.reserve(16);
  for (const [counter, key, want] of cases) {
    expect(philox(hex(counter), hex(key))).toEqual(hex(want));
    arena.kernels.philoxBlock(
      ...(hex(counter) as [number, number, number, number]),
      ...(hex(key) as [number, number]),
      out,
    );
    expect([...arena.u32(out, 4)]).toEqual(hex(want));
  }
});

test.each([1, 15, 16, 50, 1000])('a bootstrap resample of %i rows draws them from its own random stream', (n) => {
  using arena = openArena();
  const [seed, replicate] = [2 ** 33 + 5, 3];
  const p = arena.put(Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n));
  const [order, flags, counts] = [arena.reserve(4 * n), arena.reserve(n), arena.reserve(2 * n)];
  arena.kernels.sortDescending(p, n, order, arena.reserve(4 * n));
  const [bins, out] = [arena.reserve(240), arena.reserve(112)];
  const sample: [number, number, number, number] = [...seedWords(seed), replicate, replicate + 1];
  arena.kernels.bootstrap(order, p, arena.reserve(8 * n), flags, counts, n, 0.5, bins, ...sample, out, 0);
  const source = words(seed, streams.STREAM_BOOTSTRAP, replicate);
  const drawn = new Uint8Array(n);
  for (let i = 0; i < n; i++) drawn[below(source, n)]!++;
  expect(arena.bytes(counts, n)).toEqual(drawn);
  // the rows in order are those of falling p
  expect(arena.bytes(counts + n, n)).toEqual(drawn.toReversed());
});

test('every random stream has its own number', () => {
  expect(Object.values(streams)).toEqual([...new Set(Object.values(streams))]);
});

test.each([1, 2, 65535, 65536, 65537, 200000])(
  'shuffle of %i rows: a permutation, equal in wasm and TypeScript',
  (n) => {
    using arena = openArena();
    const order = arena.reserve(4 * n);
    arena.kernels.drawOrder(order, n, ...seedWords(11), 3);
    const wasm = arena.u32(order, n);
    expect(wasm).toEqual(shuffle(n, 11, 3));
    expect(wasm.slice().sort()).toEqual(Uint32Array.from({ length: n }, (_, i) => i));
  },
);
