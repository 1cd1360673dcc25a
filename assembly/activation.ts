// The backward side of activations. ReLU's forward is fused into the products (gemm.ts, slots.ts).

/** d[i] = 0 where the activation a[i] is 0: the derivative of ReLU, 0 at the kink as in PyTorch. n % 4 = 0. */
export function maskRelu(d: usize, a: usize, n: u32): void {
  const zero = f32x4.splat(0);
  const end = usize(n) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const active = f32x4.gt(v128.load(a + i), zero);
    v128.store(d + i, v128.and(v128.load(d + i), active));
  }
}

/** d[i, k] = g[i] w[k] where a[i, k] > 0, else 0: from the output unit back through ReLU. n % 4 = 0. */
export function outerRelu(g: usize, w: usize, a: usize, d: usize, m: u32, n: u32): void {
  const zero = f32x4.splat(0);
  const end = usize(n) << 2;
  for (let i: u32 = 0; i < m; i++) {
    const s = v128.load32_splat(g + (usize(i) << 2));
    for (let j: usize = 0; j < end; j += 16) {
      const active = f32x4.gt(v128.load(a + j), zero);
      v128.store(d + j, v128.and(f32x4.mul(s, v128.load(w + j)), active));
    }
    a += end;
    d += end;
  }
}

/** out[j] = sum over rows of d[i, j], rows in order. n % 4 = 0. */
export function sumRows(d: usize, m: u32, n: u32, out: usize): void {
  const end = usize(n) << 2;
  for (let j: usize = 0; j < end; j += 16) {
    let sum = f32x4.splat(0);
    let x = d + j;
    for (let i: u32 = 0; i < m; i++) {
      sum = f32x4.add(sum, v128.load(x));
      x += end;
    }
    v128.store(out + j, sum);
  }
}
