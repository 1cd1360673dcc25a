// Standardises the numbers of steps for the student. Trees take ordinal codes and incomes as they are; a network
// trains badly on them. Each number that is not standardised on the training rows therefore gets further steps.
import { moments, openNumberStore } from './column-summary.ts';
import { fitNumeric } from './fit-numeric.ts';
import { locateColumns } from './locate-columns.ts';
import type { Preprocessing, PreprocessingColumn } from './preprocessing.ts';
import { allRows, featureNames, tableChunks } from './row-source.ts';
import { encodeTexts, refuseValue } from './steps/encode-column.ts';
import { oneHotOf, type Step, type StepsColumn } from './steps/step.ts';
import type { AnyTable, Column } from './table.ts';

/** Numbers whose mean is within this distance of 0 and whose standard deviation is in this range count as standardised. */
const STANDARDISED = { mean: 0.25, std: [0.5, 2] } as const;
/** Limit of the student's own numbers, on both sides, as in fitPreprocessing. */
const LIMIT = 10;

/**
 * Returns the teacher's preprocessing with further steps where a column with steps gives numbers that are not
 * standardised on the given rows: symlog if they are heavily skewed, standardise, and clip to ±10. Flags, numbers that
 * are all 0 or 1, stay, like one-hot columns. Returns the same object if nothing is added.
 * @param rows row numbers of the training rows, ascending for a stored table
 * @throws DebkdError `column` if a value cannot be encoded
 */
export function standardiseSteps(table: AnyTable, teacher: Preprocessing, rows: Uint32Array): Preprocessing {
  const specs = teacher.columns.filter(
    (column): column is StepsColumn => column.kind === 'steps' && oneHotOf(column) === undefined,
  );
  if (specs.length === 0) return teacher;
  using store = openNumberStore(table);
  const numbers = encodedNumbers(table, { ...teacher, columns: specs }, rows, store);
  const changed = new Map<PreprocessingColumn, PreprocessingColumn>();
  specs.forEach((spec, s) => {
    const parts = numbers[s] as (() => Float64Array)[];
    const added = addedSteps(spec.name, function* () {
      for (const read of parts) yield read();
    });
    if (added.length > 0) changed.set(spec, { ...spec, steps: [...spec.steps, ...added] });
  });
  if (changed.size === 0) return teacher;
  return { ...teacher, columns: teacher.columns.map((column) => changed.get(column) ?? column) };
}

/** The numbers of each column on the rows, as functions that read the consecutive parts. */
function encodedNumbers(
  table: AnyTable,
  preprocessing: Preprocessing,
  rows: Uint32Array,
  store: ReturnType<typeof openNumberStore>,
): (() => Float64Array)[][] {
  const specs = preprocessing.columns as readonly StepsColumn[];
  const places = locateColumns(preprocessing, featureNames(table), table.name);
  const missing = preprocessing.missing ?? table.missing;
  const options = { ...preprocessing, ...(missing && { missing }) };
  const parts = specs.map((): (() => Float64Array)[] => []);
  for (const { chunk, rows: local = allRows(chunk) } of tableChunks(table, rows)) {
    specs.forEach((spec, s) => {
      const column = chunk.columns[places[s] as number] as Column;
      const { values, problems } = encodeTexts(spec, column, options);
      const compute = (): Float64Array =>
        Float64Array.from(local, (row) => {
          const code = column.codes[row] as number;
          const problem = problems.get(code);
          if (problem) refuseValue(column, code, problem, chunk);
          return values[code] as number;
        });
      (parts[s] as (() => Float64Array)[]).push(store.keep(compute));
    });
  }
  return parts;
}

function addedSteps(name: string, numbers: () => Iterable<Float64Array>): Step[] {
  let flags = true;
  for (const part of numbers()) flags &&= part.every((x) => x === 0 || x === 1);
  if (flags) return [];
  const raw = moments(numbers);
  const [least, most] = STANDARDISED.std;
  if (Math.abs(raw.mean) <= STANDARDISED.mean && raw.std >= least && raw.std <= most) return [];
  const { transform, mean, std } = fitNumeric({ name, numbers }, 0);
  return [
    ...(transform === 'symlog' ? [{ symlog: true } as const] : []),
    { standardise: { mean, std } },
    { clip: [-LIMIT, LIMIT] },
  ];
}
