// The words of a text with their places in it.
import { BLANK, openUnicode } from './unicode.ts';

/** A word: a maximal run of letters, marks and decimal digits, or one other code point that is not blank. */
export interface Word {
  /** The word in lower case; a lone surrogate is U+FFFD. It has as many UTF-16 units as its place in the text. */
  readonly text: string;
  /** The place of its first UTF-16 unit in the text. */
  readonly start: number;
  /** The place after its last UTF-16 unit. */
  readonly end: number;
}

/**
 * The words of a text, as the text features and the groups of words see them.
 *
 * @example
 * wordsOf('Well done!').map((word) => word.text); // ['well', 'done', '!']
 */
export function wordsOf(text: string): Word[] {
  const { kinds, shifts } = openUnicode();
  const words: Word[] = [];
  let lowered = '';
  let start = 0;
  const close = (end: number): void => {
    if (lowered !== '') words.push({ text: lowered, start, end });
    lowered = '';
  };
  for (let i = 0; i < text.length; i++) {
    const from = i;
    let point = text.codePointAt(i) as number;
    if (point > 0xffff) i++;
    else if (point >= 0xd800 && point < 0xe000) point = 0xfffd;
    const kind = kinds[point] as number;
    if ((kind & 1) === 0) close(from);
    if (lowered === '') start = from;
    if (kind !== BLANK) lowered += String.fromCodePoint(point + (shifts[kind >> 1] as number));
    if ((kind & 1) === 0) close(i + 1);
  }
  close(text.length);
  return words;
}
