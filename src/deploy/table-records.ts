// Rows of a table as records for the proof of an export. Apart from the proof: the app takes them long before it exports.

import type { Rasters } from '../data/image-rows.ts';
import { type Preprocessing, parseNumber } from '../data/preprocessing.ts';
import { type RawInput, rawInputs } from '../data/raw-inputs.ts';
import type { Column, Table } from '../data/table.ts';
import type { RawImage, RawRecord } from '../student/record.ts';

/** Records of each kind that an export is run on, synthetic and given. */
export const PARITY_ROWS = 256;

/**
 * Some rows of a table as records, evenly spaced.
 * @param rows which to take from
 * @param more more fields than the columns, such as groupInput
 */
export function recordsOf(
  table: Pick<Table, 'columns' | 'dropped'>,
  rows: Uint32Array,
  { columns }: Preprocessing,
  more: readonly RawInput[] = [],
): RawRecord[] {
  const step = Math.max(1, Math.ceil(rows.length / PARITY_ROWS));
  const inputs = [...rawInputs(columns), ...more];
  const all = [...table.columns, ...table.dropped];
  const found = inputs.map(({ name }) => all.find((column) => column.name === name));
  // images whose pixels are not at hand
  if (inputs.some(({ type }, j) => type === 'image' && !found[j]?.rasters)) return [];
  return Array.from(rows)
    .filter((_, i) => i % step === 0)
    .map((row) =>
      Object.fromEntries(
        inputs.map(({ name, type }, j): [string, RawRecord[string]] => {
          const column = found[j];
          if (type === 'image') return [name, imageOf(column as Column, row)];
          const text = column?.texts[column.codes[row] as number] ?? '';
          const number = type === 'number' ? parseNumber(text) : Number.NaN;
          return [name, Number.isFinite(number) ? number : text];
        }),
      ),
    );
}

/** A row's image at the size and with the channels of the student. */
function imageOf({ codes, rasters }: Column, row: number): RawImage {
  const { size, channels, places, pixels } = rasters as Rasters;
  const [height, width] = size;
  const length = height * width * channels;
  const from = (places[codes[row] as number] as number) * length;
  return { width, height, channels, pixels: pixels.subarray(from, from + length) };
}
