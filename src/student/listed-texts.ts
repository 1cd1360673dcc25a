// The texts that a student lists, by column: its categories, and the values with thresholds of their own.
import type { Preprocessing } from '../data/preprocessing.ts';
import { listedValues } from '../data/steps/step.ts';
import type { GroupThresholds } from './group-thresholds.ts';

/** The texts that a student lists, by column; TableOptions.listed of tables for it. */
export function listedTexts(student: {
  readonly preprocessing: Preprocessing;
  readonly groupThresholds?: GroupThresholds | undefined;
}): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const add = (name: string, values: readonly unknown[]): void => {
    const known = found.get(name) ?? new Set();
    for (const value of values) if (typeof value === 'string') known.add(value);
    found.set(name, known);
  };
  const { preprocessing, groupThresholds } = student;
  for (const column of preprocessing.columns) {
    if (column.kind === 'categorical') add(column.name, column.categories);
    else if (column.kind === 'steps') add(column.name, listedValues(column.steps));
  }
  if (groupThresholds)
    add(
      groupThresholds.column,
      groupThresholds.thresholds.map(([value]) => value),
    );
  return new Map(Array.from(found, ([name, texts]) => [name, [...texts]]));
}
