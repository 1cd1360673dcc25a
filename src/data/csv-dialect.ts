// Detects the delimiter and the line end of a CSV from its first 65,536 characters. The header is not enough: its
// delimiter or line end may differ from those of the rows.
import type { ErrorParts } from '../io/errors.ts';

/** Delimiter of fields and line end of rows. */
export interface Dialect {
  readonly delimiter: string;
  readonly newline: '\n' | '\r\n' | '\r';
}

/** Number of leading characters that detectDialect reads. */
export const DIALECT_CHARACTERS: number = 2 ** 16;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Detects the delimiter and the line end; undefined until the text holds a header and a row.
 * @param last whether no more text follows
 */
export function detectDialect(text: string, last: boolean): Dialect | undefined {
  const { rows, ends, completeRows } = scan(text.slice(0, DIALECT_CHARACTERS));
  if (completeRows < 2 && text.length < DIALECT_CHARACTERS && !last) return undefined;
  // mixed line ends are read as LF after unifyEnds has converted them
  const newline = ends.size === 1 ? ([...ends][0] as Dialect['newline']) : '\n';
  const whole = last && text.length <= DIALECT_CHARACTERS ? rows : rows.slice(0, -1);
  return { delimiter: delimiterOf(whole.length > 0 ? whole : rows), newline };
}

/** Counts each delimiter outside quotes, row by row, and collects the line ends; the last row may be incomplete. */
function scan(text: string): { rows: Map<string, number>[]; ends: Set<string>; completeRows: number } {
  const rows: Map<string, number>[] = [];
  const ends = new Set<string>();
  let row = new Map<string, number>();
  let [quoted, hasContent] = [false, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '"') quoted = !quoted;
    if (quoted) {
      hasContent = true;
      continue;
    }
    if (c === '\n' || c === '\r') {
      const isCrlf = c === '\r' && text[i + 1] === '\n';
      // the LF of a CRLF may be cut off
      if (c === '\r' && i + 1 === text.length) continue;
      ends.add(isCrlf ? '\r\n' : c);
      if (isCrlf) i++;
      if (hasContent) rows.push(row);
      [row, hasContent] = [new Map(), false];
      continue;
    }
    hasContent = true;
    if ((DELIMITERS as readonly string[]).includes(c)) row.set(c, (row.get(c) ?? 0) + 1);
  }
  const completeRows = rows.length;
  if (hasContent) rows.push(row);
  return { rows, ends, completeRows };
}

/**
 * The first delimiter that every row has as often as the header; otherwise the first that the header has; otherwise a
 * comma.
 */
function delimiterOf(rows: readonly Map<string, number>[]): string {
  const [header = new Map<string, number>()] = rows;
  const consistent = DELIMITERS.filter((c) => header.has(c) && rows.every((row) => row.get(c) === header.get(c)));
  return consistent[0] ?? DELIMITERS.find((c) => header.has(c)) ?? ',';
}

/**
 * Checks quoted fields before Papa Parse, which takes quadratic time for a malformed one: it restarts at each quote in
 * it.
 * @param text starts at a row and may end anywhere
 * @param fail throws the error of a malformed field
 */
export function checkQuotes(
  text: string,
  delimiter: string,
  fail: (problem: Omit<ErrorParts, 'subject'>) => never,
): void {
  for (let open = text.indexOf('"'); open >= 0; ) {
    const before = text[open - 1];
    // inside an unquoted field, a quote is an ordinary character
    if (before !== undefined && before !== delimiter && before !== '\n' && before !== '\r') {
      open = text.indexOf('"', open + 1);
      continue;
    }
    let close = text.indexOf('"', open + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) return;
    let after = close + 1;
    while (text[after] === ' ' && after - close <= MAX_BLANKS) after++;
    const next = text[after];
    if (next !== undefined && next !== delimiter && next !== '\n' && next !== '\r') {
      const shown = JSON.stringify(text.slice(open, open + 40));
      fail({
        seen: `a quoted field is malformed (it begins ${shown} and has text after its closing quote)`,
        remedy: 'double the quotes inside it',
      });
    }
    open = text.indexOf('"', after);
  }
}

/** Maximum blanks between a closing quote and the end of the field. */
const MAX_BLANKS = 64;

/**
 * Whether the text has line ends other than the dialect's.
 * @param last whether no more text follows; if some does, a CR at the very end may be the start of a CRLF
 */
export function hasOtherEnds(text: string, { newline }: Dialect, last: boolean): boolean {
  if (newline === '\n') return text.includes('\r');
  if (newline === '\r') return text.includes('\n');
  return (last ? /(^|[^\r])\n|\r(?!\n)/ : /(^|[^\r])\n|\r(?!\n|$)/).test(text);
}

/**
 * Converts every line end to LF, except inside quoted fields.
 * @param text starts at a row
 * @param last whether no more text follows; if some does, a CR at the very end stays, because its LF may follow
 */
export function unifyEnds(text: string, delimiter: string, last: boolean): string {
  let out = '';
  let from = 0;
  let fieldStart = true; // a quote opens a quoted field only here
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (fieldStart && c === '"') {
      let close = text.indexOf('"', i + 1);
      while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
      if (close < 0) break;
      i = close;
      fieldStart = false;
      continue;
    }
    if (c === '\r' && (last || i + 1 < text.length)) {
      out += `${text.slice(from, i)}\n`;
      if (text[i + 1] === '\n') i++;
      from = i + 1;
      fieldStart = true;
    } else fieldStart = c === delimiter || c === '\n';
  }
  return out + text.slice(from);
}
