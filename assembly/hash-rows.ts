// SHA-256 of many rows, four at a time: each has a lane of the vectors. A lane whose row ends takes the next row.
import { INITIAL, K } from './hash';

/** The state of the four hashes, the message schedule, and for each lane the last one or two blocks of its row. */
const state: usize = memory.data(128, 16);
const schedule: usize = memory.data(1024, 16);
const ends: usize = memory.data(1024, 16);
/** Bytes of `ends` of a lane: two blocks, and the zeros that padding writes after them. */
const END_BYTES: usize = 256;
/** Of each lane: the addresses of its next block, after its last block in the data, and after its last block in `ends`; and its row. */
const lanes: usize = memory.data(64, 16);

// @ts-ignore: decorator
@inline
function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shr_u(x, by), i32x4.shl(x, 32 - by));
}

/** 16 bytes at `at` as big-endian words. */
// @ts-ignore: decorator
@inline
function words(at: usize): v128 {
  const v = v128.load(at);
  return i8x16.shuffle(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** The next block of each lane: the state becomes the next hash values. */
function compress(): void {
  const lane0 = load<usize>(lanes);
  const lane1 = load<usize>(lanes, 16);
  const lane2 = load<usize>(lanes, 32);
  const lane3 = load<usize>(lanes, 48);
  for (let k: usize = 0; k < 64; k += 16) {
    const a = words(lane0 + k);
    const b = words(lane1 + k);
    const c = words(lane2 + k);
    const d = words(lane3 + k);
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const ba = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const dc = i32x4.shuffle(c, d, 2, 6, 3, 7);
    const to = schedule + (k << 2);
    v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
    v128.store(to, i64x2.shuffle(ab, cd, 1, 3), 16);
    v128.store(to, i64x2.shuffle(ba, dc, 0, 2), 32);
    v128.store(to, i64x2.shuffle(ba, dc, 1, 3), 48);
  }
  for (let at = schedule + 256; at < schedule + 1024; at += 16) {
    const w15 = v128.load(at - 240);
    const w2 = v128.load(at - 32);
    const s0 = v128.xor(v128.xor(rotate(w15, 7), rotate(w15, 18)), i32x4.shr_u(w15, 3));
    const s1 = v128.xor(v128.xor(rotate(w2, 17), rotate(w2, 19)), i32x4.shr_u(w2, 10));
    v128.store(at, i32x4.add(i32x4.add(v128.load(at - 256), s0), i32x4.add(v128.load(at - 112), s1)));
  }
  let a = v128.load(state);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  let f = v128.load(state, 80);
  let g = v128.load(state, 96);
  let h = v128.load(state, 112);
  for (let i: usize = 0; i < 256; i += 4) {
    const s1 = v128.xor(v128.xor(rotate(e, 6), rotate(e, 11)), rotate(e, 25));
    const choice = v128.xor(v128.and(v128.xor(f, g), e), g);
    const input = i32x4.add(v128.load32_splat(K + i), v128.load(schedule + (i << 2)));
    const t1 = i32x4.add(i32x4.add(input, h), i32x4.add(s1, choice));
    const s0 = v128.xor(v128.xor(rotate(a, 2), rotate(a, 13)), rotate(a, 22));
    const majority = v128.or(v128.and(a, b), v128.and(v128.or(a, b), c));
    h = g;
    g = f;
    f = e;
    e = i32x4.add(d, t1);
    d = c;
    c = b;
    b = a;
    a = i32x4.add(t1, i32x4.add(s0, majority));
  }
  v128.store(state, i32x4.add(v128.load(state), a));
  v128.store(state, i32x4.add(v128.load(state, 16), b), 16);
  v128.store(state, i32x4.add(v128.load(state, 32), c), 32);
  v128.store(state, i32x4.add(v128.load(state, 48), d), 48);
  v128.store(state, i32x4.add(v128.load(state, 64), e), 64);
  v128.store(state, i32x4.add(v128.load(state, 80), f), 80);
  v128.store(state, i32x4.add(v128.load(state, 96), g), 96);
  v128.store(state, i32x4.add(v128.load(state, 112), h), 112);
}

/** Gives a lane a row: bytes [from, to) of the data. */
function beginRow(lane: u32, row: u32, from: usize, to: usize): void {
  const size = to - from;
  const stop = from + (size & ~63);
  const rest = size & 63;
  const end = ends + usize(lane) * END_BYTES;
  for (let k: usize = 0; k < 64; k += 16) v128.store(end + k, v128.load(stop + k));
  store<u8>(end + rest, 0x80);
  for (let k: usize = 0; k < 128; k += 16) v128.store(end + rest + k, i8x16.splat(0), 1);
  const length: usize = rest < 56 ? 64 : 128;
  store<u64>(end + length - 8, bswap<u64>(u64(size) << 3));
  for (let i: usize = 0; i < 8; i++) store<u32>(state + (i << 4) + (usize(lane) << 2), load<u32>(INITIAL + (i << 2)));
  const at = lanes + (usize(lane) << 4);
  store<usize>(at, from < stop ? from : end);
  store<usize>(at, stop, 4);
  store<usize>(at, end + length, 8);
  store<u32>(at, row, 12);
}

/**
 * out[2 i], out[2 i + 1] = the first two words of the SHA-256 of bytes [places[2 i], places[2 i + 1]) of data. Up to 64 bytes after a
 * row are read.
 */
export function hashRows(data: usize, places: usize, n: u32, out: usize): void {
  let next: u32 = 0;
  let active: u32 = 0;
  // a lane without a row repeats a block whose result nobody reads
  for (let lane: u32 = 0; lane < 4; lane++) beginRow(lane, n, data, data);
  for (;;) {
    for (let lane: u32 = 0; lane < 4; lane++) {
      const at = lanes + (usize(lane) << 4);
      const end = ends + usize(lane) * END_BYTES;
      const block = load<usize>(at);
      if (block == load<usize>(at, 4)) store<usize>(at, end);
      else if (block == load<usize>(at, 8) || load<u32>(at, 12) == n) {
        const row = load<u32>(at, 12);
        if (row < n) {
          store<u32>(out + (usize(row) << 3), load<u32>(state + (usize(lane) << 2)));
          store<u32>(out + (usize(row) << 3), load<u32>(state + (usize(lane) << 2), 16), 4);
          active--;
          store<u32>(at, n, 12);
        }
        store<usize>(at, end);
        if (next < n) {
          const place = places + (usize(next) << 3);
          beginRow(lane, next++, data + load<u32>(place), data + load<u32>(place, 4));
          active++;
        }
      }
    }
    if (active == 0) return;
    compress();
    for (let at = lanes; at < lanes + 64; at += 16) store<usize>(at, load<usize>(at) + 64);
  }
}
