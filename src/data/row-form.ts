// Columns whose equal texts are found only when their codes or texts are asked for: most columns of numbers never need that.
import { type ByteTexts, byteColumn, byteTextsOf } from './byte-texts.ts';
import type { Column } from './table.ts';

/** What finds the equal texts of a column. */
export interface DistinctTexts {
  readonly codes: Uint32Array;
  readonly texts: ByteTexts;
}

/** The row forms of columns that may have one. */
const forms: WeakMap<Column, { readonly isFound: () => boolean; readonly form: () => Column }> =
  /* @__PURE__ */ new WeakMap();

/**
 * The same column for code that only needs the text or the number of each row: where equal texts are not found yet, a text may
 * appear several times, as in a chunk of a stored table.
 */
export function rowForm(column: Column): Column {
  const entry = forms.get(column);
  return entry && !entry.isFound() ? entry.form() : column;
}

/**
 * A column whose equal texts are found when they are needed.
 * @param find finds them; it is called once
 * @param form makes the row form; it is called once, and not after `find`
 */
export function lazyColumn(name: string, find: () => DistinctTexts, form: () => Column): Column {
  let found: DistinctTexts | undefined;
  let rows: Column | undefined;
  const distinct = (): DistinctTexts => {
    found ??= find();
    rows = undefined;
    return found;
  };
  const column = byteColumn(name, () => distinct().codes, {
    get count() {
      return distinct().texts.count;
    },
    content: () => distinct().texts.content(),
    texts: () => distinct().texts.texts(),
    text: (k) => distinct().texts.text(k),
    numbers: () => distinct().texts.numbers(),
  });
  forms.set(column, {
    isFound: () => found !== undefined,
    form: () => {
      rows ??= form();
      return rows;
    },
  });
  return column;
}

/** Other rows of a column whose equal texts are not found yet; undefined for any other column. @param rows row numbers of the column */
export function pickRows(column: Column, rows: Uint32Array): Column | undefined {
  if (forms.get(column)?.isFound() !== false) return undefined;
  const pick = (from: Column): DistinctTexts => ({
    codes: pickCodes(from.codes, rows),
    texts: byteTextsOf(from) as ByteTexts,
  });
  return lazyColumn(
    column.name,
    () => pick(column),
    () => {
      const { codes, texts } = pick(rowForm(column));
      return byteColumn(column.name, codes, texts);
    },
  );
}

/** The codes of the given rows. */
export function pickCodes(codes: Uint32Array, rows: Uint32Array): Uint32Array {
  const picked = new Uint32Array(rows.length);
  // a loop is several times as fast as Uint32Array.from
  for (let i = 0; i < rows.length; i++) picked[i] = codes[rows[i] as number] as number;
  return picked;
}
