// Elementary functions on two lanes give the bits of the scalar ones, on dense inputs, special values and odd lengths.
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { ACTIVATION } from '../../src/kernels/activation.ts';
import { sigmoid, softplus } from '../../src/kernels/elementary.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { bindMatrix, createNetwork, writeParameters } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import { dice } from '../random.ts';

const d = dice(12);
const edges = [
  0,
  -0,
  1e-300,
  -1e-300,
  2 ** -53,
  -(2 ** -53),
  1e-16,
  -1e-16,
  36.7,
  -36.7,
  37,
  -37,
  709.7,
  -709.7,
  710,
  -710,
  745,
  -745,
  746,
  -746,
  1e6,
  -1e6,
  1e300,
  -1e300,
  Infinity,
  -Infinity,
  Number.NaN,
];
const inputs = Float64Array.from([
  ...edges,
  // around the point where log(1 + e) changes its form
  -0.8813735870195429,
  0.8813735870195429,
  -0.881,
  0.881,
  -0.8814,
  0.8814,
  ...Array.from({ length: 20000 }, () => d.real(-40, 40)),
  ...Array.from({ length: 20000 }, () => d.real(-2, 2)),
  ...Array.from({ length: 5000 }, () => d.real(-800, 800)),
]);

test.each([
  ['sigmoids', sigmoid],
  ['softpluses', softplus],
] as const)('%s: the same bits as the scalar function', (name, scalar) => {
  for (const n of [inputs.length, inputs.length - 1, 1, 2, 0]) {
    using arena = openArena();
    const at = arena.put(inputs.subarray(0, n));
    const out = arena.reserve(8 * n + 8);
    arena.kernels[name](at, n, out);
    const got = arena.f64(out, n + 1);
    for (let i = 0; i < n; i++) {
      const want = scalar(inputs[i] as number);
      if (!Object.is(got[i], want))
        expect.fail(`${name}(${inputs[i]}) is ${got[i]}, the scalar function gives ${want}`);
    }
    expect(got[n]).toBe(0);
  }
});

test('sigmoids32: the same bits as the scalar sigmoid', () => {
  using arena = openArena();
  const z = Float32Array.from(inputs.subarray(0, 20001));
  const out = arena.reserve(8 * z.length);
  arena.kernels.sigmoids32(arena.put(z), z.length, out);
  arena.f64(out, z.length).forEach((p, i) => {
    if (!Object.is(p, sigmoid(z[i] as number))) expect.fail(`sigmoid(${z[i]})`);
  });
});

test.each(['tanh', 'gelu'] as const)(
  '%s of float32 pre-activations: the float64 value of TypeScript, rounded once',
  (activation) => {
    using arena = openArena();
    const shape = { hidden: [1], activation };
    const x = Float32Array.from(inputs).filter(Number.isFinite);
    const net = createNetwork(arena, { width: 1 }, shape);
    bindMatrix(arena, net, placeMatrix(arena, denseMatrix(x, 1)), 64);
    // weights 1 and biases 0 in both layers: the margin is the hidden unit's activation
    writeParameters(arena, net, { inputs: { width: 1 }, architecture: shape }, Float32Array.of(1, 0, 1, 0));
    const z = arena.reserve(4 * x.length);
    arena.kernels.predictRows(net, 0, x.length, z);
    arena.f32(z, x.length).forEach((got, i) => {
      const want = Math.fround(ACTIVATION[activation](x[i] as number));
      if (got !== want) expect.fail(`${activation}(${x[i]}) is ${got}, in TypeScript ${want}`);
    });
  },
);
