// debkd distill: turns a teacher and a table into a student, its record and its report.
import { trainBaselines } from '../compare/baselines.ts';
import { countMissing } from '../data/count-missing.ts';
import { holdOut } from '../data/hold-out.ts';
import { tableWarnings } from '../data/leaks.ts';
import { withLookGroups } from '../data/look-groups.ts';
import { encodeParts } from '../data/parts.ts';
import { makeRowFilter } from '../data/row-filter.ts';
import { sampleRows } from '../data/split.ts';
import { isChosen } from '../data/student-columns.ts';
import { MAX_UNKNOWN } from '../data/unknown-values.ts';
import { distill } from '../distill.ts';
import type { Distillation } from '../distill-options.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { checkHeldOut } from '../metrics/deferral.ts';
import { groupRows, valueGroups } from '../metrics/groups.ts';
import type { Statistics } from '../monitor/histogram.ts';
import { collectStatistics } from '../monitor/statistics.ts';
import { measureDistillation } from '../report/measure.ts';
import { textReport } from '../report/text.ts';
import { commandLine } from '../settings/command-line.ts';
import { columnChoice, splitSettings } from '../settings/split.ts';
import { deferralOf, distillSettings, thresholdPerOf } from '../settings/training.ts';
import { text, type Values } from '../settings/values.ts';
import { chooseDeferral, type Deferral } from '../student/choose-deferral.ts';
import { modelColumns } from '../teacher/model-columns.ts';
import { openCache } from './cache-input.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { teacherFor, teacherForRows } from './class-notes.ts';
import { CHECKS, guessedDistillSteps, lastSteps, stepsOf } from './distill-steps.ts';
import { openFrom, openModelsFor, openTeachersFor, readNewRows, readReplay } from './from-input.ts';
import { noteSingleGroups, readGroups, withGroups } from './groups-input.ts';
import { studentImages } from './image-options.ts';
import { withTeacherImages } from './images-input.ts';
import { beginStep, endSteps, note, onProgress, planSteps, print } from './messages.ts';
import { noteIgnoredOptions } from './option-notes.ts';
import { RESULT_FILES, writeResult } from './result-folder.ts';
import { openRunCheckpoint } from './run-checkpoint.ts';
import { removeRun, runFolder } from './run-folder.ts';
import { runInputs } from './run-inputs.ts';
import { noteSplitColumn, readParts, trainRows } from './split-input.ts';
import { readStoredTable, readTable } from './table-input.ts';
import { columnNames, noteColumns, noteRows, noteUnknown } from './table-notes.ts';
import { onlyTeacherFile } from './teacher-files.ts';
import { threadsOf } from './teacher-input.ts';
import { allTeacherColumns } from './teachers-input.ts';
import { studentFor, studentTexts, textNames } from './text-columns.ts';

/** With more rows, threads end with what they are started for. */
const MOST_HELD_ROWS = 1e6;

export async function distillCommand(given: Values): Promise<void> {
  const opened = await openFrom(given);
  const { from, values } = opened ?? { from: undefined, values: given };
  const asked = distillSettings(values);
  const rule = deferralOf(values);
  const per = thresholdPerOf(values);
  const columnsGiven = columnChoice(values);
  splitSettings(values); // refuses a wrong one before the teacher is opened
  const image = studentImages(values);
  const out = text(values, 'out');
  const folder = runFolder({ command: 'distill', values });
  if (out !== undefined) await checkReplaceable(out, RESULT_FILES, values['force'] === true);
  else if (values['resume'])
    throw new DebkdError('usage', {
      subject: 'option --resume',
      seen: '--out is missing, and the checkpoint is kept next to it',
      remedy: 'give the --out of the interrupted run',
    });
  planSteps(await guessedDistillSteps(values, asked), true);
  beginStep('reading rows');
  using models = await openModelsFor(values, from);
  const preprocessing = from?.preprocessing ?? models.preprocessing;
  // a student goes on with rows in memory
  using stored = from ? undefined : await readStoredTable(values);
  const groupsGiven = await readGroups(values);
  const teachersRead = models.models.map(({ teacher }) => teacher);
  const read = await withTeacherImages(
    values,
    teachersRead,
    from ? await readNewRows(values, from) : (stored ?? (await readTable(values))),
  );
  const { teacher: unread, teachers } = await openTeachersFor(models, values, read, from);
  const assigned = teacherFor(unread, read);
  const texts = from ? textNames(from.preprocessing) : studentTexts(values, assigned, read);
  const grouped = withGroups(read, groupsGiven, texts);
  noteRows(grouped, preprocessing, columnsGiven.features);
  const parts = await readParts(values, grouped);
  const cache = await openCache(values);
  const table = await withLookGroups(grouped, groupsGiven.names, { ...image, rows: parts.train, cache, onProgress });
  const groups = groupsGiven.names.map((name) => groupRows(table, name, parts.test, preprocessing));
  noteSingleGroups(groupsGiven, groups);
  const thresholdGroups = per && valueGroups(table, per.column, parts.test, 'thresholds of groups');
  const perGroups = per && { ...per, groups: groupRows(table, per.column, parts.validation) };
  beginStep('encoding');
  const chosen = { ...parts, train: sampleRows(parts.train, trainRows(values, parts), asked.seed) };
  const encoded = await encodeParts(table, chosen, preprocessing, {
    optional: allTeacherColumns(assigned, columnNames(table)),
    teachers,
    ...columnsGiven,
    fitted: from !== undefined,
    text: texts,
    image,
    cache,
    groups: groupsGiven.names,
    weights: text(values, 'weights'),
    onProgress,
  });
  using _parts = dispose in encoded ? (encoded as Disposable) : undefined;
  const { train, test } = encoded;
  const held = rule && holdOut(encoded.validation, asked.seed);
  if (held) checkHeldOut(rule, held.heldOut.rows);
  const { validation } = held ?? encoded;
  const teacher = await teacherForRows(assigned, train);
  const student = from?.architecture ?? studentFor(values, asked.student, train.preprocessing);
  const settings = { ...asked, student };
  noteIgnoredOptions(values, settings);
  const columns = modelColumns(teacher, table, { preprocessing, teachers, student: train.preprocessing });
  noteColumns(teacher, { columns, table, teachers, choice: columnsGiven, earlier: from !== undefined });
  noteSplitColumn(values, columns.student);
  const replay = from && (await readReplay(values, from));
  const options = { ...settings, teacher, train, validation, from, replay };
  planSteps(stepsOf(values, options, encoded));
  beginStep('distil');
  const threads = threadsOf(values);
  // those of the distillation measure the student as well; for large tables their memory counts more than a second start
  const isLarge = table.rows > MOST_HELD_ROWS;
  using _held = threads > 1 && !isLarge ? (await import('../threads/open-threads.ts')).holdThreads(threads) : undefined;
  const checkpoint =
    folder === undefined
      ? undefined
      : await openRunCheckpoint(
          folder,
          runInputs(values, {
            ...{ teacher, table, parts, settings, train, validation, replay },
            heldOut: held?.heldOut.rowNumbers,
          }),
          values['resume'] === true,
        );
  const decide = async (): Promise<{ run: Distillation; deferral?: Deferral }> => {
    const run = await distill({
      ...options,
      student: from ? undefined : student,
      thresholdPer: perGroups,
      checkpoint,
      cache,
      threads,
      onProgress,
    });
    if (!held) return { run };
    const decided = chooseDeferral(run.student, held.heldOut, rule);
    return { run: { ...run, student: decided.student }, deferral: decided.deferral };
  };
  const { run, deferral } = await decide().catch(async (error: unknown) => {
    // rows that cannot show what is asked never will: nothing is left to resume
    if (error instanceof DebkdError && error.code === 'rows') await checkpoint?.discard();
    throw error;
  });
  planSteps(lastSteps(values, options, encoded, run));
  const baselines = values['baselines']
    ? await trainBaselines(run, { train, validation }, settings, { onProgress })
    : undefined;
  beginStep(CHECKS);
  const missing = countMissing(table, { preprocessing });
  const trainedOn = makeRowFilter(table.hashes, chosen.train, columnNames(table));
  let collected: Statistics | undefined;
  const collect = (): Statistics => {
    collected ??= collectStatistics({ student: run.student, table, split: chosen, train, validation });
    return collected;
  };
  const { result } = await measureDistillation(run, teacher, {
    data: { train, validation, test },
    groups,
    missing,
    trainedOn,
    deferral,
    thresholdGroups,
    columns,
    cache,
    baselines,
    threads,
    meanwhile: out === undefined ? undefined : collect,
    onProgress,
    warnings: tableWarnings(table, chosen, isChosen(columnsGiven) ? columns.student : undefined),
    files: out === undefined ? [] : RESULT_FILES,
    command: commandLine('distill', values),
    teacherFile: onlyTeacherFile(values),
  });
  if (out !== undefined) {
    await writeResult(out, run, { result, statistics: collect() });
    await removeRun(folder as string);
  }
  endSteps('intervals');
  // columns with more unknown values are among the warnings
  noteUnknown(result.unknown.filter(({ count, rows }) => count <= MAX_UNKNOWN * rows));
  for (const warning of result.warnings) note(`warning: ${warning}`);
  if (values['json']) return print(`${JSON.stringify(result, null, 2)}\n`);
  const hint = out === undefined ? 'Nothing was written; give --out DIR to keep the student.\n' : '';
  await print(textReport(result, out) + hint);
}
