// Permutation importance (Breiman 2001): how much worse a student's answers are when the values of one column are permuted between rows.
import { columnFields } from '../data/column-fields.ts';
import type { AnyDataset } from '../data/dataset.ts';
import type { Matrix } from '../data/matrix.ts';
import { rawNames } from '../data/raw-inputs.ts';
import { matrixRows } from '../data/row-source.ts';
import { countsIn } from '../data/row-weights.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { sampleRows } from '../data/split.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { Threads } from '../io/threads.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_PERMUTE } from '../kernels/streams.ts';
import { interval } from '../metrics/intervals.ts';
import { type Estimate, METRICS } from '../metrics/metric.ts';
import { COLUMNS, openResampler } from '../metrics/resample.ts';
import { rowProducts } from '../student/row-products.ts';
import { Student } from '../student/student.ts';
import type { StudentData } from '../student/student-data.ts';

/** How much a student depends on one column. */
export interface ColumnImportance {
  /** Name of the column of the table. */
  readonly column: string;
  /** Rise of the log-loss when the column is permuted. */
  readonly logLoss: Estimate;
  /** Fall of the AUC when the column is permuted; NaN with one class. */
  readonly auc: Estimate;
}

/** How much a student depends on each of its columns. */
export interface Importance {
  /** Rows measured. */
  readonly rows: number;
  /** Labelled rows that they were drawn from. */
  readonly of: number;
  /** Permutations of each column; a value is their mean. */
  readonly permutations: number;
  /** The columns by the rise of the log-loss, the largest first. */
  readonly columns: readonly ColumnImportance[];
}

/** Options of permutationImportance. */
export interface ImportanceOptions extends ProgressOptions {
  /** Most rows to measure, a random sample; default 2,000, fewer for students that take long. */
  readonly rows?: number;
  /** Permutations of each column; default 5. */
  readonly permutations?: number;
  /** Bootstrap replicates of the intervals; default 200. */
  readonly replicates?: number;
  /** Seed of the sample, the permutations and the replicates; default 1. */
  readonly seed?: number;
  /** Where the columns are measured, which changes no result; default this thread. */
  readonly threads?: Threads | undefined;
}

/** The rows to measure, the same for all columns. */
interface Sample {
  readonly matrix: Matrix;
  readonly labels: Int8Array;
  readonly weights: Float64Array | undefined;
}

/** What is of some columns alone. */
interface Columns extends Required<Pick<ImportanceOptions, 'permutations' | 'replicates' | 'seed'>> {
  readonly columns: readonly string[];
}

/** Defaults, which bound what the measure costs. */
export const MOST_ROWS = 2000;
const PERMUTATIONS = 5;
const REPLICATES = 200;
/** Most multiplications of the student, unless that leaves fewer rows than FEWEST. */
const MOST_PRODUCTS = 4e9;
/** Most rows times columns, permutations and replicates, with the same exception. */
const MOST_RESAMPLED = 4e7;
const FEWEST = 200;

/** The number of rows that the bounds allow. */
function mostRows(student: Student, features: AnyDataset['features'], columns: number, options: ImportanceOptions) {
  const { rows = MOST_ROWS, permutations = PERMUTATIONS, replicates = REPLICATES } = options;
  const products = rowProducts(features, student.architecture);
  const asked = columns * permutations;
  const bound = Math.min(MOST_PRODUCTS / (asked * Math.max(1, products)), MOST_RESAMPLED / (asked * replicates));
  return Math.min(rows, Math.max(FEWEST, Math.floor(bound)));
}

/**
 * Measures how much a student depends on each column: the rise of the log-loss and the fall of the AUC when the column's values are
 * permuted between the labelled rows, on average over several permutations, which are the same for all columns. A category, a text and an
 * image are permuted as a whole. The 95 % intervals are of bootstrap resamples of the rows, with and without the permutation in pairs;
 * they do not cover the choice of the permutations. Columns that tell the same share their importance: a student that lacks one has the
 * other.
 * @param data rows that the student was not trained on, encoded with its preprocessing
 * @returns undefined without labelled rows
 * @throws the signal's reason when aborted
 */
export async function permutationImportance(
  student: Student,
  data: AnyDataset,
  options: ImportanceOptions = {},
): Promise<Importance | undefined> {
  const { permutations = PERMUTATIONS, replicates = REPLICATES, seed = 1, signal, onProgress } = options;
  const labelled = rowsWhere(data.rows, countsIn(data));
  if (labelled.length === 0) return undefined;
  const names = rawNames(student.preprocessing.columns);
  const rows = sampleRows(labelled, mostRows(student, data.features, names.length, options), seed);
  const { weights } = data;
  const sample: Sample = {
    matrix: matrixRows(data.features).select(rows),
    labels: Int8Array.from(rows, (row) => data.labels[row] as number),
    weights: weights && Float64Array.from(rows, (row) => weights[row] as number),
  };
  let done = 0;
  const step = (): void => {
    signal?.throwIfAborted();
    onProgress?.({ stage: 'importance', done: ++done, total: names.length });
  };
  // rows with texts and images share them with all rows, which are too many to send
  const threads = sample.matrix.texts || sample.matrix.images ? undefined : options.threads;
  const measured = await Promise.all(
    chunksOf(names, threads ? CHUNKS * threads.size : 1).map((columns) => {
      const task = { columns, permutations, replicates, seed };
      return threads
        ? measureInThreads(threads, student, sample, task, step)
        : measureColumns(student, sample, task, { signal, step });
    }),
  );
  const columns = measured.flat().sort((a, b) => b.logLoss.value - a.logLoss.value);
  return { rows: rows.length, of: labelled.length, permutations, columns };
}

/** Tasks for each thread: the last ones then end at about the same time. */
const CHUNKS = 2;

/** Splits columns into at most `count` lists of about the same length. */
function chunksOf(names: readonly string[], count: number): string[][] {
  const size = Math.max(1, Math.ceil(names.length / count));
  return Array.from({ length: Math.ceil(names.length / size) }, (_, k) => names.slice(k * size, (k + 1) * size));
}

// one object for each student, because a thread knows what it has by its identity
const sent: WeakMap<Student, StudentData> = /* @__PURE__ */ new WeakMap();

/** What margins depend on: the record of a student may have what cannot leave a thread, such as a loss of one's own. */
function sendable(student: Student): StudentData {
  const { architecture, parameters, preprocessing, threshold } = student;
  const data = sent.get(student) ?? { architecture, parameters, preprocessing, threshold, provenance: {} };
  sent.set(student, data);
  return data;
}

function measureInThreads(
  threads: Threads,
  student: Student,
  sample: Sample,
  task: Columns,
  step: () => void,
): Promise<ColumnImportance[]> {
  const here = (): Promise<ColumnImportance[]> => measureColumns(student, sample, task, { step });
  return new Promise((resolve, reject) => {
    const onNews = (): void => {
      try {
        step();
      } catch (error) {
        reject(error);
      }
    };
    threads
      .run<ColumnImportance[], null>(
        { name: 'importance', shared: [sendable(student), sample], args: task },
        here,
        onNews,
      )
      .then(resolve, reject);
  });
}

/** The task `importance` in a thread. */
export function importanceTask(
  [student, sample]: readonly [StudentData, Sample],
  task: Columns,
  onStep: (news: null) => void,
): Promise<ColumnImportance[]> {
  return measureColumns(new Student(student), sample, task, { step: () => onStep(null) });
}

/** Measures some columns. @param options.step called after each */
async function measureColumns(
  student: Student,
  { matrix, labels, weights }: Sample,
  { columns, permutations, replicates, seed }: Columns,
  { signal, step }: Pick<ProgressOptions, 'signal'> & { readonly step: () => void },
): Promise<ColumnImportance[]> {
  const measure = (x: Matrix): Float64Array => {
    const scores = student.margins(x);
    using resampler = openResampler(scores.map(sigmoid), labels, student.threshold, { scores, weights });
    const drawn = resampler.draw(seed, 0, replicates);
    return Float64Array.from([...resampler.values, ...drawn]);
  };
  const own = measure(matrix);
  const orders = Array.from({ length: permutations }, (_, r) => permutationOf(labels.length, seed, r));
  const found: ColumnImportance[] = [];
  for (const column of columns) {
    const fields = columnFields(student.preprocessing, matrix, column);
    const changes = { logLoss: new Float64Array(1 + replicates), auc: new Float64Array(1 + replicates) };
    for (const order of orders) {
      const permuted = measure(permuteFields(matrix, fields, order));
      for (let r = 0; r <= replicates; r++) {
        const at = (c: number): number => (permuted[COLUMNS * r + c] as number) - (own[COLUMNS * r + c] as number);
        changes.logLoss[r] = (changes.logLoss[r] as number) + at(LOG_LOSS);
        changes.auc[r] = (changes.auc[r] as number) - at(AUC);
      }
      await yieldToEventLoop();
      signal?.throwIfAborted();
    }
    found.push({ column, logLoss: meanOf(changes.logLoss, permutations), auc: meanOf(changes.auc, permutations) });
    step();
  }
  return found;
}

const LOG_LOSS = METRICS.indexOf('logLoss');
const AUC = METRICS.indexOf('auc');

/** The mean over the permutations, of the rows and of their resamples. @param sums the rows' sum, then one for each resample */
function meanOf(sums: Float64Array, permutations: number): Estimate {
  const [value = NaN, ...resampled] = sums.map((sum) => sum / permutations);
  return { value, ...interval(Float64Array.from(resampled), value) };
}

/** The rows with some fields of other rows. The words of texts and images are numbers of what rows share. */
function permuteFields(matrix: Matrix, places: readonly number[], order: Uint32Array): Matrix {
  const { fields } = matrix;
  const data = matrix.data.slice();
  for (const [row, from] of order.entries())
    for (const field of places) data[row * fields + field] = matrix.data[from * fields + field] as number;
  return { ...matrix, data };
}

/** A random order of n rows (Fisher, Yates). */
function permutationOf(n: number, seed: number, number: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const random = words(seed, STREAM_PERMUTE, number);
  for (let i = n - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
