// The proof before an export is returned: the shipped code is run on synthetic rows and compared with the student.
import { MISSING } from '../data/missing.ts';
import { type PreprocessingColumn, parseNumber } from '../data/preprocessing.ts';
import { DebkdError } from '../io/errors.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_PARITY } from '../kernels/streams.ts';
import { denseRecord, type RawRecord, recordPlan } from '../student/record.ts';
import type { Student } from '../student/student.ts';

/** Largest difference in probability that is let through. */
export const PARITY_LIMIT = 1e-6;
const ROWS = 256;

/** Records of the kind the student was made for, also with missing, unknown and extreme values. Always the same. */
export function syntheticRecords(student: Student, count: number = ROWS): RawRecord[] {
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
  const rows = new Float32Array(records.length * preprocessing.F);
  records.forEach((record, i) => {
    rows.set(denseRecord(plan, record), i * preprocessing.F);
  });
  return rows;
}

/** The largest difference. @throws DebkdError `export` when it is beyond PARITY_LIMIT, or an answer is no number */
export function checkParity(target: string, expected: ArrayLike<number>, answered: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((answered[i] as number) - (expected[i] as number));
    if (!(difference <= PARITY_LIMIT)) {
      throw new DebkdError(
        'export',
        `export ${target}: synthetic row ${i + 1} gives ${answered[i]}, the student ${expected[i]}, expected a difference of at most ${PARITY_LIMIT}; nothing was exported. Please report this with the student file`,
      );
    }
    largest = Math.max(largest, difference);
  }
  return largest;
}
