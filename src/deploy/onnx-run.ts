// Runs exported ONNX models on records.
import { textColumnsOf } from '../data/encode-texts.ts';
import { hasherOf } from '../data/hash-texts.ts';
import { missingTest } from '../data/missing.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { categoriesOf } from '../data/raw-inputs.ts';
import type { TextColumn } from '../data/text-column.ts';
import type { RawRecord } from '../student/record.ts';
import { loadRuntime } from '../teacher/runtime.ts';
import { modelInputs } from './onnx-inputs.ts';

/** Values of a batch's widest tensor: rows of texts are wide. */
export const MAX_VALUES: number = 2 ** 22;

/** Records in batches of at most `rows`. */
export function batchesOf(records: readonly RawRecord[], rows: number): RawRecord[][] {
  return Array.from({ length: Math.ceil(records.length / rows) }, (_, k) => records.slice(k * rows, (k + 1) * rows));
}

/** The buckets of texts as rows, float32 [texts x buckets], 0 or 1. */
function hashedRows(column: TextColumn, texts: readonly string[]): Float32Array {
  const rows = new Float32Array(texts.length * column.buckets);
  const hasher = hasherOf(column);
  texts.forEach((text, i) => {
    for (const bucket of hasher.buckets(text)) rows[i * column.buckets + bucket] = 1;
  });
  return rows;
}

/** Makes a function that gives a record the raw model's types: numbers in float32, missing values trimmed, '' for null. */
export function toModelInputs(preprocessing: Preprocessing): (record: RawRecord) => RawRecord {
  const isMissing = missingTest(preprocessing.missing);
  const inputs = modelInputs(preprocessing);
  const listed = new Map(inputs.map(({ column }) => [column, new Set<string>()]));
  for (const column of preprocessing.columns)
    for (const text of categoriesOf(column)) listed.get(column.name)?.add(text);
  return (record) => {
    const fields = inputs.map(({ column, type, double }): [string, string | number] => {
      const value = record[column];
      if (type === 'hashed') return [column, String(value ?? '')];
      if (type === 'number') return [column, typeof value !== 'number' ? '' : double ? value : Math.fround(value)];
      const text = String(value ?? '');
      return [column, isMissing(text) && !listed.get(column)?.has(text) ? text.trim() : text];
    });
    return Object.fromEntries(fields);
  };
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

type Runtime = Awaited<ReturnType<typeof loadRuntime>>;
type Feeds = Parameters<Awaited<ReturnType<Runtime['InferenceSession']['create']>>['run']>[0];

/** The probabilities that a model gives for batches, in order. */
export async function probabilitiesOf(
  bytes: Uint8Array,
  batches: readonly RawRecord[][],
  feeds: (Tensor: Runtime['Tensor'], batch: readonly RawRecord[]) => Feeds,
): Promise<number[]> {
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  try {
    const found: number[] = [];
    for (const batch of batches) {
      const outputs = await session.run(feeds(ort.Tensor, batch));
      found.push(...(outputs['probability'] as { data: Float32Array }).data);
    }
    return found;
  } finally {
    await session.release();
  }
}

/** A batch of records of toModelInputs as the inputs of the raw model. */
export function columnFeeds(
  Tensor: Runtime['Tensor'],
  preprocessing: Preprocessing,
  batch: readonly RawRecord[],
): Feeds {
  const texts = textColumnsOf(preprocessing);
  return Object.fromEntries(
    modelInputs(preprocessing).map((input) => {
      const { column, name, type, double } = input;
      const values = batch.map((record) => record[column]);
      const dims = [batch.length, input.width];
      if (type === 'hashed') {
        const spec = texts.find((one) => one.name === column) as TextColumn;
        return [name, new Tensor('float32', hashedRows(spec, values.map(String)), dims)];
      }
      if (type !== 'number') return [name, new Tensor('string', values.map(String), dims)];
      return double
        ? [name, new Tensor('float64', Float64Array.from(values, numberOf), dims)]
        : [name, new Tensor('float32', Float32Array.from(values, numberOf), dims)];
    }),
  );
}
