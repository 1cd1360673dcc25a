// How a CSV is written: by its first 64 KB and not by its header alone, which may end and be separated otherwise than its rows.

/** What separates fields, and what ends rows. */
export interface Dialect {
  readonly delimiter: string;
  readonly newline: '\n' | '\r\n' | '\r';
}

/** Characters that are looked at. */
export const DIALECT_CHARACTERS: number = 2 ** 16;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Delimiter and line end; undefined until a header and a row have been read. More of the text is looked at where it is there.
 * @param last whether this is all there is
 */
export function detectDialect(text: string, last: boolean): Dialect | undefined {
  const { rows, ends, whole: known } = scan(text.slice(0, DIALECT_CHARACTERS));
  if (known < 2 && text.length < DIALECT_CHARACTERS && !last) return undefined;
  // a mixture is read as LF, once every end is made one (unifyEnds)
  const newline = ends.size === 1 ? ([...ends][0] as Dialect['newline']) : '\n';
  const whole = last && text.length <= DIALECT_CHARACTERS ? rows : rows.slice(0, -1);
  return { delimiter: delimiterOf(whole.length > 0 ? whole : rows), newline };
}

/** Counts of each delimiter outside of quotes, row by row, and the line ends that occur. */
function scan(text: string): { rows: Map<string, number>[]; ends: Set<string>; whole: number } {
  const rows: Map<string, number>[] = [];
  const ends = new Set<string>();
  let row = new Map<string, number>();
  let [quoted, some] = [false, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '"') quoted = !quoted;
    if (quoted) {
      some = true;
      continue;
    }
    if (c === '\n' || c === '\r') {
      const both = c === '\r' && text[i + 1] === '\n';
      // the other half of what was cut
      if (c === '\r' && i + 1 === text.length) continue;
      ends.add(both ? '\r\n' : c);
      if (both) i++;
      if (some) rows.push(row);
      [row, some] = [new Map(), false];
      continue;
    }
    some = true;
    if ((DELIMITERS as readonly string[]).includes(c)) row.set(c, (row.get(c) ?? 0) + 1);
  }
  const whole = rows.length;
  if (some) rows.push(row);
  return { rows, ends, whole };
}

/** The delimiter that every row has as often as the header; else the first that the header has. */
function delimiterOf(rows: readonly Map<string, number>[]): string {
  const [header = new Map<string, number>()] = rows;
  const even = DELIMITERS.filter((c) => header.has(c) && rows.every((row) => row.get(c) === header.get(c)));
  return even[0] ?? DELIMITERS.find((c) => header.has(c)) ?? ',';
}

/**
 * Walks the quoted fields: Papa Parse looks at a malformed one from its beginning again for every quote in it.
 * @param text that begins with a row, and may end anywhere
 * @param fail is given what is wrong
 */
export function checkQuotes(text: string, delimiter: string, fail: (what: string) => never): void {
  for (let open = text.indexOf('"'); open >= 0; ) {
    const before = text[open - 1];
    // within a field that begins without one, a quote is a letter
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
      fail(
        `a quoted field is malformed (it begins ${shown}, and goes on behind its quote); double the quotes inside it`,
      );
    }
    open = text.indexOf('"', after);
  }
}

/** Blanks between a closing quote and what ends its field. */
const MAX_BLANKS = 64;

/** Whether a text whose rows end as the dialect says has other ends, too. */
export function hasOtherEnds(text: string, { newline }: Dialect): boolean {
  if (newline === '\n') return text.includes('\r');
  return newline === '\r' ? text.includes('\n') : /(^|[^\r])\n|\r(?!\n|$)/.test(text);
}

/**
 * The same text with LF at the end of every row; what stands between quotes keeps its own.
 * @param text that begins with a row
 * @param last whether it is all there is; else a CR at the very end stays, since its LF may come
 */
export function unifyEnds(text: string, delimiter: string, last: boolean): string {
  let out = '';
  let from = 0;
  let start = true; // of a field: a quote opens there and nowhere else
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (start && c === '"') {
      let close = text.indexOf('"', i + 1);
      while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
      if (close < 0) break;
      i = close;
      start = false;
      continue;
    }
    if (c === '\r' && (last || i + 1 < text.length)) {
      out += `${text.slice(from, i)}\n`;
      if (text[i + 1] === '\n') i++;
      from = i + 1;
      start = true;
    } else start = c === delimiter || c === '\n';
  }
  return out + text.slice(from);
}
