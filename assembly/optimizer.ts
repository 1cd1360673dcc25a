// Optimizers with the order of operations of torch.optim, four parameters at a time.

/** One step of AdamW (Loshchilov, Hutter 2019, Algorithm 2) on n parameters (n % 4 = 0). power1, power2: beta1^t and beta2^t of this step t. */
export function adamw(
  p: usize, g: usize, m: usize, v: usize, n: u32,
  rate: f64, beta1: f64, beta2: f64, epsilon: f64, decay: f64, power1: f64, power2: f64,
): void {
  const keep = f32x4.splat(f32(1 - rate * decay));
  const b1 = f32x4.splat(f32(beta1));
  const c1 = f32x4.splat(f32(1 - beta1));
  const b2 = f32x4.splat(f32(beta2));
  const c2 = f32x4.splat(f32(1 - beta2));
  const eps = f32x4.splat(f32(epsilon));
  const step = f32x4.splat(f32(rate / (1 - power1)));
  const root = f32x4.splat(f32(sqrt<f64>(1 - power2)));
  const end = usize(n) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const gradient = v128.load(g + i);
    const first = f32x4.add(f32x4.mul(b1, v128.load(m + i)), f32x4.mul(c1, gradient));
    const second = f32x4.add(f32x4.mul(b2, v128.load(v + i)), f32x4.mul(c2, f32x4.mul(gradient, gradient)));
    v128.store(m + i, first);
    v128.store(v + i, second);
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(second), root), eps);
    const kept = f32x4.mul(v128.load(p + i), keep);
    v128.store(p + i, f32x4.sub(kept, f32x4.mul(step, f32x4.div(first, denominator))));
  }
}

/** One step of SGD with momentum and weight decay: m = momentum m + (g + decay p), p = p - rate m. n % 4 = 0. */
export function sgd(p: usize, g: usize, m: usize, n: u32, rate: f64, momentum: f64, decay: f64): void {
  const keep = f32x4.splat(f32(momentum));
  const shrink = f32x4.splat(f32(decay));
  const step = f32x4.splat(f32(rate));
  const end = usize(n) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const here = v128.load(p + i);
    const gradient = f32x4.add(v128.load(g + i), f32x4.mul(shrink, here));
    const moved = f32x4.add(f32x4.mul(keep, v128.load(m + i)), gradient);
    v128.store(m + i, moved);
    v128.store(p + i, f32x4.sub(here, f32x4.mul(step, moved)));
  }
}
