// Distinct texts in order of first appearance, found by their hashes. Up to 15 bytes after the last text are read.

import { sizeOf } from './lines';

const FACTOR: u64 = 0x9e3779b97f4a7c15;

/** The last `size` bytes, 1 to 8, of a text from `at` on. */
// @ts-ignore: decorator
@inline
function lastBytes(at: usize, size: u32): u64 {
  return load<u64>(at) & (u64.MAX_VALUE >> (u64(8 - size) << 3));
}

/** A hash of `size` bytes. */
function hashText(at: usize, size: u32): u32 {
  let hash: u64 = u64(size) + 1;
  let k: u32 = 0;
  for (; k + 8 < size; k += 8) {
    hash = (hash ^ load<u64>(at + k)) * FACTOR;
    hash ^= hash >> 32;
  }
  if (size > 0) hash = (hash ^ lastBytes(at + k, size - k)) * FACTOR;
  return u32((hash ^ (hash >> 29)) * FACTOR >> 32);
}

function isEqual(a: usize, b: usize, size: u32): bool {
  let k: u32 = 0;
  for (; k + 8 < size; k += 8) if (load<u64>(a + k) != load<u64>(b + k)) return false;
  return size == 0 || lastBytes(a + k, size - k) == lastBytes(b + k, size - k);
}

/**
 * Finds the codes of n texts among known ones; a new text moves to the end of the known ones.
 * @param bytes the known texts, then the n texts, each with a zero byte after it
 * @param ends where each known text begins and ends; uint32 [known + n + 1]
 * @param hashes of the known texts; uint32 [known + n]
 * @param codes receives their codes; uint32 [n]
 * @param slots zeros; uint32 [2^bits], at least twice known + n
 * @returns the number of known texts
 */
export function findCodes(
  bytes: usize, ends: usize, hashes: usize, known: u32, n: u32, codes: usize, slots: usize, bits: u32,
): u32 {
  const mask = (<u32>1 << bits) - 1;
  const shift = 32 - bits;
  for (let code: u32 = 0; code < known; code++) {
    let place = load<u32>(hashes + (usize(code) << 2)) >> shift;
    while (load<u32>(slots + (usize(place) << 2))) place = (place + 1) & mask;
    store<u32>(slots + (usize(place) << 2), code + 1);
  }
  let from = load<u32>(ends + (usize(known) << 2));
  let to = from;
  for (let i: u32 = 0; i < n; i++) {
    const size = sizeOf(bytes + from);
    const hash = hashText(bytes + from, size);
    let place = hash >> shift;
    let code: u32 = 0;
    for (;; place = (place + 1) & mask) {
      code = load<u32>(slots + (usize(place) << 2));
      if (code == 0) break;
      if (load<u32>(hashes + (usize(code - 1) << 2)) != hash) continue;
      const at = ends + (usize(code - 1) << 2);
      const start = load<u32>(at);
      if (load<u32>(at, 4) - start == size && isEqual(bytes + start, bytes + from, size)) break;
    }
    if (code == 0) {
      if (to != from) for (let k: u32 = 0; k < size; k++) store<u8>(bytes + to + k, load<u8>(bytes + from + k));
      to += size;
      store<u32>(hashes + (usize(known) << 2), hash);
      code = ++known;
      store<u32>(ends + (usize(known) << 2), to);
      store<u32>(slots + (usize(place) << 2), code);
    }
    store<u32>(codes + (usize(i) << 2), code - 1);
    from += size + 1;
  }
  return known;
}

/** One of so many hashes is in the sample. */
const SAMPLED: u32 = 16;

/**
 * Counts the distinct texts in a sample. Their hashes decide what is in it: equal texts are all in it or none.
 * @param texts n texts, each with a zero byte after it
 * @param slots zeros; uint32 [2^bits], more than n
 * @returns the share of the sample's texts that are distinct; 0 if it is empty
 */
export function sampleTexts(texts: usize, n: u32, slots: usize, bits: u32): f64 {
  const mask = (<u32>1 << bits) - 1;
  let sampled: u32 = 0;
  let distinct: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const size = sizeOf(texts);
    const hash = hashText(texts, size);
    texts += size + 1;
    if (hash % SAMPLED != 0) continue;
    sampled++;
    // zero marks an empty slot
    const entry = hash | 1;
    let place = hash >> (32 - bits);
    let found: u32 = 0;
    while ((found = load<u32>(slots + (usize(place) << 2))) && found != entry) place = (place + 1) & mask;
    if (found) continue;
    store<u32>(slots + (usize(place) << 2), entry);
    distinct++;
  }
  return sampled > 0 ? f64(distinct) / f64(sampled) : 0;
}
