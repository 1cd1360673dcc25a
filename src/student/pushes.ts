// The strongest pushes of a record's margin in words, for a row of a table.
import { BLANK, openUnicode } from '../data/text/unicode.ts';
import type { Explanation } from './explain.ts';
import type { TextSpan } from './explain-text.ts';
import type { OcclusionMap } from './occlusion.ts';
import type { RawRecord } from './record.ts';

/** A column, or words of a text, and what they add to the margin. */
export interface Push {
  /** The column's name. */
  readonly column: string;
  /** Neighbouring words of the text; absent for other columns. */
  readonly text?: string;
  /** In log-odds, to six digits; above 0 towards class 1. */
  readonly share: number;
  /** The cell of an image that pushes most in the direction of the image; absent for other columns. */
  readonly most?: ImageCell;
}

/** A cell of an image; rows and columns count from 1. */
export interface ImageCell {
  /** Its row. */
  readonly row: number;
  /** Its column. */
  readonly column: number;
  /** Rows and columns of cells in the image. */
  readonly of: readonly [rows: number, columns: number];
}

/** Neighbouring words push together if the weaker has at least this share of the stronger. */
const TOGETHER = 0.5;
/** Digits of a share. */
const DIGITS = 6;

/** The strongest pushes, the strongest first. @param most how many */
export function strongestPushes({ parts, image }: Explanation, record: RawRecord, most: number): Push[] {
  const pushes = parts.flatMap(({ column, share, spans }): Push[] =>
    spans
      ? phrases(spans, String(record[column] ?? '')).map((phrase) => ({
          column,
          text: phrase.text,
          share: phrase.share,
        }))
      : [{ column, share, ...(image?.column === column && strongestCell(image, share)) }],
  );
  return pushes
    .map((push) => ({ ...push, share: Number(push.share.toPrecision(DIGITS)) }))
    .filter(({ share }) => share !== 0)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, most);
}

/** Pushes as a line of text: `"free prize" +1.20; age -0.40`, or `image +1.20 (most at row 3, column 5 of 8 x 8)`. */
export function describePushes(pushes: readonly Push[]): string {
  return pushes
    .map(
      ({ column, text, share, most }) =>
        `${text === undefined ? column : JSON.stringify(text)} ${share < 0 ? '' : '+'}${share.toFixed(2)}${placeOf(most)}`,
    )
    .join('; ');
}

function placeOf(most: ImageCell | undefined): string {
  return most ? ` (most at row ${most.row}, column ${most.column} of ${most.of.join(' x ')})` : '';
}

/** The cell with the largest share of the same sign; the first of several. Empty if no cell pushes in that direction. */
function strongestCell({ rows, columns, shares }: OcclusionMap, share: number): Pick<Push, 'most'> {
  const sign = share < 0 ? -1 : 1;
  let best = -1;
  for (let i = 0; i < shares.length; i++)
    if (sign * (shares[i] as number) > (best < 0 ? 0 : sign * (shares[best] as number))) best = i;
  if (best < 0) return {};
  return { most: { row: Math.floor(best / columns) + 1, column: (best % columns) + 1, of: [rows, columns] } };
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
