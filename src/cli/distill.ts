// debkd distill: a teacher and a table to a student, its record and its report.
import { readFile, rm } from 'node:fs/promises';
import { type Dataset, encode } from '../data/dataset.ts';
import { fitPreprocessing } from '../data/fit-preprocessing.ts';
import { countMissing, type MissingCount } from '../data/missing.ts';
import { readSplit, type Split, sampleRows, split } from '../data/split.ts';
import type { Table } from '../data/table.ts';
import { type Distilled, type DistillOptions, distill } from '../distill.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import type { Activation } from '../kernels/activation.ts';
import { sigmoid } from '../kernels/elementary.ts';
import type { DebiasMethod } from '../labels/debias-methods.ts';
import { INFUSION_FORMS, type InfusionForm, MOST_STRENGTH } from '../labels/infusion-forms.ts';
import { debiasedDistillation } from '../loss/debiased-distillation.ts';
import { evaluate } from '../metrics/evaluation.ts';
import { type GroupBias, groupBias } from '../metrics/group-bias.ts';
import { groupRows } from '../metrics/groups.ts';
import { chooseThreshold } from '../metrics/threshold.ts';
import { htmlReport } from '../report/html.ts';
import { type DistillResult, resultOf } from '../report/result.ts';
import { describeChanges } from '../report/sentence.ts';
import { textReport } from '../report/text.ts';
import { parseArchitecture } from '../student/architecture.ts';
import { type Checkpoint, checkpointKey, openCheckpoint } from '../student/checkpoint.ts';
import type { Schedule } from '../student/optimizer.ts';
import { encodeStudent } from '../student/student-file.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import { VERSION } from '../version.ts';
import { checkReplaceable, writeFolder, writeWhole } from './folder.ts';
import { list, number, openCache, openTeacher, readTable, text } from './inputs.ts';
import { note, onProgress, print } from './messages.ts';
import type { Values } from './parse.ts';

const FILES = ['student.debkd', 'result.json', 'report.html'];

export async function distillCommand(values: Values): Promise<void> {
  const settings = settingsOf(values);
  const out = text(values, 'out');
  if (out !== undefined) await checkReplaceable(out, 'student.debkd');
  else if (values['resume'])
    throw new DebkdError(
      'usage',
      'option --resume: the checkpoint lies beside --out, which is missing; give the same --out',
    );
  const { teacher, preprocessing } = await openTeacher(text(values, 'teacher') as string, values);
  using _ = teacher;
  const table = await readTable(values);
  const by = text(values, 'split');
  const parts = by === undefined ? split(table) : split(table, { by: await readSplit(by) });
  const groups = list(values, 'groups').map((name) => groupRows(table, name, parts.test));
  const { train, validation, test } = encodeParts(table, parts, preprocessing, values, settings.seed);
  const checkpoint =
    out === undefined ? undefined : await checkpointOf(out, values, { teacher, table, parts, settings });
  const cache = await openCache(values);
  const run = await distill({ ...settings, teacher, train, validation, checkpoint, cache, onProgress });
  const missing = countMissing(table);
  const result = await record(run, teacher, { train, validation, test }, { groups, missing, cache, out });
  const summary = describeChanges(run);
  if (out !== undefined) {
    await writeFolder(out, [
      { path: 'student.debkd', content: encodeStudent(run.student) },
      { path: 'result.json', content: `${JSON.stringify(result, null, 2)}\n` },
      { path: 'report.html', content: htmlReport(result, summary) },
    ]);
    await rm(`${out}.checkpoint`, { force: true });
  }
  for (const warning of result.warnings) note(`warning: ${warning}`);
  await print(values['json'] ? `${JSON.stringify(result, null, 2)}\n` : textReport(result, summary, out));
}

type Settings = Omit<DistillOptions, 'teacher' | 'train' | 'validation' | 'checkpoint' | 'signal' | 'onProgress'>;

function settingsOf(values: Values): Settings {
  const infusion = infusionOf(text(values, 'infuse') ?? 'mix');
  const weight = text(values, 'class-weight');
  if (weight !== undefined && weight !== 'balanced' && !(Number(weight) > 0 && Number(weight) <= 1e6)) {
    throw new DebkdError('usage', `option --class-weight: ${quote(weight)}, expected balanced or a number above 0`);
  }
  return {
    student: parseArchitecture(text(values, 'student') ?? '32,16', {
      activation: text(values, 'activation') as Activation | undefined,
      residual: values['residual'] === true,
    }),
    dropout: number(values, 'dropout'),
    debias: (text(values, 'debias') ?? 'auto') as DebiasMethod,
    infusion,
    loss: debiasedDistillation({
      temperature: number(values, 'temperature') ?? 1,
      alpha: number(values, 'alpha') ?? 1,
    }),
    select: (text(values, 'select') ?? 'debiased') as 'debiased' | 'labels',
    classWeight: weight === undefined || weight === 'balanced' ? weight : Number(weight),
    seed: number(values, 'seed') ?? 1,
    epochs: number(values, 'epochs'),
    batchSize: number(values, 'batch-size'),
    optimizer: {
      name: text(values, 'optimizer') as 'adamw' | 'sgd' | undefined,
      schedule: text(values, 'schedule') as Schedule | undefined,
      rate: number(values, 'learning-rate'),
      decay: number(values, 'weight-decay'),
    },
  };
}

/** FORM or FORM:STRENGTH, such as mix:0.3. @throws DebkdError `usage` */
function infusionOf(value: string): { form: InfusionForm; strength: number | 'auto' } {
  const [name, strength = 'auto', ...more] = value.split(':');
  const form = INFUSION_FORMS.find((known) => known === name);
  const w = strength === 'auto' ? 'auto' : /^\d*\.?\d+$/.test(strength) ? Number(strength) : NaN;
  if (!form || more.length > 0 || (w !== 'auto' && !(w >= 0 && w <= MOST_STRENGTH[form]))) {
    const most = form ? MOST_STRENGTH[form] : 1;
    throw new DebkdError(
      'usage',
      `option --infuse: ${quote(value)}, expected one of ${INFUSION_FORMS.join(', ')}, and a strength from 0 to ${most} or auto, such as mix:0.3`,
    );
  }
  return { form, strength: w };
}

function encodeParts(
  table: Table,
  parts: Split,
  preprocessing: ReturnType<typeof fitPreprocessing> | undefined,
  values: Values,
  seed: number,
): Record<'train' | 'validation' | 'test', Dataset> {
  const wanted = number(values, 'train-rows') ?? Infinity;
  if (wanted !== Infinity && parts.train.length < wanted)
    note(`note: the split has ${parts.train.length} training rows, fewer than --train-rows ${wanted}; all are used`);
  const train = sampleRows(parts.train, wanted, seed);
  const own = preprocessing ?? fitPreprocessing(table, { rows: train });
  const teacher = preprocessing ?? 'raw';
  const of = (rows: Uint32Array): Dataset => encode(table, own, { rows, teacher });
  return { train: of(train), validation: of(parts.validation), test: of(parts.test) };
}

async function checkpointOf(
  out: string,
  values: Values,
  { teacher, table, parts, settings }: { teacher: Teacher; table: Table; parts: Split; settings: Settings },
): Promise<Checkpoint> {
  const file = `${out}.checkpoint`;
  const hash = (words: Uint32Array | Int8Array): string =>
    sha256(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  const rows = [parts.train, parts.validation, table.hashes, table.labels].map(hash);
  const options = [settings, values['train-rows'], list(values, 'drop'), table.missing, text(values, 'preprocessing')];
  const key = checkpointKey([VERSION, teacher.sha256, teacher.reading, rows, options]);
  const stored = values['resume'] ? await readFile(file).catch(() => undefined) : undefined;
  return openCheckpoint(key, stored, (bytes) => writeWhole(file, bytes));
}

interface RecordContext {
  /** The group of each test row, for each column of --groups. */
  readonly groups: readonly (readonly string[])[];
  readonly missing: readonly MissingCount[];
  readonly cache: LabelCache | undefined;
  readonly out: string | undefined;
}

/** The record, with teacher and student measured on the labelled test rows, each at its own threshold. */
async function record(
  run: Distilled,
  teacher: Teacher,
  data: Record<'train' | 'validation' | 'test', Dataset>,
  { groups, missing, cache, out }: RecordContext,
): Promise<DistillResult> {
  const { validation, test } = data;
  const files = out === undefined ? [] : FILES;
  const known = { run, teacher, sha256: sha256(encodeStudent(run.student)), data, missing, files };
  if (!test.labels.some((y) => y >= 0)) {
    const warnings = [...run.warnings, 'test: no labelled rows, so that nothing was measured'];
    return resultOf({ ...known, run: { ...run, warnings } });
  }
  const { margins } = await softLabels(teacher, test, { cache, onProgress });
  const threshold = chooseThreshold(run.soft.validation.margins.map(sigmoid), validation.labels);
  const before = margins.map(sigmoid);
  const after = run.student.predictProba(test);
  const tests = {
    teacher: await evaluate(before, test.labels, { threshold, onProgress }),
    student: await evaluate(after, test.labels, { threshold: run.student.threshold, onProgress }),
    groups: groups.flatMap((list) => {
      const student = groupBias(after, test.labels, list, run.student.threshold);
      return groupBias(before, test.labels, list, threshold).map((bias, i) => ({
        teacher: bias,
        student: student[i] as GroupBias,
      }));
    }),
  };
  return resultOf({ ...known, tests });
}
