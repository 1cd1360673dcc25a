// Numbers that are written for people: with a comma for the point, or with marks between thousands.

/** Such as 1234,5. */
const COMMA = /^[+-]?\d+,\d+$/;
/** Such as 1.234.567 or 1.234,5. */
const POINTS = /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/;
/** Such as 1,234,567 or 1,234.5. */
const COMMAS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
/** Such as 1 234 567 or 1'234'567, with any kind of blank. */
const GAPS = /^[+-]?\d{1,3}([\s'’]\d{3})+([.,]\d+)?$/;
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/**
 * What some texts of a column are, where they are numbers in such a spelling and nothing else; undefined where they are not.
 * @returns such as: numbers with a decimal comma ("508,48"); write 508.48
 */
export function numberSpelling(texts: readonly string[]): string | undefined {
  const trimmed = texts.map((text) => text.trim());
  const odd = trimmed.filter((text) => !PLAIN.test(text));
  const [first] = odd;
  if (first === undefined) return undefined;
  const all = (...kinds: RegExp[]): boolean => odd.every((text) => kinds.some((kind) => kind.test(text)));
  const show = (what: string, plain: string): string =>
    `numbers with ${what} (such as ${JSON.stringify(first)}); write ${plain}`;
  const sign = first.replace(/[\s'’]/gu, '');
  if (all(GAPS)) return show('gaps between thousands', sign.replace(',', '.'));
  const commas = all(COMMAS);
  const decimal = all(COMMA, POINTS);
  // 1,234 is both: the column's other numbers may tell
  if (commas && decimal)
    return show(
      'a comma, for the point or between thousands',
      `${first.replaceAll(',', '')} or ${first.replace(',', '.')}`,
    );
  if (commas) return show('commas between thousands', first.replaceAll(',', ''));
  if (decimal) return show('a decimal comma', first.replaceAll('.', '').replace(',', '.'));
  return undefined;
}
