// Newton steps by Cholesky factorisation, in float64. The Hessian H is symmetric and given by its lower triangle, row-major; the
// factor L of H = L L^T replaces it.

import { at } from './address';

/** step = H^-1 g; the factor replaces H. Returns g . step, the squared Newton decrement. */
export function newtonStep(hessian: usize, gradient: usize, step: usize, size: u32): f64 {
  factorise(hessian, size);
  return solve(hessian, gradient, step, size);
}

/** The sum over k < n of a[k] b[k]: four interleaved partial sums, then the remaining terms in order. */
// @ts-ignore: decorator
@inline
export function dot(a: usize, b: usize, n: u32): f64 {
  let x = f64x2.splat(0);
  let y = f64x2.splat(0);
  const whole = usize(n & ~3) << 3;
  for (let k: usize = 0; k < whole; k += 32) {
    x = f64x2.add(x, f64x2.mul(v128.load(a + k), v128.load(b + k)));
    y = f64x2.add(y, f64x2.mul(v128.load(a + k, 16), v128.load(b + k, 16)));
  }
  x = f64x2.add(x, y);
  let sum = f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
  for (let k: usize = whole; k < usize(n) << 3; k += 8) sum += load<f64>(a + k) * load<f64>(b + k);
  return sum;
}

/** The factor replaces H. */
export function factorise(hessian: usize, size: u32): void {
  // the first parameter, the bias, has no penalty: where every row is saturated its curvature vanishes, and the pivot needs a floor
  store<f64>(hessian, load<f64>(hessian) + 1e-10);
  for (let i: u32 = 0; i < size; i++) {
    const line = at(hessian, i * size);
    for (let j: u32 = 0; j <= i; j++) {
      const other = at(hessian, j * size);
      const sum = load<f64>(at(line, j)) - dot(line, other, j);
      if (i == j) store<f64>(at(line, i), sqrt<f64>(max<f64>(sum, 1e-12)));
      else store<f64>(at(line, j), sum / load<f64>(at(other, j)));
    }
  }
}

/** step = H^-1 g, given the factor of H; returns g . step. */
export function solve(factor: usize, gradient: usize, step: usize, size: u32): f64 {
  for (let i: u32 = 0; i < size; i++) {
    const line = at(factor, i * size);
    store<f64>(at(step, i), (load<f64>(at(gradient, i)) - dot(line, step, i)) / load<f64>(at(line, i)));
  }
  for (let i: i32 = i32(size) - 1; i >= 0; i--) {
    let sum = load<f64>(at(step, i));
    for (let k: u32 = u32(i) + 1; k < size; k++) sum -= load<f64>(at(factor, k * size + u32(i))) * load<f64>(at(step, k));
    store<f64>(at(step, i), sum / load<f64>(at(factor, u32(i) * size + u32(i))));
  }
  let decrement: f64 = 0;
  for (let i: u32 = 0; i < size; i++) decrement += load<f64>(at(gradient, i)) * load<f64>(at(step, i));
  return decrement;
}
