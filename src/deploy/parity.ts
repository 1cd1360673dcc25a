// The check of every export: it runs on synthetic records, and its probabilities are compared with the student's.
import { MISSING } from '../data/missing.ts';
import { type PlainColumn, parseNumber } from '../data/preprocessing.ts';
import { rawNames } from '../data/raw-inputs.ts';
import { DebkdError } from '../io/errors.ts';
import { imageRow, singleImage } from '../kernels/image-row.ts';
import { layout } from '../kernels/layout.ts';
import { below, words } from '../kernels/random.ts';
import { readDense } from '../kernels/single-row.ts';
import { STREAM_PARITY } from '../kernels/streams.ts';
import { type ImageShape, productsOf, type StageLayout } from '../kernels/trunk-layout.ts';
import { denseRecord, type RawRecord } from '../student/record.ts';
import { answerRecord } from '../student/record-answer.ts';
import { recordPlan } from '../student/record-plan.ts';
import type { Student } from '../student/student.ts';
import { networkInputs, studentLayout } from '../student/student-layout.ts';
import { drawImage } from './synthetic-images.ts';
import { syntheticColumns } from './synthetic-steps.ts';
import { PARITY_ROWS } from './table-records.ts';

/** Largest difference in probability allowed for short sums; long sums may differ by their rounding errors. */
export const PARITY_LIMIT = 1e-6;
/** Unit roundoff of float32. */
const ROUNDOFF = 2 ** -24;
/** Allowed rounding error of a sum, in standard deviations. */
const SAFETY = 8;

/** Records to check an export on, in addition to synthetic ones. */
export interface ParityOptions {
  /** Raw records, such as rows of the training data; the first 256 are used, and none is stored in any file. */
  readonly records?: readonly RawRecord[] | undefined;
}

/** The synthetic records and the given ones. */
export function parityRecords(student: Student, { records = [] }: ParityOptions): RawRecord[] {
  return [...syntheticRecords(student), ...records.slice(0, PARITY_ROWS)];
}

/** Synthetic records of a student of images: at most, at least, and the multiplications of all. */
const IMAGE_ROWS = { most: 64, least: 8, work: 2e9 };

/** How many synthetic records a student's exports are run on; large convolutions take a second each. */
function syntheticRows(student: Student): number {
  if (!hasImage(student)) return PARITY_ROWS;
  const { stages } = studentLayout(student.preprocessing, student.architecture);
  const work = stages.reduce(
    (sum, { weight, bias, outHeight, outWidth }) => sum + (bias - weight) * outHeight * outWidth,
    0,
  );
  return Math.max(IMAGE_ROWS.least, Math.min(IMAGE_ROWS.most, Math.floor(IMAGE_ROWS.work / work)));
}

/** Records with typical, missing, unknown and extreme values of the student's columns. Deterministic. */
export function syntheticRecords(student: Student, count: number = syntheticRows(student)): RawRecord[] {
  const source = words(1, STREAM_PARITY, 0);
  const { columns, missing = MISSING } = student.preprocessing;
  const withSteps = syntheticColumns(student.preprocessing);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const names = rawNames(columns);
  return Array.from({ length: count }, (_, row) => {
    const fields = names.map((name): [string, RawRecord[string]] => {
      const steps = withSteps.get(name);
      if (steps) return [name, steps.draw(source)];
      if (byName.get(name)?.kind === 'image') return [name, drawImage(source)];
      return [name, syntheticValue(byName.get(name) as PlainColumn, missing, source)];
    });
    return { ...Object.fromEntries(fields), ...groupField(student, row) };
  });
}

/** A value of the column of thresholds of groups: each in turn, missing, and unknown ones where the student does not take the column. */
function groupField({ preprocessing, groupThresholds }: Student, row: number): RawRecord {
  if (!groupThresholds) return {};
  const { column, thresholds } = groupThresholds;
  const isTaken = preprocessing.columns.some(({ name }) => name === column);
  // every other record keeps its own value
  if (isTaken && row % 2 === 0) return {};
  const values = [...thresholds.map(([value]) => value), ...(isTaken ? [] : [null, 'a value never seen'])];
  return { [column]: values[(row >> 1) % values.length] as string | null };
}

/** Whether a student takes images. */
export function hasImage({ preprocessing }: Pick<Student, 'preprocessing'>): boolean {
  return preprocessing.columns.some(({ kind }) => kind === 'image');
}

function syntheticValue(
  column: PlainColumn,
  spellings: readonly string[],
  source: Iterator<number>,
): string | number | null {
  const kind = below(source, 32);
  if (kind === 0) return missingValue(column, spellings, source);
  if (column.kind === 'categorical')
    return kind === 1 ? 'a value never seen' : (column.categories[below(source, column.categories.length)] as string);
  if (kind === 1) return (source.next().value / 2 ** 31 - 1) * 1e9;
  // the mean as a user would write it: in a constant column, the only value of the data
  if (kind === 2 && column.transform === 'none') return Number(column.mean.toPrecision(7));
  return column.mean + (source.next().value / 2 ** 31 - 1) * 4 * column.std;
}

/** null, or a spelling of a missing value; in a numeric column, numeric spellings such as -999 are numbers. */
function missingValue(
  column: PlainColumn,
  spellings: readonly string[],
  source: Iterator<number>,
): string | number | null {
  const spelling = spellings[below(source, spellings.length + 1)];
  if (spelling === undefined) return null;
  const number = column.kind === 'numeric' ? parseNumber(spelling) : Number.NaN;
  return Number.isFinite(number) && String(number) === spelling.trim() ? number : ` ${spelling}`;
}

/**
 * The student's probabilities for records, as its exports must give them; float64 [records]. Sums of a text's n-grams have the order of
 * the text: the dense rows of encodedRecords, whose sums have that of the columns, give the same only up to rounding.
 */
export function recordProbabilities(student: Student, records: readonly RawRecord[]): Float64Array {
  return Float64Array.from(records, (record) => answerRecord(student, record));
}

/** Encodes records as dense rows, float32 [records x encodedWidth]. */
export function encodedRecords({ preprocessing }: Student, records: readonly RawRecord[]): Float32Array {
  const plan = recordPlan(preprocessing);
  const rows = new Float32Array(records.length * preprocessing.encodedWidth);
  records.forEach((record, i) => {
    rows.set(denseRecord(plan, record), i * preprocessing.encodedWidth);
  });
  return rows;
}

/**
 * For each row, a bound on the difference in probability between two evaluations of the network in float32 that sum in
 * different orders. The rounding error of a sum of n terms grows as sqrt(n) times the sum of their absolute values
 * (Higham and Mary 2019, probabilistic error analysis), and the next layer's weights propagate it.
 * @param rows encoded rows [rows x encodedWidth]
 * @returns bounds [rows], at least PARITY_LIMIT
 */
export function roundingBounds(student: Student, rows: Float32Array): Float64Array {
  const { architecture, parameters, preprocessing } = student;
  if (hasImage(student)) return imageBounds(student, rows);
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
      const share = SAFETY * ROUNDOFF * Math.sqrt(inputs + 1);
      errors = nextErrors.map((error, j) => error + share * (nextSizes[j] as number));
      sizes = nextSizes;
    }
    // the derivative of the sigmoid is at most 1/4
    return Math.max(PARITY_LIMIT, 0.25 * (errors[0] as number));
  });
}

/**
 * roundingBounds of students of images. The network of absolute parameters bounds every sum on absolute inputs, where no activation
 * exceeds its input; each sum of n terms adds its share of that.
 */
function imageBounds({ architecture, parameters, preprocessing }: Student, rows: Float32Array): Float64Array {
  const image = networkInputs(preprocessing).image as ImageShape;
  const shape = studentLayout(preprocessing, architecture);
  const { outHeight, outWidth } = shape.stages.at(-1) as StageLayout;
  const terms = [...productsOf(shape).map(({ inputs }) => inputs + 1), outHeight * outWidth];
  const share = SAFETY * ROUNDOFF * terms.reduce((sum, n) => sum + Math.sqrt(n), 0);
  const size = singleImage(parameters.map(Math.abs), shape, image, (v) => v);
  const row = imageRow(preprocessing.encodedWidth, image);
  const width = preprocessing.encodedWidth;
  return Float64Array.from({ length: rows.length / width }, (_, i) => {
    const x = rows.slice(i * width, (i + 1) * width).map(Math.abs);
    row.pixels.set(x.subarray(image.offset, image.offset + row.pixels.length));
    readDense(x.fill(0, image.offset, image.offset + row.pixels.length), row);
    // the derivative of the sigmoid is at most 1/4
    return Math.max(PARITY_LIMIT, 0.25 * share * size(row));
  });
}

/**
 * The largest absolute difference between two lists of probabilities.
 * @param limits allowed difference of each row; default PARITY_LIMIT
 * @throws DebkdError `export` if a difference exceeds its limit or is NaN
 */
export function checkParity(
  target: string,
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  limits?: Float64Array,
): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    const limit = limits?.[i] ?? PARITY_LIMIT;
    if (!(difference <= limit)) {
      throw new DebkdError('export', {
        subject: `export ${target}`,
        seen: `synthetic row ${i + 1} gives ${actual[i]}, the student ${expected[i]}`,
        expected: `a difference of at most ${limit.toPrecision(2)}`,
        remedy: 'report this with the student file (nothing was exported)',
      });
    }
    largest = Math.max(largest, difference);
  }
  return largest;
}
