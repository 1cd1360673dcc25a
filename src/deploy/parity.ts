// The proof before an export is returned: the shipped code is run on synthetic rows and compared with the student.
import { MISSING } from '../data/missing.ts';
import { type PreprocessingColumn, parseNumber } from '../data/preprocessing.ts';
import { DebkdError } from '../io/errors.ts';
import { layout } from '../kernels/layout.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_PARITY } from '../kernels/streams.ts';
import { denseRecord, type RawRecord, recordPlan } from '../student/record.ts';
import type { Student } from '../student/student.ts';
import { PARITY_ROWS } from './table-records.ts';

/** Largest difference in probability that is let through where sums are short; longer ones may differ by their rounding. */
export const PARITY_LIMIT = 1e-6;
/** Rounding of float32, relative. */
const ROUNDING = 2 ** -24;
/** Standard deviations of a sum's rounding errors that are let through, of either side. */
const SAFETY = 8;

/** Records that an export is run on, as well as synthetic ones. */
export interface ParityOptions {
  /** Raw records, such as rows that the student was trained on, 256 at most; none is kept in any file. */
  readonly records?: readonly RawRecord[] | undefined;
}

/** Synthetic records, and those that were given. */
export function parityRecords(student: Student, { records = [] }: ParityOptions): RawRecord[] {
  return [...syntheticRecords(student), ...records.slice(0, PARITY_ROWS)];
}

/** Records of the kind the student was made for, also with missing, unknown and extreme values. Always the same. */
export function syntheticRecords(student: Student, count: number = PARITY_ROWS): RawRecord[] {
  const source = words(1, STREAM_PARITY, 0);
  return Array.from({ length: count }, () => {
    const fields = student.preprocessing.columns.map((column): [string, string | number | null] => [
      column.name,
      syntheticValue(column, student.preprocessing.missing ?? MISSING, source),
    ]);
    return Object.fromEntries(fields);
  });
}

function syntheticValue(
  column: PreprocessingColumn,
  spellings: readonly string[],
  source: Iterator<number>,
): string | number | null {
  const kind = below(source, 32);
  if (kind === 0) return missingValue(column, spellings, source);
  if (column.kind === 'categorical')
    return kind === 1 ? 'a value never seen' : (column.categories[below(source, column.categories.length)] as string);
  if (kind === 1) return (source.next().value / 2 ** 31 - 1) * 1e9;
  // the mean itself, as it would be written: the one value of a column that is constant
  if (kind === 2 && column.transform === 'none') return Number(column.mean.toPrecision(7));
  return column.mean + (source.next().value / 2 ** 31 - 1) * 4 * column.std;
}

/** null, or a spelling, as a number where it is one and the column is of numbers. */
function missingValue(
  column: PreprocessingColumn,
  spellings: readonly string[],
  source: Iterator<number>,
): string | number | null {
  const spelling = spellings[below(source, spellings.length + 1)];
  if (spelling === undefined) return null;
  const number = column.kind === 'numeric' ? parseNumber(spelling) : Number.NaN;
  return Number.isFinite(number) && String(number) === spelling.trim() ? number : ` ${spelling}`;
}

/** Records as dense encoded rows, float32 [records x columns]. */
export function encodedRecords({ preprocessing }: Student, records: readonly RawRecord[]): Float32Array {
  const plan = recordPlan(preprocessing);
  const rows = new Float32Array(records.length * preprocessing.encodedWidth);
  records.forEach((record, i) => {
    rows.set(denseRecord(plan, record), i * preprocessing.encodedWidth);
  });
  return rows;
}

/**
 * Bounds of the difference between two ways to add up the same network in float32, in probability, one a row: an error of a sum of n
 * terms grows as the root of n times the sum of their sizes (Higham, Mary 2019), and passes through the next layer's weights.
 * @param rows encoded, [rows x columns]
 */
export function roundingBounds({ architecture, parameters, preprocessing }: Student, rows: Float32Array): Float64Array {
  const { layers } = layout(preprocessing.encodedWidth, architecture);
  const width = preprocessing.encodedWidth;
  return Float64Array.from({ length: rows.length / width }, (_, row) => {
    let sizes = Float64Array.from(rows.subarray(row * width, (row + 1) * width), Math.abs);
    let errors = new Float64Array(width);
    for (const { inputs, outputs, weight, bias } of layers) {
      const nextSizes = Float64Array.from({ length: outputs }, (_unit, j) => Math.abs(parameters[bias + j] as number));
      const nextErrors = new Float64Array(outputs);
      for (let k = 0; k < inputs; k++) {
        const [size, error] = [sizes[k] as number, errors[k] as number];
        if (size === 0 && error === 0) continue;
        for (let j = 0; j < outputs; j++) {
          const w = Math.abs(parameters[weight + k * outputs + j] as number);
          nextSizes[j] = (nextSizes[j] as number) + w * size;
          nextErrors[j] = (nextErrors[j] as number) + w * error;
        }
      }
      const share = SAFETY * ROUNDING * Math.sqrt(inputs + 1);
      errors = nextErrors.map((error, j) => error + share * (nextSizes[j] as number));
      sizes = nextSizes;
    }
    // the slope of a probability by its margin is a quarter at most
    return Math.max(PARITY_LIMIT, 0.25 * (errors[0] as number));
  });
}

/**
 * The largest difference.
 * @param limits of each row; default PARITY_LIMIT
 * @throws DebkdError `export` when it is beyond the limit, or an answer is no number
 */
export function checkParity(
  target: string,
  expected: ArrayLike<number>,
  answered: ArrayLike<number>,
  limits?: Float64Array,
): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((answered[i] as number) - (expected[i] as number));
    const limit = limits?.[i] ?? PARITY_LIMIT;
    if (!(difference <= limit)) {
      throw new DebkdError(
        'export',
        `export ${target}: synthetic row ${i + 1} gives ${answered[i]}, the student ${expected[i]}, expected a difference of at most ${limit.toPrecision(2)}; nothing was exported. Please report this with the student file`,
      );
    }
    largest = Math.max(largest, difference);
  }
  return largest;
}
