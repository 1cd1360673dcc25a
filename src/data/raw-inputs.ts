// The raw columns of a preprocessing, each once, and what their values are.
import type { Preprocessing, PreprocessingColumn } from './preprocessing.ts';
import { listedValues, type Step } from './steps/step.ts';

/** A raw column, as a field of a record. */
export interface RawInput {
  readonly name: string;
  readonly type: 'number' | 'category' | 'date' | 'text' | 'image';
  /** The listed values as texts, '' for a missing one; only for type `category`. */
  readonly categories?: readonly string[];
}

/** The raw columns in the order of their first encoded column. */
export function rawInputs(columns: readonly PreprocessingColumn[]): RawInput[] {
  const byName = new Map<string, PreprocessingColumn[]>();
  for (const column of columns) byName.set(column.name, [...(byName.get(column.name) ?? []), column]);
  return Array.from(byName, ([name, entries]): RawInput => {
    const types = entries.map(typeOf);
    const type =
      (['image', 'text', 'date', 'number', 'category'] as const).find((one) => types.includes(one)) ?? 'number';
    if (type !== 'category') return { name, type };
    return { name, type, categories: [...new Set(entries.flatMap(categoriesOf))] };
  });
}

/** The names of the raw columns, each once. */
export function rawNames(columns: readonly PreprocessingColumn[]): string[] {
  return [...new Set(columns.map(({ name }) => name))];
}

/** The texts that a column lists, '' for a missing value. */
export function categoriesOf(column: PreprocessingColumn): readonly string[] {
  if (column.kind === 'numeric' || column.kind === 'text' || column.kind === 'image') return [];
  return column.kind === 'steps' ? listedValues(column.steps).map((value) => String(value ?? '')) : column.categories;
}

/** The texts that any column with this name lists, '' for a missing value. */
export function listedTexts({ columns }: Pick<Preprocessing, 'columns'>, name: string): string[] {
  return columns.flatMap((column) => (column.name === name ? categoriesOf(column) : []));
}

/** What a column's values are; undefined if it asks only whether one is missing. */
function typeOf(column: PreprocessingColumn): RawInput['type'] | undefined {
  if (column.kind === 'text' || column.kind === 'image') return column.kind;
  if (column.kind !== 'steps') return column.kind === 'numeric' ? 'number' : 'category';
  const first = column.steps.find((step) => !('impute' in step));
  return first ? inputOf(first) : 'number';
}

function inputOf(step: Step): RawInput['type'] | undefined {
  if ('date' in step) return 'date';
  if ('map' in step || 'ordinal' in step || 'oneHot' in step) return 'category';
  return 'missing' in step ? undefined : 'number';
}

/** How the dates of a column are written. */
export function formatOf(columns: readonly PreprocessingColumn[], name: string): string {
  for (const column of columns) {
    if (column.kind !== 'steps' || column.name !== name) continue;
    for (const step of column.steps) if ('date' in step) return step.format ?? 'YYYY-MM-DD';
  }
  return 'YYYY-MM-DD';
}
