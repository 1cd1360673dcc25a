// The matrix products of the kernels, and a loop that reaches the peak rate of float32 multiplications and additions.
export { alloc } from '../../assembly/arena';
export { multiply, multiplyByTransposed, multiplyTransposed } from '../../assembly/gemm';

/** n steps; each adds a product to eight accumulators of four lanes. 64 n operations. p: 224 bytes of numbers. */
export function peak(n: u32, p: usize): void {
  let c0 = v128.load(p);
  let c1 = v128.load(p, 16);
  let c2 = v128.load(p, 32);
  let c3 = v128.load(p, 48);
  let c4 = v128.load(p, 64);
  let c5 = v128.load(p, 80);
  let c6 = v128.load(p, 96);
  let c7 = v128.load(p, 112);
  const b0 = v128.load(p, 128);
  const b1 = v128.load(p, 144);
  for (let i: u32 = 0; i < n; i++) {
    const a = p + ((i & 3) << 2);
    let s = v128.load32_splat(a, 160);
    c0 = f32x4.add(c0, f32x4.mul(s, b0));
    c1 = f32x4.add(c1, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 176);
    c2 = f32x4.add(c2, f32x4.mul(s, b0));
    c3 = f32x4.add(c3, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 192);
    c4 = f32x4.add(c4, f32x4.mul(s, b0));
    c5 = f32x4.add(c5, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 208);
    c6 = f32x4.add(c6, f32x4.mul(s, b0));
    c7 = f32x4.add(c7, f32x4.mul(s, b1));
  }
  c0 = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3));
  c4 = f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7));
  v128.store(p, f32x4.add(c0, c4));
}
