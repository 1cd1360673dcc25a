// Tables of simulated rows: few labels are known, as where a label costs work, and all of the test rows.
import { readCsv } from '../data/csv.ts';
import { openImages } from '../data/open-images.ts';
import { split } from '../data/split.ts';
import type { Table } from '../data/table.ts';

/** Simulated rows with a known truth. */
export interface Simulated {
  /** The names of the features. */
  readonly columns: readonly string[];
  /** The name of the label. */
  readonly target: string;
  /** The features of each row, which contain no commas and no quotes. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** The label of each row, drawn with its true probability. */
  readonly labels: readonly (0 | 1)[];
  /** The true probability of class 1 of each row. */
  readonly truth: readonly number[];
  /** The files that the column `image` names, by their paths; absent for rows without pictures. */
  readonly images?: ReadonlyMap<string, Uint8Array>;
}

/** The table of an example: a CSV in which few training and validation rows have a label. */
export interface ExampleTable {
  /** All rows. Those without a label have an empty field. */
  readonly csv: string;
  /** The rows of the test part of the default split, with their labels and the column `truth`. */
  readonly testCsv: string;
  /** The true probabilities of the test rows. */
  readonly testTruth: Float64Array;
  /** The pictures of all rows; absent for rows without. */
  readonly images?: ReadonlyMap<string, Uint8Array> | undefined;
}

/** Makes the table of an example. @param known how many of the first training and validation rows of the default split keep their label */
export async function exampleTable(
  { columns, target, rows, labels, truth, images }: Simulated,
  known: { readonly train: number; readonly validation: number },
): Promise<ExampleTable> {
  const csvOf = (labelOf: (row: number) => string | number): string =>
    lines([[...columns, target], ...rows.map((row, i) => [...row, labelOf(i)])]);
  // labels do not change the split, which is by the features, and by the contents of pictures
  const table = await openExample({ csv: csvOf((i) => labels[i] as number), images }, target);
  const { train, validation, test } = split(table);
  const kept = new Set([...train.slice(0, known.train), ...validation.slice(0, known.validation), ...test]);
  return {
    csv: csvOf((i) => (kept.has(i) ? (labels[i] as number) : '')),
    testCsv: lines([
      [...columns, target, 'truth'],
      ...Array.from(test, (i) => [...(rows[i] as (string | number)[]), labels[i] as number, truth[i] as number]),
    ]),
    testTruth: Float64Array.from(test, (i) => truth[i] as number),
    images,
  };
}

/** Reads the rows of an example, and opens their pictures. */
export async function openExample(
  { csv, images }: Pick<ExampleTable, 'csv' | 'images'>,
  target: string,
): Promise<Table> {
  const table = await readCsv(new TextEncoder().encode(csv), { target });
  return images ? openImages(table, { image: 'image', files: images }) : table;
}

function lines(table: readonly (readonly (string | number)[])[]): string {
  return `${table.map((fields) => fields.join(',')).join('\n')}\n`;
}
