// debkd distill: a teacher and a table to a student, its record and its report.
import { readFile, rm } from 'node:fs/promises';
import type { Dataset } from '../data/dataset.ts';
import { countMissing, type MissingCount } from '../data/missing.ts';
import { type Split, sampleRows } from '../data/split.ts';
import type { Table } from '../data/table.ts';
import { type Distilled, distill } from '../distill.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { evaluate } from '../metrics/evaluation.ts';
import { type GroupBias, groupBias } from '../metrics/group-bias.ts';
import { groupRows } from '../metrics/groups.ts';
import { chooseThreshold } from '../metrics/threshold.ts';
import { figuresOf } from '../report/figures-data.ts';
import { htmlReport } from '../report/html.ts';
import { type DistillResult, resultOf } from '../report/result.ts';
import { textReport } from '../report/text.ts';
import { type Checkpoint, checkpointKey, openCheckpoint } from '../student/checkpoint.ts';
import { encodeStudent } from '../student/student-file.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import { VERSION } from '../version.ts';
import { commandOf } from './command.ts';
import { checkReplaceable, writeFolder, writeWhole } from './folder.ts';
import { encodeParts, list, openCache, openTeacher, readParts, readTable, text, trainRows } from './inputs.ts';
import { note, onProgress, print } from './messages.ts';
import type { Values } from './parse.ts';
import { type DistillSettings, distillSettings } from './settings.ts';

const FILES = ['student.debkd', 'result.json', 'report.html'];

export async function distillCommand(values: Values): Promise<void> {
  const settings = distillSettings(values);
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
  const parts = await readParts(values, table);
  const groups = list(values, 'groups').map((name) => groupRows(table, name, parts.test));
  const sample = sampleRows(parts.train, trainRows(values, parts), settings.seed);
  const { train, validation, test } = encodeParts(table, { ...parts, train: sample }, preprocessing);
  const checkpoint =
    out === undefined ? undefined : await checkpointOf(out, values, { teacher, table, parts, settings });
  const cache = await openCache(values);
  const run = await distill({ ...settings, teacher, train, validation, checkpoint, cache, onProgress });
  const missing = countMissing(table);
  const result = await record(
    run,
    teacher,
    { train, validation, test },
    { groups, missing, cache, out, command: commandOf('distill', values) },
  );
  if (out !== undefined) {
    await writeFolder(out, [
      { path: 'student.debkd', content: encodeStudent(run.student) },
      { path: 'result.json', content: `${JSON.stringify(result, null, 2)}\n` },
      { path: 'report.html', content: await htmlReport(result) },
    ]);
    await rm(`${out}.checkpoint`, { force: true });
  }
  for (const warning of result.warnings) note(`warning: ${warning}`);
  await print(values['json'] ? `${JSON.stringify(result, null, 2)}\n` : textReport(result, out));
}

async function checkpointOf(
  out: string,
  values: Values,
  { teacher, table, parts, settings }: { teacher: Teacher; table: Table; parts: Split; settings: DistillSettings },
): Promise<Checkpoint> {
  const file = `${out}.checkpoint`;
  const hash = (words: Uint32Array | Int8Array): string =>
    sha256(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  const rows = [parts.train, parts.validation, table.hashes, table.labels].map(hash);
  const options = [settings, values['train-rows'], list(values, 'drop'), table.missing, text(values, 'preprocessing')];
  const key = checkpointKey([VERSION, teacher.sha256, teacher.reading, rows, options]);
  const stored = values['resume'] ? await readFile(file).catch(() => undefined) : undefined;
  const checkpoint = openCheckpoint(key, stored, (bytes) => writeWhole(file, bytes));
  if (values['resume'] && !checkpoint.resumed) {
    const why = stored ? 'is damaged, or of other options, rows or teacher' : 'is not there';
    note(`note: --resume: ${file} ${why}; starting afresh`);
  }
  return checkpoint;
}

interface RecordContext {
  /** The group of each test row, for each column of --groups. */
  readonly groups: readonly (readonly string[])[];
  readonly missing: readonly MissingCount[];
  readonly cache: LabelCache | undefined;
  readonly out: string | undefined;
  readonly command: string;
}

/** The record, with teacher and student measured on the labelled test rows, each at its own threshold. */
async function record(
  run: Distilled,
  teacher: Teacher,
  data: Record<'train' | 'validation' | 'test', Dataset>,
  { groups, missing, cache, out, command }: RecordContext,
): Promise<DistillResult> {
  const { validation, test } = data;
  const files = out === undefined ? [] : FILES;
  const known = { run, teacher, sha256: sha256(encodeStudent(run.student)), data, missing, files, command };
  if (!test.labels.some((y) => y >= 0)) {
    const warnings = [...run.warnings, 'test: no labelled rows, so that nothing was measured'];
    return resultOf({ ...known, run: { ...run, warnings } });
  }
  const { margins } = await softLabels(teacher, test, { cache, onProgress });
  const threshold = chooseThreshold(run.soft.validation.margins.map(sigmoid), validation.labels);
  const before = margins.map(sigmoid);
  const after = run.student.predictProba(test);
  const { train } = data;
  const tests = {
    figures: figuresOf({
      test: { teacher: margins, student: after, labels: test.labels },
      train: { teacher: run.soft.train.margins, debiased: run.debiased.train, labels: train.labels },
      history: run.student.training?.history ?? [],
    }),
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
