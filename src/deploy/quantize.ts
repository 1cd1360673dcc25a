// Quantises a student, measures the loss against float32, and rejects too large a loss.
import type { Dataset } from '../data/dataset.ts';
import { sumOf } from '../data/row-weights.ts';
import { checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { openArena } from '../kernels/memory.ts';
import { productsOf } from '../kernels/trunk-layout.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { type QuantizationLoss, quantizeParameters } from '../student/quantization.ts';
import { QUANTIZED_FORMS, type QuantizedForm } from '../student/quantized-forms.ts';
import type { RawRecord } from '../student/record.ts';
import { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import { studentLayout } from '../student/student-layout.ts';
import { encodedRecords, hasImage, recordProbabilities, syntheticRecords } from './parity.ts';

/** Largest allowed fall of AUC, largest allowed rise of log-loss, least share of rows with the same label. */
export const QUANTIZATION_LIMITS: Readonly<Record<'auc' | 'logLoss' | 'agreement', number>> = {
  auc: 0.001,
  logLoss: 0.002,
  agreement: 0.98,
};
/** Number of synthetic records to measure on without data. */
const SYNTHETIC_RECORDS = 4096;

/** Options of quantize. */
export interface QuantizeOptions {
  /**
   * Rows to measure the loss on, labelled or not; AUC and log-loss use their weights. Default: 4,096 synthetic records (at most 512 with images), which give only the agreement of
   * labels.
   */
  readonly data?: Dataset;
  /** Accept any loss. Default false. */
  readonly force?: boolean;
}

/**
 * A student with its parameters rounded to float16, or its weights to int8 with a scale for each unit (scales and
 * biases in float16). Its exports store the smaller form; `quantization.loss` has the measured loss.
 * @throws DebkdError `export` if the loss exceeds QUANTIZATION_LIMITS without `force`, or a parameter exceeds float16;
 *   `rows` if `data` has no rows; `value` for an unknown form
 * @example
 * const small = quantize(student, 'int8', { data });
 * const { files } = await exportTo('js', small);
 */
export function quantize(student: Student, form: QuantizedForm, options: QuantizeOptions = {}): Student {
  checkName('quantize', form, QUANTIZED_FORMS);
  const layers = productsOf(studentLayout(student.preprocessing, student.architecture));
  const { parameters, scales } = quantizeParameters(student.parameters, layers, form);
  const small = new Student({ ...student, parameters });
  const loss = measure(student, small, options.data);
  if (!options.force) checkLoss(form, loss);
  return new Student({ ...small, quantization: { form, scales, loss, source: sha256(encodeStudent(student)) } });
}

function measure(student: Student, small: Student, data: Dataset | undefined): QuantizationLoss {
  if (data?.rows === 0)
    throw new DebkdError('rows', {
      subject: 'quantize',
      seen: 'no rows to measure on',
      remedy: ['give rows', 'leave out the data to measure on synthetic records'],
    });
  const probabilities = probabilitiesOn(student, data);
  const [before, after] = [probabilities(student), probabilities(small)];
  // with thresholds of groups, labels agree if they do in every group
  const thresholds = [student.threshold, ...(student.groupThresholds?.thresholds ?? []).map(([, own]) => own)];
  let [same, largest] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    const [p, q] = [before[i] as number, after[i] as number];
    if (thresholds.every((threshold) => p >= threshold === q >= threshold)) same++;
    largest = Math.max(largest, Math.abs(p - q));
  }
  const counted = { rows: before.length, of: data ? ('data' as const) : ('synthetic records' as const) };
  const shared = { ...counted, agreement: decimals(same / before.length), largestDifference: decimals(largest) };
  if (!data?.labels.includes(1) || !data.labels.includes(0)) return shared;
  const { labels, weights } = data;
  return {
    ...shared,
    auc: [
      decimals(rocAuc(student.margins(data), labels, weights)),
      decimals(rocAuc(small.margins(data), labels, weights)),
    ],
    logLoss: [decimals(logLoss(before, data)), decimals(logLoss(after, data))],
  };
}

/** The probabilities of students that share a preprocessing: for the rows of `data`, or for synthetic records. */
function probabilitiesOn(student: Student, data: Dataset | undefined): (one: Student) => Float64Array {
  if (data) return (one) => one.predictProba(data);
  const images = hasImage(student);
  const records = images ? syntheticImages(student) : syntheticRecords(student, SYNTHETIC_RECORDS);
  // dense rows of texts would take gigabytes, and the kernel takes no dense images
  if (images || student.preprocessing.columns.some(({ kind }) => kind === 'text'))
    return (one) => recordProbabilities(one, records);
  const rows = encodedRecords(student, records);
  return (one) => one.predictProba(rows);
}

/** Up to 512 records, fewer of students with large convolutions. */
function syntheticImages(student: Student): RawRecord[] {
  return syntheticRecords(student, 8 * syntheticRecords(student).length);
}

/** Rounds to six decimals, because every export contains these figures. */
const decimals = (x: number): number => Number(x.toFixed(6));

/** Mean log-loss of the labelled rows, weighted where they have weights. */
function logLoss(p: Float64Array, { labels, weights }: Dataset): number {
  using arena = openArena();
  const known = Array.from(labels.keys()).filter((i) => (labels[i] as number) >= 0);
  const losses = arena.reserve(8 * known.length);
  const values = arena.put(Float64Array.from(known, (i) => p[i] as number));
  const classes = arena.put(Int8Array.from(known, (i) => labels[i] as number));
  arena.kernels.rowLosses(values, classes, known.length, losses);
  const all = known.map((i) => weights?.[i] ?? 1);
  return sumOf(arena.f64(losses, known.length).map((x, k) => (all[k] as number) * x)) / sumOf(all);
}

function checkLoss(form: QuantizedForm, { agreement, auc, logLoss: losses, of, rows }: QuantizationLoss): void {
  const limits = QUANTIZATION_LIMITS;
  const violations: { readonly seen: string; readonly expected: string }[] = [];
  if (auc && !(auc[0] - auc[1] <= limits.auc))
    violations.push({
      seen: `AUC falls from ${auc[0].toFixed(4)} to ${auc[1].toFixed(4)}`,
      expected: `a fall of at most ${limits.auc}`,
    });
  if (losses && !(losses[1] - losses[0] <= limits.logLoss))
    violations.push({
      seen: `log-loss rises from ${losses[0].toFixed(4)} to ${losses[1].toFixed(4)}`,
      expected: `a rise of at most ${limits.logLoss}`,
    });
  if (!(agreement >= limits.agreement))
    violations.push({
      seen: `${(100 * agreement).toFixed(1)} % of the labels agree with the float32 student`,
      expected: `at least ${100 * limits.agreement} %`,
    });
  if (violations.length === 0) return;
  throw new DebkdError('export', {
    subject: `quantize ${form}`,
    seen: `on ${rows} ${of === 'data' ? 'rows' : of}, ${violations.map(({ seen }) => seen).join(' and ')}`,
    expected: violations.map(({ expected }) => expected).join(' and '),
    remedy: [...(form === 'int8' ? ['use float16'] : []), 'use no quantisation', { id: 'accept-loss' }],
  });
}
