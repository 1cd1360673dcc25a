// A student in fewer bits, measured against itself in float32, and refused where too much is lost.
import type { Dataset } from '../data/dataset.ts';
import { checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { layout } from '../kernels/layout.ts';
import { openArena } from '../kernels/memory.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { type QuantizationLoss, quantizeParameters } from '../student/quantization.ts';
import { QUANTIZED_FORMS, type QuantizedForm } from '../student/quantized-forms.ts';
import { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-file.ts';
import { encodedRecords, syntheticRecords } from './parity.ts';

/** What is let through: loss of AUC, rise of log-loss, share of rows with the same label. */
export const QUANTIZATION_LIMITS: Readonly<Record<'auc' | 'logLoss' | 'agreement', number>> = {
  auc: 0.001,
  logLoss: 0.002,
  agreement: 0.98,
};
/** Records made up where no data is given. */
const RECORDS = 4096;

/** How quantize measures what is lost, and whether too much of it is refused. */
export interface QuantizeOptions {
  /** Rows to measure on, labelled or not; default: synthetic records, on which labels can only be compared. */
  readonly data?: Dataset;
  /** Let through whatever is lost. */
  readonly force?: boolean;
}

/**
 * The student with its parameters in float16, or its weights in int8 with one scale a unit. Its exports are as much smaller, and carry what was lost (`quantization.loss`).
 * @throws DebkdError `export` when more is lost than QUANTIZATION_LIMITS and `force` is not set
 */
export function quantize(student: Student, form: QuantizedForm, options: QuantizeOptions = {}): Student {
  checkName('quantize', form, QUANTIZED_FORMS);
  const shape = layout(student.preprocessing.encodedWidth, student.architecture);
  const { parameters, scales } = quantizeParameters(student.parameters, shape, form);
  const small = new Student({ ...student, parameters });
  const loss = measure(student, small, options.data);
  if (!options.force) checkLoss(form, loss);
  return new Student({ ...small, quantization: { form, scales, loss, source: sha256(encodeStudent(student)) } });
}

function measure(student: Student, small: Student, data: Dataset | undefined): QuantizationLoss {
  if (data?.rows === 0) throw new DebkdError('rows', 'quantize: no rows to measure on; give some, or none at all');
  const rows = data ?? encodedRecords(student, syntheticRecords(student, RECORDS));
  const [before, after] = [student.predictProba(rows), small.predictProba(rows)];
  let [same, largest] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    const [p, q] = [before[i] as number, after[i] as number];
    if (p >= student.threshold === q >= student.threshold) same++;
    largest = Math.max(largest, Math.abs(p - q));
  }
  const counted = { rows: before.length, of: data ? ('data' as const) : ('synthetic records' as const) };
  const shared = { ...counted, agreement: decimals(same / before.length), largestDifference: decimals(largest) };
  if (!data?.labels.includes(1) || !data.labels.includes(0)) return shared;
  const { labels } = data;
  return {
    ...shared,
    auc: [decimals(rocAuc(student.margins(rows), labels)), decimals(rocAuc(small.margins(rows), labels))],
    logLoss: [decimals(logLoss(before, labels)), decimals(logLoss(after, labels))],
  };
}

/** Six decimals: the figures go into every export. */
const decimals = (x: number): number => Number(x.toFixed(6));

/** Mean over the labelled rows, added in order. */
function logLoss(p: Float64Array, labels: Int8Array): number {
  using arena = openArena();
  const known = Array.from(labels.keys()).filter((i) => (labels[i] as number) >= 0);
  const losses = arena.reserve(8 * known.length);
  const values = arena.put(Float64Array.from(known, (i) => p[i] as number));
  const classes = arena.put(Int8Array.from(known, (i) => labels[i] as number));
  arena.kernels.rowLosses(values, classes, known.length, losses);
  return arena.f64(losses, known.length).reduce((sum, x) => sum + x, 0) / known.length;
}

function checkLoss(form: QuantizedForm, { agreement, auc, logLoss: losses, of, rows }: QuantizationLoss): void {
  const limits = QUANTIZATION_LIMITS;
  const beyond: string[] = [];
  if (auc && !(auc[0] - auc[1] <= limits.auc))
    beyond.push(`AUC falls from ${auc[0].toFixed(4)} to ${auc[1].toFixed(4)}, expected at most ${limits.auc} less`);
  if (losses && !(losses[1] - losses[0] <= limits.logLoss))
    beyond.push(
      `log-loss rises from ${losses[0].toFixed(4)} to ${losses[1].toFixed(4)}, expected at most ${limits.logLoss} more`,
    );
  if (!(agreement >= limits.agreement))
    beyond.push(
      `${(100 * agreement).toFixed(1)} % of the labels agree with the float32 student, expected ${100 * limits.agreement} %`,
    );
  if (beyond.length === 0) return;
  throw new DebkdError(
    'export',
    `quantize ${form}: on ${rows} ${of === 'data' ? 'rows' : of} ${beyond.join('; ')}; use ${form === 'int8' ? 'float16 or ' : ''}no quantisation, or force it`,
  );
}
