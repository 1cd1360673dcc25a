// Groups of images by how they look: brightness, contrast or sharpness, each in three groups.
import type { LabelCache } from '../io/cache.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { columnBuilder } from './build-table.ts';
import { columnNames } from './column-values.ts';
import { type ImageOptions, imageColumnOf } from './fit-image.ts';
import { imageSize } from './image-size.ts';
import { lookNames } from './looks.ts';
import { decodeColumn } from './rasters.ts';
import { isStored, tableChunks } from './row-source.ts';
import type { AnyTable, Column, StoredTable, Table } from './table.ts';

/** What images can be grouped by without a column of the table. */
export const LOOK_GROUPS: readonly string[] = ['brightness', 'contrast', 'sharpness'];
const VALUES = ['low', 'middle', 'high'] as const;

/** Options of withLookGroups. */
export interface LookGroupOptions extends ImageOptions, ProgressOptions {
  /** Training rows, whose terciles are the limits. */
  readonly rows: Uint32Array;
  /** As of encodeParts. */
  readonly cache?: LabelCache | undefined;
}

/** Those of the names that are measured from the images: looks that are no columns of the table. */
export function lookGroupsOf(table: AnyTable, names: readonly string[]): string[] {
  const known = new Set(columnNames(table));
  return imageColumnOf(table) ? names.filter((name) => LOOK_GROUPS.includes(name) && !known.has(name)) : [];
}

/**
 * A table of images with a dropped column for each of `brightness`, `contrast` and `sharpness` that is asked for and is no column:
 * `low`, `middle` or `high`, by the terciles of the training rows.
 * @throws DebkdError as decodeColumn
 */
export async function withLookGroups<T extends AnyTable>(
  table: T,
  names: readonly string[],
  { rows, size, cache, signal, onProgress }: LookGroupOptions,
): Promise<T> {
  const wanted = lookGroupsOf(table, names);
  const image = imageColumnOf(table);
  if (wanted.length === 0 || !image) return table;
  const values = wanted.map(() => new Float32Array(table.rows));
  const places = lookNames(1);
  for (const { chunk } of tableChunks(table)) {
    const before = chunk.before ?? 0;
    const column = chunk.columns.find(({ name }) => name === image.name) as Column;
    const all = Uint32Array.from({ length: chunk.rows }, (_, i) => i);
    const form = { size: imageSize(size), channels: 1 as const };
    const decoded = await decodeColumn(column, table.name, {
      rows: all,
      before,
      ...form,
      cache,
      signal,
      onProgress,
    });
    for (const [k, name] of wanted.entries())
      for (const row of all) {
        const place = decoded.places[column.codes[row] as number] as number;
        (values[k] as Float32Array)[before + row] = decoded.looks[
          place * places.length + places.indexOf(name)
        ] as number;
      }
  }
  const limits = values.map((list) => tercilesOf(list, rows));
  const add = (whole: Table): Table => ({
    ...whole,
    dropped: [
      ...whole.dropped,
      ...wanted.map((name, k) =>
        groupColumn(
          name,
          { rows: whole.rows, from: whole.before ?? 0 },
          values[k] as Float32Array,
          limits[k] as Limits,
        ),
      ),
    ],
  });
  if (!isStored(table)) return add(table as Table) as T;
  const view: StoredTable = {
    ...table,
    dropped: [...table.dropped, ...wanted],
    chunk: (k) => add(table.chunk(k)),
  };
  return view as T;
}

type Limits = readonly [low: number, high: number];

function tercilesOf(values: Float32Array, rows: Uint32Array): Limits {
  const sorted = Float32Array.from(rows, (row) => values[row] as number).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length * share) / 3)] as number;
  return [at(1), at(2)];
}

function groupColumn(
  name: string,
  { rows, from }: { readonly rows: number; readonly from: number },
  values: Float32Array,
  [low, high]: Limits,
): Column {
  const builder = columnBuilder(name);
  for (let row = from; row < from + rows; row++) {
    const value = values[row] as number;
    builder.add(VALUES[value < low ? 0 : value < high ? 1 : 2]);
  }
  return builder.finish();
}
