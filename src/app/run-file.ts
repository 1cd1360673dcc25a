// A run as one file: a ZIP archive of its record, its students and what the page shows. A result.json opens too, for reading only.
import { unzipSync, zipSync } from 'fflate';
import { METRICS, type Metric } from '../metrics/metric.ts';
import { parseResult } from '../report/parse-result.ts';
import type { DistillRecord } from '../report/result.ts';
import { type KeptRun, keptRun, withoutRows } from './kept-runs.ts';
import type { Download, Model, Outcome } from './messages.ts';
import { RUN_ENTRY } from './recognise.ts';
import { WorkError } from './remote.ts';
import { TEXTS } from './texts.ts';

const FORMAT = 'debkd/run@';
const VERSION = '1';
/** The earliest date of a zip archive; a fixed date keeps the bytes reproducible. */
const MTIME = new Date(1980, 0, 1);

/** JSON with the numbers that it lacks. */
const encoded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
const decoded = (_: string, value: unknown): unknown => {
  const { number, ...rest } = (value ?? {}) as { readonly number?: unknown };
  return typeof number === 'string' && Object.keys(rest).length === 0 ? Number(number) : value;
};

/** Exports a run, without its teacher, its rows and its images. */
export function exportRun({ outcome, packed, name, teacher, at, settings }: KeptRun): Download {
  const { images: _, ...shown } = withoutRows(outcome);
  const own = outcome.inputs.filter(({ teacherOnly }) => !teacherOnly);
  const run = {
    format: `${FORMAT}${VERSION}`,
    ...{ name, teacher, at, settings },
    outcome: { ...shown, inputs: own, asksTeacher: false },
    ...(packed && {
      names: packed.names,
      image: packed.image,
      records: packed.image === undefined ? packed.records : [],
    }),
  };
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, encoded)}\n`);
  const bytes = zipSync(
    {
      [RUN_ENTRY]: text(run),
      'result.json': new TextEncoder().encode(`${JSON.stringify(outcome.result, null, 2)}\n`),
      ...(packed && { 'student.debkd': packed.student, 'plain.debkd': packed.plain }),
    },
    { mtime: MTIME },
  );
  const safe = name.replace(/[^\p{L}\p{N}._ -]+/gu, '-').trim() || 'run';
  return { name: `${safe}.debkd-run`, bytes: bytes as Uint8Array<ArrayBuffer> };
}

/** Reads an exported run, or the record of a distillation. @throws WorkError `source` for any other file */
export async function importRun(file: File): Promise<KeptRun> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const fail = (text: string): never => {
    throw new WorkError('source', text);
  };
  if (/\.json$/i.test(file.name) || bytes[0] === 0x7b) return importResult(file, bytes, fail);
  try {
    const files = unzipSync(bytes);
    const run = JSON.parse(new TextDecoder().decode(files[RUN_ENTRY]), decoded);
    const format = String(run.format);
    if (!format.startsWith(FORMAT)) return fail(TEXTS.runs.damaged(file.name));
    const version = format.slice(FORMAT.length);
    if (version !== VERSION) return fail(TEXTS.runs.version(file.name, version));
    parseResult(JSON.parse(JSON.stringify(run.outcome.result)), file.name);
    const [student, plain] = [files['student.debkd'], files['plain.debkd']];
    const packed = student &&
      plain && { ...own(student, plain), names: run.names, image: run.image, records: run.records };
    const of = { name: String(run.name), teacher: String(run.teacher), settings: run.settings ?? {}, packed };
    return keptRun(run.outcome as Outcome, of, Number(run.at));
  } catch (error) {
    if (error instanceof WorkError) throw error;
    return fail(TEXTS.runs.damaged(file.name));
  }
}

/** Both students in memory of their own, because IndexedDB would store the whole archive with each. */
const own = (student: Uint8Array, plain: Uint8Array) => ({ student: student.slice(), plain: plain.slice() });

function importResult(file: File, bytes: Uint8Array, fail: (text: string) => never): KeptRun {
  let record: ReturnType<typeof parseResult>;
  try {
    record = parseResult(JSON.parse(new TextDecoder().decode(bytes)), file.name);
  } catch {
    return fail(TEXTS.runs.damaged(file.name));
  }
  if (record.schema !== 'debkd/distill@1') return fail(TEXTS.runs.comparison(file.name));
  const result = record as DistillRecord;
  const outcome = { result, models: modelsOf(result), inputs: [], asksTeacher: false, sample: {} };
  return keptRun(outcome, { name: file.name, teacher: '', settings: {} }, Date.now());
}

/** The models of a record that is read without its rows. */
function modelsOf({ teacher, metrics, figures }: DistillRecord): Model[] {
  const model = (name: string, of: DistillRecord['metrics'], key: 'teacher' | 'student'): Model[] =>
    of.test && figures
      ? [{ name, metrics: withNumbers(of.test), reliability: figures.reliability[key], roc: figures.roc[key] }]
      : [];
  return [...model('teacher', teacher.metrics, 'teacher'), ...model('de-biased', metrics, 'student')];
}

/** JSON has null for an undefined metric. */
function withNumbers(metrics: Model['metrics']): Model['metrics'] {
  const number = (value: number | null): number => value ?? Number.NaN;
  const entries = METRICS.map((name: Metric) => {
    const { value, low, high } = metrics[name];
    return [name, { value: number(value), low: number(low), high: number(high) }];
  });
  return Object.fromEntries(entries) as Model['metrics'];
}
