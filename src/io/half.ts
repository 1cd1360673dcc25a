// Half precision numbers (IEEE 754 binary16) as bits.

/** The number of given binary16 bits. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  // powers of two are exact
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the binary16 number nearest to a float32, ties to even; infinity above 65504. */
export function floatToHalf(value: number): number {
  const float = Float32Array.of(value);
  const bits = new Uint32Array(float.buffer);
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // subnormal, below 2^-14: adding 0.5 rounds the float32 to a multiple of 2^-24
    float[0] = Math.abs(value) + 0.5;
    return sign | ((bits[0] as number) - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}
