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
  if (names.size === 0) return [];
  const listed = [...names].slice(0, NAMED).map((name) => quote(name));
  const more = names.size > NAMED ? ` and ${names.size - NAMED} more` : '';
  const rows = `in all ${features.rows} training rows`;
  return [
    names.size === 1
      ? `column ${listed[0]}: it has the same value, or none, ${rows}, so the student ignores it. Train on rows where it varies if it matters`
      : `columns ${listed.join(', ')}${more}: each has the same value, or none, ${rows}, so the student ignores them. Train on rows where they vary if they matter`,
  ];
}
