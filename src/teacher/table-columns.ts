// Assigns the columns of a table to the inputs of a teacher.
import { missingTest } from '../data/missing.ts';
import { parseNumber } from '../data/preprocessing.ts';
import { type Binding, whyColumns } from './binding.ts';
import { assignColumns, isAlike, type KnownColumn } from './input-columns.ts';
import type { TableColumns } from './teacher.ts';

type Named = { readonly name: string; readonly missing?: readonly string[] | undefined };

/** The columns of a table, each with a test for numbers. */
function knownColumns(table: Named & TableColumns): KnownColumn[] {
  const isMissing = missingTest(table.missing);
  const isNumber = (text: string): boolean => isMissing(text) || !Number.isNaN(parseNumber(text));
  if (!('chunk' in table))
    return table.columns.map(({ name, texts }) => ({ name, isNumeric: () => texts.every(isNumber) }));
  let kinds: readonly boolean[] | undefined;
  const kindsOf = (): readonly boolean[] => {
    const numeric = table.columns.map(() => true);
    for (let k = 0; k < table.chunks; k++)
      table.chunk(k).columns.forEach(({ texts }, j) => {
        numeric[j] &&= texts.every(isNumber);
      });
    return numeric;
  };
  return table.columns.map((name, j) => ({
    name,
    isNumeric() {
      kinds ??= kindsOf();
      return kinds[j] === true;
    },
  }));
}

/** The indices of each input's columns in a table. @throws DebkdError `column` */
export function placesIn(
  { inputs }: Extract<Binding, { takes: 'columns' }>,
  table: Named & TableColumns,
  teacher: string,
): readonly (readonly number[])[] {
  return assignColumns(inputs, knownColumns(table), { teacher, data: table.name });
}

/** A binding whose inputs of several columns take those of the table. @throws DebkdError `column` */
export function assignBinding(
  binding: Extract<Binding, { takes: 'columns' }>,
  table: Named & TableColumns,
  teacher: string,
): Extract<Binding, { takes: 'columns' }> {
  const places = placesIn(binding, table, teacher);
  const names = table.columns.map((column) => (typeof column === 'string' ? column : column.name));
  const inputs = binding.inputs.map((input, i) => {
    const own = places[i] as readonly number[];
    const columns = own.map((place) => names[place] as string);
    const isByName = names.length === 1 || isAlike(columns[0] ?? '', input.tensor.name);
    return own.length > 1 || !isByName ? { ...input, columns } : input;
  });
  return { ...binding, inputs, why: whyColumns(inputs) };
}
