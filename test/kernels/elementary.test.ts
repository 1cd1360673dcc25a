// Elementary functions: their errors against 50-digit values, and the same bits in wasm and TypeScript.
import { expect, test } from 'vitest';
import { exp, log, log1p, sigmoid, softplus, symlog, tanh } from '../../src/kernels/elementary.ts';
import { openArena } from '../../src/kernels/memory.ts';
import golden from '../golden/elementary.json' with { type: 'json' };

const elementary = { exp, log, log1p, tanh, sigmoid, softplus, symlog };
const names = ['exp', 'log', 'log1p', 'tanh', 'sigmoid', 'softplus'] as const;
/** The largest error allowed, in units in the last place (ULP). */
const limit = { exp: 1, log: 1, log1p: 1, tanh: 64, sigmoid: 2, softplus: 1 };

/** The distance between `got` and `want`, in ULP of `want`. */
function ulps(got: number, want: number): number {
  if (got === want) return 0;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(want));
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
  return Math.abs(got - want) / (bits.getFloat64(0) - Math.abs(want));
}

test.each(names)('%s is within its stated error of 50-digit values', (name) => {
  const cases = golden[name] as [number, number][];
  expect(cases.length).toBeGreaterThan(500);
  for (const [x, want] of cases) {
    expect(ulps(elementary[name](x), want), `${name}(${x})`).toBeLessThanOrEqual(limit[name]);
  }
});

// the kernels have tanh only on two lanes; wide.test.ts tests it
test.each(names.filter((name) => name !== 'tanh'))('%s: wasm and TypeScript give the same bits', (name) => {
  using arena = openArena();
  for (const [x] of golden[name] as [number, number][]) {
    expect(Object.is(arena.kernels[name](x), elementary[name](x)), `${name}(${x})`).toBe(true);
  }
});

test('special values follow IEEE 754', () => {
  const { exp, log, log1p, sigmoid, softplus, symlog } = elementary;
  expect([exp(0), exp(710), exp(-746), exp(Infinity), exp(-Infinity)]).toEqual([1, Infinity, 0, Infinity, 0]);
  expect([log(0), log(1), log(-1), log(Infinity)]).toEqual([-Infinity, 0, NaN, Infinity]);
  expect([log1p(-1), log1p(0), log1p(-2), log1p(1e-300)]).toEqual([-Infinity, 0, NaN, 1e-300]);
  expect([sigmoid(0), sigmoid(Infinity), sigmoid(-Infinity), softplus(-Infinity)]).toEqual([0.5, 1, 0, 0]);
  expect([tanh(0), tanh(400), tanh(-Infinity)]).toEqual([0, 1, -1]);
  expect(symlog(-3)).toBe(-log1p(3));
  using arena = openArena();
  for (const x of [0, -0, 1, -1, 40, -40, 800, -800, Infinity, -Infinity]) {
    expect(Object.is(arena.kernels.sigmoid(x), sigmoid(x))).toBe(true);
    expect(Object.is(arena.kernels.softplus(x), softplus(x))).toBe(true);
  }
});
