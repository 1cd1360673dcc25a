// The elementary functions of assembly/math.ts in TypeScript: the same operations in the same order, so the same bits on every
// engine. The host uses them for single values; arrays go through the kernel.

const LN2_HI = 0.6931471803691238;
const LN2_LO = 1.9082149292705877e-10;
const LOG2E = Math.LOG2E;
const view = new DataView(new ArrayBuffer(8));

function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/**
 * e^x, within 1 ULP.
 * @example
 * exp(0); // 1
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x * LOG2E + 0.5);
  const r = x - k * LN2_HI - k * LN2_LO;
  let q = 1 / 6227020800;
  q = q * r + 1 / 479001600;
  q = q * r + 1 / 39916800;
  q = q * r + 1 / 3628800;
  q = q * r + 1 / 362880;
  q = q * r + 1 / 40320;
  q = q * r + 1 / 5040;
  q = q * r + 1 / 720;
  q = q * r + 1 / 120;
  q = q * r + 1 / 24;
  q = q * r + 1 / 6;
  q = q * r + 0.5;
  const y = 1 + (r + r * r * q);
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

function logReduced(f: number, k: number, c: number): number {
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  const z = s * s;
  let q = 2 / 25;
  q = q * z + 2 / 23;
  q = q * z + 2 / 21;
  q = q * z + 2 / 19;
  q = q * z + 2 / 17;
  q = q * z + 2 / 15;
  q = q * z + 2 / 13;
  q = q * z + 2 / 11;
  q = q * z + 2 / 9;
  q = q * z + 2 / 7;
  q = q * z + 2 / 5;
  q = q * z + 2 / 3;
  return s * (half + q * z) + (k * LN2_LO + c) - half + f + k * LN2_HI;
}

/** x = m 2^k with m in [sqrt(1/2), sqrt(2)). */
function reduce(x: number): { m: number; k: number } {
  view.setFloat64(0, x);
  const high = (view.getUint32(0) + (0x3ff00000 - 0x3fe6a09e)) >>> 0;
  view.setUint32(0, (high & 0xfffff) + 0x3fe6a09e);
  return { m: view.getFloat64(0), k: (high >>> 20) - 1023 };
}

/**
 * Natural logarithm, within 1 ULP; -Infinity at 0, NaN below.
 * @example
 * log(2); // 0.6931471805599453
 */
export function log(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x <= 0) return x === 0 ? -Infinity : NaN;
  const tiny = x < 2.2250738585072014e-308;
  const { m, k } = reduce(tiny ? x * 18014398509481984 : x);
  return logReduced(m - 1, tiny ? k - 54 : k, 0);
}

/** log(1 + x), within 1 ULP, without cancellation near 0. */
export function log1p(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x <= -1) return x === -1 ? -Infinity : NaN;
  if (x > -0.2928932188134524 && x < 0.41421356237309503) {
    return Math.abs(x) < 1.1102230246251565e-16 ? x : logReduced(x, 0, 0);
  }
  const u = 1 + x;
  const { m, k } = reduce(u);
  const c = k < 54 ? (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u : 0;
  return logReduced(m - 1, k, c);
}

/**
 * 1 / (1 + e^-v), by e^-|v|, which does not overflow.
 * @example
 * sigmoid(0); // 0.5
 */
export function sigmoid(v: number): number {
  if (v >= 0) return 1 / (1 + exp(-v));
  const e = exp(v);
  return e / (1 + e);
}

/** tanh, within 64 ULP: a series below .01, where 1 - e^-2x would cancel. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.01) {
    const z = x * x;
    return x * (1 + z * (-1 / 3 + z * (2 / 15 - z * (17 / 315))));
  }
  const e = exp(-2 * a);
  const t = (1 - e) / (1 + e);
  return x < 0 ? -t : t;
}

/**
 * log(1 + e^v).
 * @example
 * softplus(0); // 0.6931471805599453, log 2
 */
export function softplus(v: number): number {
  const tail = log1p(exp(-Math.abs(v)));
  return v > 0 ? v + tail : tail;
}

/** sign(x) log(1 + |x|). */
export function symlog(x: number): number {
  return x < 0 ? -log1p(-x) : log1p(x);
}

/** log(p / (1 - p)); +-Infinity at 1 and 0. */
export function logit(p: number): number {
  return log(p) - log(1 - p);
}
