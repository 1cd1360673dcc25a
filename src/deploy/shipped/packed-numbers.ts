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
