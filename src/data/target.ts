// Reads labels from the text of the label column: 1, 0, or -1 for an unlabelled row.
import { DebkdError, listed, quote } from '../io/errors.ts';
import type { Remedy } from '../io/remedies.ts';
import { missingTest } from './missing.ts';
import type { Column, Table } from './table.ts';

/** Names of class 1, as normalizeClass writes them: 1 is also 1.0 and true. */
const POSITIVE = new Set(['1', 'yes']);

/** The value that is class 1 by its name (1, true, yes); undefined if none is, or several are. */
export function likelyPositive(values: readonly string[]): string | undefined {
  const likely = values.filter((text) => POSITIVE.has(normalizeClass(text)));
  return likely.length === 1 ? likely[0] : undefined;
}

/** Whether two texts name the same class: `1`, `1.0` and `true` do; case and surrounding white space do not matter. */
export function sameClass(a: string, b: string): boolean {
  return normalizeClass(a) === normalizeClass(b);
}

/** The same text for all spellings of a class. */
function normalizeClass(name: string): string {
  const text = name.trim().toLowerCase();
  if (text === 'true') return '1';
  if (text === 'false') return '0';
  return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}

/**
 * Reads the labels of a column with two values; spellings of the same value, such as 1 and 1.0 or True and true, count
 * as one.
 * @throws DebkdError `target` if the column does not hold two values, or `positive` is undefined and neither is 1, true
 * or yes
 */
export function labelsOf(
  column: Column,
  positive: string | undefined,
  data: string,
  missing?: readonly string[],
): { labels: Int8Array; target: NonNullable<Table['target']> } {
  const subject = `data ${quote(data, 200)}, target ${quote(column.name)}`;
  const unlabelled = missingTest(missing);
  // blanks around a class are no part of its name
  const spellings = column.texts.filter((text) => !unlabelled(text)).map((text) => text.trim());
  const values = [...new Map([...spellings].reverse().map((text) => [normalizeClass(text), text])).values()].reverse();
  const shown = values
    .slice(0, 5)
    .map((text) => quote(text))
    .join(', ');
  if (values.length > 2) {
    throw new DebkdError('target', {
      subject,
      seen: `${values.length} different values (${shown}${values.length > 5 ? ', ...' : ''})`,
      expected: 'two',
      remedy: [{ id: 'choose-target' }, 'merge values of this one'],
    });
  }
  if (values.length === 0) {
    throw new DebkdError('target', {
      subject,
      seen: 'no row has a label, all values are missing',
      remedy: [{ id: 'choose-target' }, { id: 'list-missing' }],
    });
  }
  if (positive !== undefined && !values.some((text) => sameClass(text, positive))) {
    throw new DebkdError('target', {
      subject,
      seen: `no row has the value ${quote(positive)} of class 1`,
      expected: `one of ${shown}`,
      remedy: { id: 'state-positive' },
    });
  }
  if (values.length < 2) {
    // NA may be a class, such as not applicable
    const gone = [...new Set(column.texts.map((text) => text.trim()))].filter(
      (text) => text !== '' && unlabelled(text),
    );
    const count = gone.length === 1 ? 'counts' : 'count';
    const names = listed(
      gone.map((text) => quote(text)),
      3,
    );
    throw new DebkdError('target', {
      subject,
      seen: `one class only (${shown}${gone.length > 0 ? `; ${names} ${count} as missing` : ''})`,
      expected: 'two',
      remedy: ['add rows of the other class', ...keepAsValue(gone)],
    });
  }
  const chosen = positive ?? likelyPositive(values);
  if (chosen === undefined) {
    throw new DebkdError('target', {
      subject,
      seen: `it is unclear whether ${values.map((text) => quote(text)).join(' or ')} is class 1`,
      remedy: { id: 'state-positive' },
    });
  }
  const negative = values.find((text) => !sameClass(text, chosen)) as string;
  const label = column.texts.map((text) => (unlabelled(text) ? -1 : sameClass(text, chosen) ? 1 : 0));
  return {
    labels: Int8Array.from(column.codes, (code) => label[code] as number),
    target: { name: column.name, positive: chosen, negative },
  };
}

/** How to keep a text that counts as missing as a value; nothing where there is none. */
function keepAsValue(gone: readonly string[]): Remedy[] {
  if (gone.length === 0) return [];
  return [gone.length === 1 ? { id: 'keep-missing' } : { id: 'list-missing' }];
}

/** Labels of a column in which fewer than two classes occur; undefined if there are more. The only value is class 0 if neither its name nor `positive` says more. */
export function labelsOfOneClass(
  column: Column,
  positive: string | undefined,
  missing: readonly string[] | undefined,
): Int8Array | undefined {
  const unlabelled = missingTest(missing);
  const values = column.texts.filter((text) => !unlabelled(text));
  const [first] = values;
  if (!values.every((text) => sameClass(text, first as string))) return undefined;
  const isOne =
    first !== undefined &&
    (positive === undefined ? likelyPositive([first]) !== undefined : sameClass(first, positive));
  const label = column.texts.map((text) => (unlabelled(text) ? -1 : isOne ? 1 : 0));
  return Int8Array.from(column.codes, (code) => label[code] as number);
}
