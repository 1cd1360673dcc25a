// Writes src/data/text/unicode-table.ts and test/golden/unicode.json from the Unicode data of the Node that runs it:
// node unicode-table.mjs. A newer Unicode version changes the features of every text: raise it with the student file's.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const POINTS = 0x110000;
const SYMBOL = 0;
const WORD = 1;
const BLANK = 2;

/** The class of a code point: 0 symbol, 1 word character, 2 blank. Surrogates are symbols. */
export function classOf(point) {
  const text = String.fromCodePoint(point);
  if (/[\p{L}\p{M}\p{Nd}]/u.test(text)) return WORD;
  return /[\p{White_Space}\p{Cc}]/u.test(text) ? BLANK : SYMBOL;
}

/** The simple lower-case mapping. Only U+0130 has another full mapping, which the engine gives: `i` with a dot above. */
export function lowerOf(point) {
  if (point === 0x130) return 0x69;
  if (point >= 0xd800 && point < 0xe000) return point;
  const lower = String.fromCodePoint(point).toLowerCase();
  const first = lower.codePointAt(0);
  if (String.fromCodePoint(first) !== lower) throw new Error(`U+${point.toString(16)} has no simple mapping.`);
  return first;
}

/** SHA-256 over all code points in order: the class as one byte, the lower-case code point as four, lowest first. */
export function hashTable(classOf, lowerOf) {
  const bytes = new DataView(new ArrayBuffer(5 * POINTS));
  for (let point = 0; point < POINTS; point++) {
    bytes.setUint8(5 * point, classOf(point));
    bytes.setUint32(5 * point + 1, lowerOf(point), true);
  }
  return createHash('sha256').update(bytes).digest('hex');
}

/** A whole number: leading digits of base 34 from `]`, then a last digit of base 52 from `(` to `[`. */
function encode(number) {
  let text = String.fromCharCode(40 + (number % 52));
  for (let high = Math.floor(number / 52); high > 0; high = Math.floor(high / 34)) {
    text = String.fromCharCode(93 + (high % 34)) + text;
  }
  return text;
}

/** The runs of one class: the code points between the previous run and this one, then the run's length. */
function runsOf(wanted) {
  const numbers = [];
  let from = 0;
  let inside = false;
  for (let point = 0; point < POINTS; point++) {
    if ((classOf(point) === wanted) === inside) continue;
    numbers.push(point - from);
    from = point;
    inside = !inside;
  }
  return numbers.map(encode).join('');
}

/** Runs of one shift at every code point or at every second one: gap, twice the length less 2 plus step less 1, shift. */
function shiftRuns() {
  const moved = [];
  for (let point = 0; point < POINTS; point++) {
    const shift = lowerOf(point) - point;
    if (shift !== 0) moved.push({ point, shift });
  }
  const numbers = [];
  let after = 0;
  for (let i = 0; i < moved.length; ) {
    const { point, shift } = moved[i];
    const next = (j) => (moved[j]?.shift === shift ? moved[j].point - moved[j - 1].point : 0);
    const step = next(i + 1) === 2 ? 2 : 1;
    let length = 1;
    while (next(i + length) === step) length++;
    numbers.push(point - after, 2 * (length - 1) + step - 1, shift < 0 ? -2 * shift - 1 : 2 * shift);
    after = point + (length - 1) * step + 1;
    i += length;
  }
  return numbers.map(encode).join('');
}

/** A constant in lines of at most 120 characters. */
const constant = (name, text) =>
  `export const ${name}: string =\n${text
    .match(/.{1,112}/g)
    .map((line) => `  '${line}'`)
    .join(' +\n')};\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version = `${process.versions.unicode}.0`;
  const at = (path) => new URL(path, import.meta.url);
  writeFileSync(
    at('src/data/text/unicode-table.ts'),
    `// Classes and simple lower-case mappings of all code points, read by unicode.ts. Written by unicode-table.mjs: do not edit.
/** The version of the Unicode Character Database that the features of texts follow, on every engine. */
export const UNICODE_VERSION: string = '${version}';
/** Runs of word characters (L, M, Nd): gap, length. */
${constant('WORD_RUNS', runsOf(WORD))}/** Runs of blanks (White_Space, Cc): gap, length. */
${constant('BLANK_RUNS', runsOf(BLANK))}/** Runs of one lower-case shift: gap, length and step, shift. */
${constant('SHIFT_RUNS', shiftRuns())}`,
  );
  writeFileSync(
    at('test/golden/unicode.json'),
    `${JSON.stringify({ version, sha256: hashTable(classOf, lowerOf) }, null, 1)}\n`,
  );
}
