// Philox 4x32-10 (Salmon et al. 2011) of assembly/random.ts in TypeScript: the same words for the same seed, stream and index.

/** A seed, any safe integer from 0 on, as the two 32-bit words of Philox's key. */
export function seedWords(seed: number): readonly [low: number, high: number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/** The 64-bit product of two 32-bit words, from products of their halves, which are exact in float64. */
function multiply(a: number, b: number): readonly [low: number, high: number] {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const first = a1 * b0 + ((a0 * b0) >>> 16);
  const second = a0 * b1 + (first & 0xffff);
  return [Math.imul(a, b) >>> 0, a1 * b1 + Math.floor(first / 0x10000) + Math.floor(second / 0x10000)];
}

/** One block: the four 32-bit words of a counter (four words) and a key (two words). */
export function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  let [k0 = 0, k1 = 0] = key;
  for (let round = 0; round < 10; round++) {
    const [low0, high0] = multiply(0xd2511f53, c0);
    const [low1, high1] = multiply(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The sequence of words of (seed, stream, substream), from index 0. */
export function* words(seed: number, stream: number, substream: number): Generator<number, never> {
  const key = seedWords(seed);
  for (let counter = 0; ; counter++) yield* philox([counter, 0, stream, substream], key);
}

/** Uniform in [0, n), drawn as in the kernel: the high word of a product. */
export function below(source: Iterator<number>, n: number): number {
  return Math.floor((source.next().value * n) / 2 ** 32);
}
