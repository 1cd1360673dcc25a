// A warning about columns from which a student learns nothing.
import { constantColumns } from '../data/constant-columns.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { quote } from '../io/errors.ts';

/** How many columns a warning names. */
const NAMED = 5;

/** Warns about columns that have one value in all training rows, or none. A column may have several encodings. */
export function constantWarnings({ features, preprocessing }: AnyDataset): string[] {
  const constant = new Set(constantColumns(features, preprocessing).map(({ column }) => column));
  const { columns, encodedWidth } = preprocessing;
  const names = new Set(columns.map(({ name }) => name));
  for (const [i, { name, kind, offset }] of columns.entries()) {
    const end = columns[i + 1]?.offset ?? encodedWidth;
    const isConstant = Array.from({ length: end - offset }, (_, k) => offset + k).every((e) => constant.has(e));
    if (kind === 'text' || kind === 'image' || !isConstant) names.delete(name);
  }
  const [first, ...others] = names;
  if (first === undefined) return [];
  const listed = [...names].slice(0, NAMED).map((name) => quote(name));
  const more = names.size > NAMED ? ` and ${names.size - NAMED} more` : '';
  const has = others.length > 0 ? 'they have the same value' : 'it has the same value';
  return [
    `column${others.length > 0 ? 's' : ''} ${listed.join(', ')}${more}: ${has}, or none, in all ${features.rows} training rows, so the student ignores ${others.length > 0 ? 'them' : 'it'}. Train on rows where ${others.length > 0 ? 'they vary' : 'it varies'} if ${others.length > 0 ? 'they matter' : 'it matters'}`,
  ];
}
