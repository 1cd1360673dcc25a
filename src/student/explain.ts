// Explains a student's margin for one record: the share of each column, of each word of a text, and of each cell of an image.
import { textColumnsOf } from '../data/encode-texts.ts';
import type { PreprocessingColumn } from '../data/preprocessing-column.ts';
import { placesOf, type TextColumn } from '../data/text-column.ts';
import { layout } from '../kernels/layout.ts';
import type { SparseRow } from '../kernels/single-row.ts';
import { explainImage } from './explain-image.ts';
import { explainText, type TextShares } from './explain-text.ts';
import { slopes } from './mean-slopes.ts';
import type { OcclusionMap } from './occlusion.ts';
import { encodeRecord, type RawRecord, textOf } from './record.ts';
import { openRecords } from './record-answer.ts';
import type { StudentData } from './student-data.ts';
import { imageOf } from './student-layout.ts';

/**
 * Why a student's margin for a record is what it is.
 * @example
 * const { margin, bias, parts, image }: Explanation = student.explain(record);
 * for (const { column, share } of parts) console.log(column, share);
 * if (image) console.log(image.rows, image.columns, image.shares); // what each cell of the image adds
 */
export interface Explanation {
  /** The student's log-odds of class 1 for the record. */
  readonly margin: number;
  /** The log-odds of the baseline: every number at its mean, no category, an empty text, the mean pixel all over an image. */
  readonly bias: number;
  /**
   * The columns by the size of their share, the largest first. The shares add up to margin - bias, up to rounding. With an image each share
   * is the margin minus the margin without that column; these shares need not add up.
   */
  readonly parts: readonly ColumnShare[];
  /** What each cell of the image adds; absent for a student without images. */
  readonly image?: OcclusionMap;
}

/** What a column adds to the margin. */
export interface ColumnShare extends Partial<TextShares> {
  /** The column's name. */
  readonly column: string;
  /** Its part of margin - bias, in log-odds, above 0 towards class 1; with an image, the margin minus the margin without it. */
  readonly share: number;
}

/**
 * The shares of a record's columns in the margin, as Student.explain returns them. A logistic student's are exact: weight times value. With
 * hidden layers they are integrated gradients (Sundararajan, Taly, Yan 2017) on the straight line from the baseline to the record. With an
 * image they are differences of margins.
 * @throws DebkdError `column`
 */
export function explain(student: StudentData, record: RawRecord): Explanation {
  const { architecture, parameters, preprocessing } = student;
  const { plan, margin: marginOf, row } = openRecords(student);
  const own = imageOf(preprocessing);
  if (own) {
    encodeRecord(plan, record, row);
    const { margin, bias, shares, image } = explainImage(preprocessing.columns, own, row, marginOf);
    return { margin, bias, parts: sorted(Array.from(shares, ([column, share]) => ({ column, share }))), image };
  }
  row.count = 0;
  const bias = marginOf(row);
  encodeRecord(plan, record, row);
  const margin = marginOf(row);
  const slope = slopes(parameters, layout(preprocessing.encodedWidth, architecture), row);
  const shares = new Map(preprocessing.columns.map(({ name }) => [name, 0]));
  const { columns } = preprocessing;
  for (let i = 0, at = 0; i < row.count; i++) {
    const place = row.columns[i] as number;
    // fields come in the order of their columns
    while (place >= endOf(columns[at] as PreprocessingColumn)) at++;
    const { name } = columns[at] as PreprocessingColumn;
    shares.set(name, (shares.get(name) as number) + (row.values[i] as number) * slope(place));
  }
  const texts = new Map(textColumnsOf(preprocessing).map((column) => [column.name, column]));
  const parts = Array.from(shares, ([column, share]): ColumnShare => {
    const spec = texts.get(column);
    return spec
      ? { column, share, ...textShares(spec, row, slope, textOf(column, record[column], 'record')) }
      : { column, share };
  });
  return { margin, bias, parts: sorted(parts) };
}

const sorted = (parts: ColumnShare[]): ColumnShare[] => parts.sort((a, b) => Math.abs(b.share) - Math.abs(a.share));

const endOf = ({ offset, width }: PreprocessingColumn): number => offset + width;

/** The places of buckets, by their text column. */
const knownPlaces: WeakMap<TextColumn, Int32Array> = /* @__PURE__ */ new WeakMap();

function textShares(spec: TextColumn, row: SparseRow, slope: (place: number) => number, text: string): TextShares {
  const byPlace = new Map<number, number>();
  for (let i = 0; i < row.count; i++) {
    const place = row.columns[i] as number;
    if (place >= spec.offset && place < endOf(spec))
      byPlace.set(place - spec.offset, (row.values[i] as number) * slope(place));
  }
  const places = knownPlaces.get(spec) ?? placesOf(spec);
  knownPlaces.set(spec, places);
  return explainText(spec, text, (bucket) => byPlace.get(places[bucket] as number) ?? 0);
}
