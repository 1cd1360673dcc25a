// Names of the groups that an encoded column divides the rows into.
import type { Matrix } from './matrix.ts';
import type { PreprocessingColumn } from './preprocessing.ts';
import { oneHotOf, placedCategories, type StepsColumn } from './steps/step.ts';

const SIDES = ['below mean', 'above mean'] as const;

/**
 * The column's name in a report, and its groups: the places of a one-hot group, or the numbers up to 0 and above 0. The
 * student's numbers are standardised, or they are 0 and 1.
 */
export function groupNames(column: PreprocessingColumn): { name: string; names: readonly string[] } {
  if (column.kind === 'text' || column.kind === 'image') return { name: column.name, names: [] };
  if (column.kind === 'categorical') return { name: column.name, names: column.categories };
  return column.kind === 'numeric' ? { name: column.name, names: SIDES } : namesOfSteps(column);
}

/**
 * The place of each row's group among the names of groupNames, int32 [rows]; -1 for a row in no group. A number counts by its side of 0.
 * @param field the column's place among the fields of the matrix
 * @param offset of the column
 */
export function groupPlaces({ rows, fields, fieldColumns, data }: Matrix, field: number, offset: number): Int32Array {
  const places = new Int32Array(rows);
  const values = new Float32Array(data.buffer, data.byteOffset, data.length);
  const isNumber = (fieldColumns[field] as number) >= 0;
  for (let i = 0; i < rows; i++) {
    const at = i * fields + field;
    places[i] = isNumber ? Number((values[at] as number) > 0) : Math.max(-1, (data[at] as number) - offset);
  }
  return places;
}

function namesOfSteps(column: StepsColumn): { name: string; names: readonly string[] } {
  const { name, steps } = column;
  const oneHot = oneHotOf(column);
  const date = steps.find((step) => 'date' in step);
  const shown = date && 'date' in date ? `${name} (${date.date})` : name;
  if (oneHot) {
    const places = placedCategories(oneHot).map((value) => String(value ?? ''));
    const { other } = oneHot;
    return { name: shown, names: other === undefined ? places : [...places, other === true ? 'other' : other] };
  }
  const [first] = steps;
  if (first && 'missing' in first && !('ordinal' in first)) return { name: `${name} (missing)`, names: ['no', 'yes'] };
  const last = steps.findLast((step) => !('impute' in step));
  if (last && 'map' in last && last.map.every(([, to]) => to === 0 || to === 1)) {
    const textsOf = (value: number): string =>
      last.map.flatMap(([from, to]) => (to === value ? [String(from ?? '')] : [])).join(', ');
    return { name: shown, names: [textsOf(0), textsOf(1)] };
  }
  return { name: shown, names: SIDES };
}
