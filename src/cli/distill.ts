// debkd distill: turns a teacher and a table into a student, its record and its report.
import { trainBaselines } from '../compare/baselines.ts';
import { countMissing } from '../data/count-missing.ts';
import type { AnyDataset, Dataset } from '../data/dataset.ts';
import { holdOut } from '../data/hold-out.ts';
import { isLarge } from '../data/large.ts';
import { tableWarnings } from '../data/leaks.ts';
import { encodeParts } from '../data/parts.ts';
import { makeRowFilter } from '../data/row-filter.ts';
import { featureNames } from '../data/row-source.ts';
import { sampleRows } from '../data/split.ts';
import { isChosen } from '../data/student-columns.ts';
import type { AnyTable } from '../data/table.ts';
import { MAX_UNKNOWN } from '../data/unknown-values.ts';
import { distill } from '../distill.ts';
import type { Distillation, DistillOptions } from '../distill-options.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { checkHeldOut, type DeferralRule } from '../metrics/deferral.ts';
import { groupRows, valueGroups } from '../metrics/groups.ts';
import type { Statistics } from '../monitor/histogram.ts';
import { collectStatistics } from '../monitor/statistics.ts';
import { measureDistillation } from '../report/measure.ts';
import type { DistillRecord } from '../report/result.ts';
import { textReport } from '../report/text.ts';
import { commandLine } from '../settings/command-line.ts';
import { columnChoice, splitSettings } from '../settings/split.ts';
import { type DistillSettings, deferralOf, distillSettings, thresholdPerOf } from '../settings/training.ts';
import { text, type Values } from '../settings/values.ts';
import { chooseDeferral, type Deferral } from '../student/choose-deferral.ts';
import { type ModelColumns, modelColumns } from '../teacher/model-columns.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { teacherForRows } from './class-notes.ts';
import { CHECKS, guessedDistillSteps, lastSteps, stepsOf } from './distill-steps.ts';
import { openFrom, openModelsFor, readNewRows, readReplay } from './from-input.ts';
import { noteSingleGroups } from './groups-input.ts';
import { studentImages } from './image-options.ts';
import { beginStep, endSteps, note, onProgress, planSteps, print } from './messages.ts';
import { noteIgnoredOptions } from './option-notes.ts';
import { RESULT_FILES, writeResult } from './result-folder.ts';
import { encodingOf, type RowsRead, readRows } from './rows-input.ts';
import { openRunCheckpoint } from './run-checkpoint.ts';
import { removeRun, runFolder } from './run-folder.ts';
import { runInputs } from './run-inputs.ts';
import { noteSplitColumn, trainRows } from './split-input.ts';
import { readStoredTable, readTable } from './table-input.ts';
import { noteColumns, noteUnknown } from './table-notes.ts';
import { onlyTeacherFile } from './teacher-files.ts';
import { threadsOf } from './teacher-input.ts';
import { studentFor } from './text-columns.ts';

export async function distillCommand(given: Values): Promise<void> {
  const opened = await openFrom(given);
  const { from, values } = opened ?? { from: undefined, values: given };
  const { out, folder, asked, rule, per } = await checkOptions(values);
  planSteps(await guessedDistillSteps(values, asked), true);
  beginStep('reading rows');
  using models = await openModelsFor(values, from);
  // a student goes on with rows in memory
  using stored = from ? undefined : await readStoredTable(values);
  const rows = await readRows(values, models, {
    from,
    read: async () => (from ? readNewRows(values, from) : (stored ?? readTable(values))),
  });
  const { table, parts, preprocessing } = rows;
  const groups = rows.groups.names.map((name) => groupRows(table, name, parts.test, preprocessing));
  noteSingleGroups(rows.groups, groups);
  const thresholdGroups = per && valueGroups(table, per.column, parts.test, 'thresholds of groups');
  const thresholdPer = per && { ...per, groups: groupRows(table, per.column, parts.validation) };
  beginStep('encoding');
  const chosen = { ...parts, train: sampleRows(parts.train, trainRows(values, parts), asked.seed) };
  const encoding = { ...encodingOf(values, rows), fitted: from !== undefined };
  const encoded = await encodeParts(table, chosen, preprocessing, encoding);
  using _parts = dispose in encoded ? (encoded as Disposable) : undefined;
  const { train, test } = encoded;
  const held = rule && holdOut(encoded.validation, asked.seed);
  if (held) checkHeldOut(rule, held.heldOut.rows);
  const { validation } = held ?? encoded;
  const teacher = await teacherForRows(rows.assigned, train);
  const student = from?.architecture ?? studentFor(values, asked.student, train.preprocessing);
  const settings = { ...asked, student };
  const columns = columnsFor(values, rows, { teacher, train, settings, earlier: from !== undefined });
  const replay = from && (await readReplay(values, from));
  const options = { ...settings, teacher, train, validation, from, replay };
  planSteps(stepsOf(values, options, encoded));
  beginStep('distil');
  const threads = threadsOf(values);
  // those of the distillation measure the student as well; for large tables their memory counts more than a second start
  using _held =
    threads > 1 && !isLarge(table.rows) ? (await import('../threads/open-threads.ts')).holdThreads(threads) : undefined;
  const heldOut = held?.heldOut.rowNumbers;
  const inputs = { teacher, table, parts, settings, train, validation, replay, heldOut };
  const checkpoint =
    folder === undefined
      ? undefined
      : await openRunCheckpoint(folder, runInputs(values, inputs), values['resume'] === true);
  const { cache } = rows;
  const more = { student: from ? undefined : student, thresholdPer, checkpoint, cache, threads, onProgress };
  const { run, deferral } = await distilAndDefer({ ...options, ...more }, held && { rule, rows: held.heldOut }).catch(
    async (error: unknown) => {
      // rows that cannot show what is asked never will: nothing is left to resume
      if (error instanceof DebkdError && error.code === 'rows') await checkpoint?.discard();
      throw error;
    },
  );
  planSteps(lastSteps(values, options, encoded, run));
  const baselines = values['baselines']
    ? await trainBaselines(run, { train, validation }, settings, { onProgress })
    : undefined;
  beginStep(CHECKS);
  let collected: Statistics | undefined;
  const collect = (): Statistics => {
    collected ??= collectStatistics({ student: run.student, table, split: chosen, train, validation });
    return collected;
  };
  const { result } = await measureDistillation(run, teacher, {
    data: { train, validation, test },
    groups,
    missing: countMissing(table, { preprocessing }),
    trainedOn: makeRowFilter(table.hashes, chosen.train, featureNames(table)),
    deferral,
    thresholdGroups,
    columns,
    cache,
    baselines,
    threads,
    meanwhile: out === undefined ? undefined : collect,
    onProgress,
    warnings: tableWarnings(table, chosen, isChosen(columnChoice(values)) ? columns.student : undefined),
    files: out === undefined ? [] : RESULT_FILES,
    command: commandLine('distill', values),
    label: table.target,
    teacherFile: onlyTeacherFile(values),
  });
  if (out !== undefined) {
    await writeResult(out, run, { result, statistics: collect() });
    await removeRun(folder as string);
  }
  await printResult(values, result);
}

/** What the options ask for. */
interface Asked {
  readonly out: string | undefined;
  /** The folder of the unfinished run. */
  readonly folder: string | undefined;
  readonly asked: DistillSettings;
  /** The rule of the deferral band. */
  readonly rule: ReturnType<typeof deferralOf>;
  readonly per: ReturnType<typeof thresholdPerOf>;
}

/** Reads the options, and refuses wrong ones before any work. @throws DebkdError `usage`, `source` */
async function checkOptions(values: Values): Promise<Asked> {
  const asked = distillSettings(values);
  const rule = deferralOf(values);
  const per = thresholdPerOf(values);
  columnChoice(values);
  splitSettings(values);
  studentImages(values);
  const out = text(values, 'out');
  const folder = runFolder({ command: 'distill', values });
  if (out !== undefined) await checkReplaceable(out, RESULT_FILES, values['force'] === true);
  else if (values['resume'])
    throw new DebkdError('usage', {
      subject: 'option --resume',
      seen: '--out is missing, and the checkpoint is kept next to it',
      remedy: 'give the --out of the interrupted run',
    });
  return { out, folder, asked, rule, per };
}

/** The columns of the teacher and the student, with notes of them and of options that have no effect. */
function columnsFor(
  values: Values,
  { table, teachers, preprocessing }: RowsRead<AnyTable>,
  {
    teacher,
    train,
    settings,
    earlier,
  }: { teacher: Teacher; train: AnyDataset; settings: DistillSettings; earlier: boolean },
): ModelColumns {
  noteIgnoredOptions(values, settings);
  const columns = modelColumns(teacher, table, { preprocessing, teachers, student: train.preprocessing });
  noteColumns(teacher, { columns, table, teachers, choice: columnChoice(values), earlier });
  noteSplitColumn(values, columns.student);
  return columns;
}

/** Distils, and chooses the deferral band on the rows that are held out for it. */
async function distilAndDefer(
  options: DistillOptions,
  held: { readonly rule: DeferralRule; readonly rows: Dataset } | undefined,
): Promise<{ run: Distillation; deferral?: Deferral }> {
  const run = await distill(options);
  if (!held) return { run };
  const { student, deferral } = chooseDeferral(run.student, held.rows, held.rule);
  return { run: { ...run, student }, deferral };
}

/** Prints the result, as JSON with --json, and its warnings. */
async function printResult(values: Values, result: DistillRecord): Promise<void> {
  endSteps('intervals');
  // columns with more unknown values are among the warnings
  noteUnknown(result.unknown.filter(({ count, rows }) => count <= MAX_UNKNOWN * rows));
  for (const warning of result.warnings) note(`warning: ${warning}`);
  if (values['json']) return print(`${JSON.stringify(result, null, 2)}\n`);
  const out = text(values, 'out');
  const hint = out === undefined ? 'Nothing was written; give --out DIR to keep the student.\n' : '';
  await print(textReport(result, out) + hint);
}
