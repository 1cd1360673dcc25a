// Packing copies parts of a matrix into contiguous memory before they are multiplied, because rows that are far apart in memory evict
// each other from the first-level cache (Goto, van de Geijn 2008, "Anatomy of high-performance matrix multiplication").

/** Terms of a sum that are packed at a time. */
export const DEPTH: u32 = 256;
/** Columns of the left matrix of a weight gradient that are packed together. */
export const COLUMNS: u32 = 128;

/** Of the right matrix: [DEPTH x 8]. */
export const panel: usize = memory.data(8192, 16);
/** Of the left matrix: [COLUMNS / 4][DEPTH x 4]. */
export const block: usize = memory.data(131072, 16);

/** panel = b[depth x 8]. */
export function packPanel(b: usize, strideB: usize, depth: u32): void {
  let to = panel;
  for (let p: u32 = 0; p < depth; p++) {
    v128.store(to, v128.load(b));
    v128.store(to, v128.load(b, 16), 16);
    b += strideB;
    to += 32;
  }
}

/** panel = b[8 x depth]^T. depth % 4 = 0. */
export function packTransposed(b: usize, strideB: usize, depth: u32): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const b1 = b + strideB;
    const b2 = b1 + strideB;
    const b3 = b2 + strideB;
    let to = panel + half;
    for (let p: usize = 0; p < usize(depth) << 2; p += 16) {
      const x0 = v128.load(b + p);
      const x1 = v128.load(b1 + p);
      const x2 = v128.load(b2 + p);
      const x3 = v128.load(b3 + p);
      const low = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
      const high = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
      const lower = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
      const higher = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
      v128.store(to, i32x4.shuffle(low, lower, 0, 1, 4, 5));
      v128.store(to, i32x4.shuffle(low, lower, 2, 3, 6, 7), 32);
      v128.store(to, i32x4.shuffle(high, higher, 0, 1, 4, 5), 64);
      v128.store(to, i32x4.shuffle(high, higher, 2, 3, 6, 7), 96);
      to += 128;
    }
    b += 4 * strideB;
  }
}

/** block = a[depth x columns], as consecutive strips of four columns. columns % 4 = 0. */
export function packBlock(a: usize, strideA: usize, depth: u32, columns: u32): void {
  const next = usize(depth) << 4;
  for (let i: u32 = 0; i < depth; i++) {
    let to = block + (usize(i) << 4);
    for (let q: usize = 0; q < usize(columns) << 2; q += 16) {
      v128.store(to, v128.load(a + q));
      to += next;
    }
    a += strideA;
  }
}
