// Reads labels from the text of the label column: 1, 0, or -1 for an unlabelled row.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { missingTest } from './missing.ts';
import type { Column, Table } from './table.ts';

const POSITIVE = new Set(['1', '1.0', 'true', 'yes']);

/** The value that is class 1 by its name (1, true, yes); undefined if none is, or several are. */
export function likelyPositive(values: readonly string[]): string | undefined {
  const likely = values.filter((text) => POSITIVE.has(text.toLowerCase()));
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
  const spellings = column.texts.filter((text) => !unlabelled(text));
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
    const gone = column.texts.filter((text) => text !== '' && unlabelled(text)).map((text) => quote(text));
    const treatsOtherAsMissing = missing !== undefined && gone.length > 0;
    throw new DebkdError('target', {
      subject,
      seen: `one class only (${shown}${treatsOtherAsMissing ? `; ${listed(gone, 3)} counts as missing` : ''})`,
      expected: 'two',
      remedy: ['add rows of the other class', ...(treatsOtherAsMissing ? [{ id: 'list-missing' as const }] : [])],
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
