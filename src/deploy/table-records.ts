// Rows of a table as records for the proof of an export. Apart from the proof: the app takes them long before it exports.
import { type Preprocessing, parseNumber } from '../data/preprocessing.ts';
import { rawInputs } from '../data/raw-inputs.ts';
import type { Table } from '../data/table.ts';
import type { RawRecord } from '../student/record.ts';

/** Records of each kind that an export is run on, synthetic and given. */
export const PARITY_ROWS = 256;

/** Some rows of a table as records, evenly spaced. @param rows which to take from */
export function recordsOf(table: Pick<Table, 'columns'>, rows: Uint32Array, { columns }: Preprocessing): RawRecord[] {
  const step = Math.max(1, Math.ceil(rows.length / PARITY_ROWS));
  const inputs = rawInputs(columns);
  const found = inputs.map(({ name }) => table.columns.find((column) => column.name === name));
  return Array.from(rows)
    .filter((_, i) => i % step === 0)
    .map((row) =>
      Object.fromEntries(
        inputs.map(({ name, type }, j): [string, string | number] => {
          const column = found[j];
          const text = column?.texts[column.codes[row] as number] ?? '';
          const number = type === 'number' ? parseNumber(text) : Number.NaN;
          return [name, Number.isFinite(number) ? number : text];
        }),
      ),
    );
}
