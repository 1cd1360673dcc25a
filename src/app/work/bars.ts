// How the values of a column are distributed, to look at before a run.
import { parseNumber } from '../../data/preprocessing.ts';
import type { Column } from '../../data/table.ts';
import type { Bar, ColumnSummary } from '../input-messages.ts';

const BINS = 12;
const MOST_VALUES = 6;

/** Bins of equal width of numbers with many values; else the most common values, and all others as one bar without a label. */
export function barsOf(
  { texts, codes }: Pick<Column, 'texts' | 'codes'>,
  kind: ColumnSummary['kind'],
  isMissing: (text: string) => boolean,
): readonly Bar[] {
  const rows = new Float64Array(texts.length);
  for (const code of codes) rows[code] = (rows[code] as number) + 1;
  const known = [...texts.keys()].filter((code) => !isMissing(texts[code] as string));
  const rowsOf = (code: number): number => rows[code] as number;
  if (kind === 'number' && known.length > BINS) {
    const values = known.map((code) => parseNumber(texts[code] as string));
    const low = values.reduce((least, value) => Math.min(least, value));
    const width = (values.reduce((most, value) => Math.max(most, value)) - low) / BINS;
    const bins = new Float64Array(BINS);
    known.forEach((code, i) => {
      const bin = Math.min(BINS - 1, Math.floor(((values[i] as number) - low) / width));
      bins[bin] = (bins[bin] as number) + rowsOf(code);
    });
    return Array.from(bins, (count, i) => ({
      label: `${short(low + i * width)} to ${short(low + (i + 1) * width)}`,
      rows: count,
    }));
  }
  const sorted =
    kind === 'number'
      ? known.sort((a, b) => parseNumber(texts[a] as string) - parseNumber(texts[b] as string))
      : known.sort((a, b) => rowsOf(b) - rowsOf(a) || a - b);
  const most = kind === 'number' ? BINS : MOST_VALUES;
  const shown = sorted.slice(0, most).map((code) => ({ label: texts[code] as string, rows: rowsOf(code) }));
  const others = sorted.slice(most).reduce((sum, code) => sum + rowsOf(code), 0);
  return others > 0 ? [...shown, { label: '', rows: others }] : shown;
}

/** A number to three digits. */
const short = (value: number): string => String(Number(value.toPrecision(3)));
