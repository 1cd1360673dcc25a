// Synthetic texts for the proof of an export: plain and odd ones, in several scripts. No row of data is needed.
import { below } from '../kernels/random.ts';

/** The text of examples. */
export const TYPICAL_TEXT = 'The new train to the coast is fast and quiet.';

const WORDS: readonly string[] = [
  ...['the', 'a', 'of', 'and', 'to', 'in', 'is', 'you', 'that', 'it', 'was', 'for', 'on', 'are', 'with', 'not', 'this'],
  ...[
    'good',
    'bad',
    'new',
    'best',
    'great',
    'people',
    'time',
    'things',
    'news',
    'free',
    'price',
    'love',
    'movie',
    '10',
  ],
  ...["don't", 'Éire', 'STRASSE', 'straße', 'größer', 'İstanbul', 'naïve', 'наука', 'ДОМ', 'שלום', 'سلام', 'नमस्ते'],
  ...[
    '日本語',
    '한국어',
    'ไทย',
    'ǅ',
    'ﬁ',
    '𝔘',
    '👍',
    '👩‍👩‍👧',
    '!',
    '?!',
    '...',
    '@user',
    '#tag',
    '\u0301',
    '\u00ad',
    '3.5',
    '½',
  ],
];
const SPACES: readonly string[] = [' ', ' ', ' ', ' ', '  ', '\n', '\r\n', '\t', '\u00a0', '\u3000', ''];
const LONG_TEXT = 10_000;

/** Draws a text: none, empty, unknown, long, random characters, or words of many scripts. */
export function drawText(source: Iterator<number>): string | null {
  const kind = below(source, 32);
  if (kind === 0) return null;
  if (kind === 1) return '';
  if (kind === 2) return ' \n\t ';
  // a word that no corpus has, and a lone surrogate
  if (kind === 3) return `qxzjv${String.fromCharCode(0xd800 + below(source, 2048))}`;
  if (kind === 4) return characters(source, 1 + below(source, 40));
  if (kind === 5) return words(source, LONG_TEXT);
  return words(source, 1 + below(source, 200));
}

function words(source: Iterator<number>, length: number): string {
  let text = '';
  while (text.length < length)
    text += `${WORDS[below(source, WORDS.length)] as string}${SPACES[below(source, SPACES.length)] as string}`;
  return text;
}

/** Characters of any plane, among them some that are unassigned. */
function characters(source: Iterator<number>, length: number): string {
  const points = Array.from({ length }, () => below(source, below(source, 4) === 0 ? 0x110000 : 0x3000));
  return String.fromCodePoint(...points);
}
