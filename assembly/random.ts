// Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"). A
// number depends only on the seed, the stream and its index, so parts, threads and hosts agree. src/kernels/random.ts is the same.

const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;

/**
 * Rows of a block: `shuffle` shuffles the rows of each block, and the blocks. src/kernels/shuffle-block.ts has the same number;
 * test/kernels/reference.test.ts fails where they differ.
 */
const SHUFFLE_BLOCK_ROWS: u32 = 65536;

let r0: u32 = 0;
let r1: u32 = 0;
let r2: u32 = 0;
let r3: u32 = 0;

/** Ten rounds on counter c and key k; the result is r0 .. r3. */
function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  for (let round = 0; round < 10; round++) {
    const p0 = M0 * u64(c0);
    const p1 = M1 * u64(c2);
    const t0 = u32(p1 >> 32) ^ c1 ^ k0;
    const t2 = u32(p0 >> 32) ^ c3 ^ k1;
    c1 = u32(p1);
    c3 = u32(p0);
    c0 = t0;
    c2 = t2;
    k0 += W0;
    k1 += W1;
  }
  r0 = c0;
  r1 = c1;
  r2 = c2;
  r3 = c3;
}

/** out[0 .. 4) = the four words of one Philox block. */
export function philoxBlock(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, out: usize): void {
  philox(c0, c1, c2, c3, k0, k1);
  store<u32>(out, r0);
  store<u32>(out + 4, r1);
  store<u32>(out + 8, r2);
  store<u32>(out + 12, r3);
}

let key0: u32 = 0;
let key1: u32 = 0;
let stream: u32 = 0;
let substream: u32 = 0;
let counter: u32 = 0;
let used: u32 = 4;

/** Starts a sequence of words at index 0 of (seed, stream, substream). */
export function seedWords(seedLow: u32, seedHigh: u32, streamId: u32, substreamId: u32): void {
  key0 = seedLow;
  key1 = seedHigh;
  stream = streamId;
  substream = substreamId;
  counter = 0;
  used = 4;
}

/** The next 32-bit word of the sequence. */
function nextWord(): u32 {
  if (used == 4) {
    philox(counter, 0, stream, substream, key0, key1);
    counter++;
    used = 0;
  }
  const word = used == 0 ? r0 : used == 1 ? r1 : used == 2 ? r2 : r3;
  used++;
  return word;
}

/** Uniform in [0, n), as the high word of a product (Lemire 2019, without the rejection); the bias is less than n / 2^32. */
// @ts-ignore: decorator
@inline
function uniformBelow(n: u32): u32 {
  return u32((u64(nextWord()) * u64(n)) >> 32);
}

/** Uniform in [0, 1) with 32 bits. */
export function uniform(): f64 {
  return f64(nextWord()) * 2.3283064365386963e-10;
}

/** Fisher-Yates shuffle (Durstenfeld 1964). */
function shuffleInPlace(order: usize, n: u32): void {
  for (let i = n; i > 1; i--) {
    const j = uniformBelow(i);
    const a = order + (usize(i - 1) << 2);
    const b = order + (usize(j) << 2);
    const t = load<u32>(a);
    store<u32>(a, load<u32>(b));
    store<u32>(b, t);
  }
}

/**
 * order[0 .. n) = the row at each position of an epoch: the blocks in random order, and the rows of each block in random order. Data
 * that is read block by block has the same order.
 */
export function shuffle(order: usize, n: u32, seedLow: u32, seedHigh: u32, streamId: u32, epoch: u32): void {
  const blocks = (n + SHUFFLE_BLOCK_ROWS - 1) / SHUFFLE_BLOCK_ROWS;
  const first = order + (usize(n - blocks) << 2); // scratch at the tail, read before it is overwritten
  for (let b: u32 = 0; b < blocks; b++) store<u32>(first + (usize(b) << 2), b);
  seedWords(seedLow, seedHigh, streamId, epoch);
  shuffleInPlace(first, blocks);
  let at: u32 = 0;
  for (let i: u32 = 0; i < blocks; i++) {
    const block = load<u32>(first + (usize(i) << 2));
    const start = block * SHUFFLE_BLOCK_ROWS;
    const size = min<u32>(SHUFFLE_BLOCK_ROWS, n - start);
    seedWords(seedLow, seedHigh, streamId + 256 * (block + 1), epoch);
    const here = order + (usize(at) << 2);
    for (let r: u32 = 0; r < size; r++) store<u32>(here + (usize(r) << 2), start + r);
    shuffleInPlace(here, size);
    at += size;
  }
}

/**
 * The words of four Philox blocks with counters c0 .. c0 + 3 times n, divided by 2^32: 16 uniform numbers in [0, n). Adds 1 to counts at
 * each. The ten rounds are those of `philox`, with a counter in each lane.
 */
// @ts-ignore: decorator
@inline
function countSixteen(counts: usize, n: u32, counter: u32, streamId: u32, substreamId: u32, k0: u32, k1: u32): void {
  const m0 = i32x4.splat(i32(M0));
  const m1 = i32x4.splat(i32(M1));
  let c0 = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(0);
  let c2 = i32x4.splat(streamId);
  let c3 = i32x4.splat(substreamId);
  for (let round = 0; round < 10; round++) {
    const a = i64x2.extmul_low_i32x4_u(c0, m0);
    const b = i64x2.extmul_high_i32x4_u(c0, m0);
    const c = i64x2.extmul_low_i32x4_u(c2, m1);
    const d = i64x2.extmul_high_i32x4_u(c2, m1);
    c0 = v128.xor(v128.xor(v128.shuffle<u32>(c, d, 1, 3, 5, 7), c1), i32x4.splat(k0));
    c2 = v128.xor(v128.xor(v128.shuffle<u32>(a, b, 1, 3, 5, 7), c3), i32x4.splat(k1));
    c1 = v128.shuffle<u32>(c, d, 0, 2, 4, 6);
    c3 = v128.shuffle<u32>(a, b, 0, 2, 4, 6);
    k0 += W0;
    k1 += W1;
  }
  countFour(counts, n, c0);
  countFour(counts, n, c1);
  countFour(counts, n, c2);
  countFour(counts, n, c3);
}

// @ts-ignore: decorator
@inline
function countFour(counts: usize, n: u32, words: v128): void {
  const rows = i32x4.splat(n);
  const low = i64x2.extmul_low_i32x4_u(words, rows);
  const high = i64x2.extmul_high_i32x4_u(words, rows);
  count(counts, u32(i32x4.extract_lane(low, 1)));
  count(counts, u32(i32x4.extract_lane(low, 3)));
  count(counts, u32(i32x4.extract_lane(high, 1)));
  count(counts, u32(i32x4.extract_lane(high, 3)));
}

// @ts-ignore: decorator
@inline
function count(counts: usize, row: u32): void {
  store<u8>(counts + row, load<u8>(counts + row) + 1);
}

/**
 * A bootstrap resample: counts[i] = how often row i is among n draws with replacement from n rows, uint8 [n]. The probability that a row
 * is drawn more than 255 times is below n / 255!, less than 10^-490.
 */
export function resample(counts: usize, n: u32, seedLow: u32, seedHigh: u32, streamId: u32, replicate: u32): void {
  memory.fill(counts, 0, n);
  const whole = n >> 4;
  for (let i: u32 = 0; i < whole; i++) countSixteen(counts, n, 4 * i, streamId, replicate, seedLow, seedHigh);
  seedWords(seedLow, seedHigh, streamId, replicate);
  counter = 4 * whole;
  for (let i: u32 = 16 * whole; i < n; i++) count(counts, uniformBelow(n));
}
