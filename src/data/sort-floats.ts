// Sorts many numbers faster than the host does: by their digits.
const DIGITS = 3;
const BITS = 11;
const BUCKETS = 1 << BITS;

/**
 * Sorts float32 values in place, ascending, -0 before 0; a radix sort from the lowest 11 bits on (Knuth 1998, section 5.2.5).
 * @param values without NaN
 */
export function sortFloats(values: Float32Array): void {
  let keys: Uint32Array = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let other: Uint32Array = new Uint32Array(values.length);
  const places = new Uint32Array(DIGITS * BUCKETS);
  for (let i = 0; i < keys.length; i++) {
    const word = keys[i] as number;
    // of negative numbers all bits, else the sign: the order of the keys is that of the values
    const key = (word ^ (word >>> 31 ? 0xffffffff : 0x80000000)) >>> 0;
    keys[i] = key;
    for (let digit = 0; digit < DIGITS; digit++) (places[placeOf(key, digit)] as number)++;
  }
  for (let digit = 0; digit < DIGITS; digit++) {
    let sum = 0;
    for (let b = digit * BUCKETS; b < (digit + 1) * BUCKETS; b++) {
      const count = places[b] as number;
      places[b] = sum;
      sum += count;
    }
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as number;
      const place = placeOf(key, digit);
      const to = places[place] as number;
      other[to] = key;
      places[place] = to + 1;
    }
    [keys, other] = [other, keys];
  }
  const out = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    out[i] = key ^ (key >>> 31 ? 0x80000000 : 0xffffffff);
  }
}

/** The counter of a key's digit among those of all digits. */
function placeOf(key: number, digit: number): number {
  return digit * BUCKETS + ((key >>> (BITS * digit)) & (BUCKETS - 1));
}
