// The strongest pushes of a record's margin in words, for a row of a table.
import { BLANK, openUnicode } from '../data/text/unicode.ts';
import type { Explanation } from './explain.ts';
import type { TextSpan } from './explain-text.ts';
import type { RawRecord } from './record.ts';

/** A column, or words of a text, and what they add to the margin. */
export interface Push {
  /** The column's name. */
  readonly column: string;
  /** Neighbouring words of the text; absent for other columns. */
  readonly text?: string;
  /** In log-odds, to six digits; above 0 towards class 1. */
  readonly share: number;
}

/** Neighbouring words push together if the weaker has at least this share of the stronger. */
const TOGETHER = 0.5;
/** Digits of a share. */
const DIGITS = 6;

/** The strongest pushes, the strongest first. @param most how many */
export function strongestPushes({ parts }: Explanation, record: RawRecord, most: number): Push[] {
  const pushes = parts.flatMap(({ column, share, spans }): Push[] =>
    spans
      ? phrases(spans, String(record[column] ?? '')).map((phrase) => ({
          column,
          text: phrase.text,
          share: phrase.share,
        }))
      : [{ column, share }],
  );
  return pushes
    .map((push) => ({ ...push, share: Number(push.share.toPrecision(DIGITS)) }))
    .filter(({ share }) => share !== 0)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, most);
}

/** Pushes as a line of text: `"free prize" +1.20; age -0.40`. */
export function describePushes(pushes: readonly Push[]): string {
  return pushes
    .map(
      ({ column, text, share }) =>
        `${text === undefined ? column : JSON.stringify(text)} ${share < 0 ? '' : '+'}${share.toFixed(2)}`,
    )
    .join('; ');
}

/** Joins neighbouring words of one direction and about one strength. */
function phrases(spans: readonly TextSpan[], text: string): TextSpan[] {
  const joined: { span: TextSpan; last: number }[] = [];
  for (const span of spans) {
    const before = joined.at(-1);
    const together = before && before.last * span.share > 0 && similar(before.last, span.share);
    if (!before || !together || !isBlank(text.slice(before.span.end, span.start))) {
      joined.push({ span, last: span.share });
      continue;
    }
    const { start, share } = before.span;
    before.span = { start, end: span.end, text: text.slice(start, span.end), share: share + span.share };
    before.last = span.share;
  }
  return joined.map(({ span }) => span);
}

function similar(a: number, b: number): boolean {
  const [low, high] = Math.abs(a) < Math.abs(b) ? [Math.abs(a), Math.abs(b)] : [Math.abs(b), Math.abs(a)];
  return low >= TOGETHER * high;
}

function isBlank(text: string): boolean {
  const { kinds } = openUnicode();
  return Array.from(text).every((character) => kinds[character.codePointAt(0) as number] === BLANK);
}
