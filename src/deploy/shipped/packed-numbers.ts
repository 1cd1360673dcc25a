// Small whole numbers as printable ASCII, in students of texts. Frequent numbers have one character each, so gzip, which counts
// characters, comes within a percent of the numbers' entropy; of base64 it leaves a quarter more.

/** Printable ASCII that neither JSON nor a JavaScript string nor HTML has to escape: 91 characters. */
const ALPHABET = ' !#$%&()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~';
/** Numbers below it have one character. The others, up to 1080, have two, the first of them one of the last 11 of the alphabet. */
const SHORT = 80;

/** @param numbers from 0 to 1080 */
export function packNumbers(numbers: readonly number[]): string {
  const { length } = ALPHABET;
  return numbers
    .map((n) => {
      const rest = n - SHORT;
      return rest < 0 ? ALPHABET[n] : `${ALPHABET[SHORT + Math.floor(rest / length)]}${ALPHABET[rest % length]}`;
    })
    .join('');
}

/** The numbers of packNumbers. */
export function unpackNumbers(text: string): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let n = ALPHABET.indexOf(text[i] as string);
    if (n >= SHORT) n += (n - SHORT) * (ALPHABET.length - 1) + ALPHABET.indexOf(text[++i] as string);
    numbers.push(n);
  }
  return numbers;
}

/** Signed codes, those of small size first: 0, -1, 1, -2, 2, ... */
export function packCodes(codes: Int8Array): string {
  return packNumbers(Array.from(codes, (code) => (code < 0 ? -2 * code - 1 : 2 * code)));
}

export function unpackCodes(text: string): number[] {
  return unpackNumbers(text).map((n) => (n & 1 ? -(n + 1) / 2 : n / 2));
}

/**
 * The 64 characters of wide codes, those that code in JavaScript has most often first: gzip counts characters of both together, and
 * frequent codes then share the short forms of frequent characters.
 */
const WIDE = 'etnr,=i()l saou:f.+c;h{}dp0[]m*1ygw2b3Ax>4?8v5/6k-7OMz$9FU!&IN`H';

/**
 * Signed codes of wide spread, such as those of convolutions: the high bits have a character for each code, the two low bits, which are
 * as good as random, one for three codes.
 */
export function packWideCodes(codes: Int8Array): string {
  const numbers = Array.from(codes, (code) => (code < 0 ? -2 * code - 1 : 2 * code));
  const low = Array.from({ length: Math.ceil(numbers.length / 3) }, (_, i) =>
    [0, 1, 2].reduce((sum, k) => sum * 4 + ((numbers[3 * i + k] ?? 0) & 3), 0),
  );
  return [...numbers.map((n) => n >> 2), ...low].map((n) => WIDE[n]).join('');
}

/** @param length how many codes there are */
export function unpackWideCodes(text: string, length: number): number[] {
  return Array.from({ length }, (_, i) => {
    const low = WIDE.indexOf(text[length + Math.floor(i / 3)] as string) >> (4 - 2 * (i % 3));
    const n = 4 * WIDE.indexOf(text[i] as string) + (low & 3);
    return n & 1 ? -(n + 1) / 2 : n / 2;
  });
}

/**
 * Base-32 digits in pairs, which compress better. Pairs are numbered by their larger digit (Szudzik 2006), so that pairs of small
 * digits have small numbers.
 */
export function packDigits(digits: string): string {
  const numbers: number[] = [];
  for (let i = 0; i < digits.length; i += 2) {
    const [a, b] = [digits[i], digits[i + 1] ?? '0'].map((digit) => Number.parseInt(digit as string, 32)) as [
      number,
      number,
    ];
    numbers.push(a < b ? b * b + a : a * a + a + b);
  }
  return packNumbers(numbers);
}

/** @param length how many digits there are */
export function unpackDigits(text: string, length: number): string {
  const digits = unpackNumbers(text).flatMap((n) => {
    const side = Math.floor(Math.sqrt(n));
    const rest = n - side * side;
    return rest < side ? [rest, side] : [side, rest - side];
  });
  return digits
    .slice(0, length)
    .map((digit) => digit.toString(32))
    .join('');
}
