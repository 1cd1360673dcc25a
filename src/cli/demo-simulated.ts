// A demo on simulated rows: distils a biased teacher with few labels, and tells what that gains over the teacher, the labels alone and
// plain distillation. Because the rows are simulated, the true probability of each is known.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trainBaselines } from '../compare/baselines.ts';
import { countMissing } from '../data/count-missing.ts';
import type { Dataset } from '../data/dataset.ts';
import { encodeParts } from '../data/parts.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { featureNames } from '../data/row-source.ts';
import { split } from '../data/split.ts';
import { distill } from '../distill.ts';
import type { Distillation, DistillOptions } from '../distill-options.ts';
import { rowsFile, testFile } from '../examples/example-files.ts';
import { type ExampleTable, openExample } from '../examples/simulated.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { type GroupBias, groupBias } from '../metrics/group-bias.ts';
import { groupRows } from '../metrics/groups.ts';
import type { Estimate } from '../metrics/metric.ts';
import { collectStatistics } from '../monitor/statistics.ts';
import { measureDistillation } from '../report/measure.ts';
import type { DistillRecord } from '../report/result.ts';
import type { Architecture } from '../student/architecture.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { teacherFor, teacherForRows } from './class-notes.ts';
import { DEMO_FILES } from './demo-files.ts';
import { lastSteps, stepsOf } from './distill-steps.ts';
import { endSteps, note, onProgress, planSteps } from './messages.ts';
import { RESULT_FILES, writeResult } from './result-folder.ts';
import { threadsOf } from './teacher-input.ts';
import { allTeacherColumns } from './teachers-input.ts';

/** The models side by side. */
export const MODELS = ['teacher', 'hard labels', 'plain KD', 'de-biased'] as const;
export type Model = (typeof MODELS)[number];

/** What a demo distils. */
export interface Scenario {
  readonly table: ExampleTable;
  readonly target: string;
  readonly teacher: Teacher;
  /** The teacher's, also for the student; undefined for a teacher that reads raw columns. */
  readonly preprocessing: Preprocessing | undefined;
  /** The column with the group that the teacher misjudges, and the group's value. */
  readonly group: { readonly column: string; readonly value: string };
  /** The name of the teacher's file. */
  readonly teacherName: string;
  /** Columns of texts. */
  readonly text?: readonly string[] | undefined;
  readonly student: Architecture;
  /** How labels are mixed into the targets; default as of distill. */
  readonly infusion?: DistillOptions['infusion'];
  readonly seed: number;
  /** The rule of every model's threshold. */
  readonly threshold: string;
}

/** What the models do on the test rows. */
export interface Measured {
  readonly rows: Readonly<Record<'train' | 'labelled' | 'test', number>>;
  readonly logLoss: Readonly<Record<Model, Estimate>>;
  readonly auc: Readonly<Record<Model, Estimate>>;
  /** The group's bias. */
  readonly group: Readonly<Record<Model, GroupBias>>;
  /** The mean absolute difference between a model's probability and the true one. */
  readonly distance: Readonly<Record<Model, number>>;
  readonly result: DistillRecord;
}

/** Distils, measures, and writes the files to `out`. */
export async function distilSimulated(
  scenario: Scenario,
  { out, command }: { readonly out: string; readonly command: string },
): Promise<Measured> {
  const { target, preprocessing, group, text, student, infusion, seed, threshold } = scenario;
  const table = await openExample(scenario.table, target);
  const parts = split(table);
  const assigned = teacherFor(scenario.teacher, table);
  const optional = allTeacherColumns(assigned, featureNames(table));
  const data = await encodeParts(table, parts, preprocessing, { optional, groups: [group.column], text });
  const settings = { student, seed, threshold, ...(infusion && { infusion }) };
  const teacher = await teacherForRows(assigned, data.train);
  const options = { ...settings, ...data, teacher };
  planSteps(stepsOf({ baselines: true }, options, data));
  const run = await distill({ ...options, threads: threadsOf({}), onProgress });
  planSteps(lastSteps({ baselines: true }, options, data, run));
  const baselines = await trainBaselines(run, data, settings, { onProgress });
  const written = [
    ...[rowsFile(scenario.table), testFile(scenario.table)],
    { path: 'hard-labels.debkd', content: encodeStudent(baselines.hard) },
    { path: 'plain-kd.debkd', content: encodeStudent(baselines.kd) },
  ];
  const groups = groupRows(table, group.column, parts.test);
  const { result, margins } = await measureDistillation(run, teacher, {
    data,
    groups: [groups],
    baselines,
    missing: countMissing(table, { preprocessing }),
    files: [...RESULT_FILES, ...written.map(({ path }) => path)],
    command,
    label: table.target,
    teacherFile: { name: scenario.teacherName },
    onProgress,
  });
  const statistics = collectStatistics({ student: run.student, table, split: parts, ...data });
  await writeResult(out, run, { result, statistics }, written, DEMO_FILES);
  endSteps('intervals');
  for (const warning of result.warnings) note(`warning: ${warning}`);
  return measured(scenario, { run, result, margins, baselines, test: data.test, groups });
}

function measured(
  { table: { testTruth }, group }: Scenario,
  {
    run,
    result,
    margins,
    baselines,
    test,
    groups,
  }: {
    readonly run: Distillation;
    readonly result: DistillRecord;
    readonly margins: Float64Array;
    readonly baselines: Awaited<ReturnType<typeof trainBaselines>>;
    readonly test: Dataset;
    readonly groups: readonly string[];
  },
): Measured {
  const students = { 'hard labels': baselines.hard, 'plain KD': baselines.kd, 'de-biased': run.student };
  const metrics = {
    teacher: result.teacher.metrics,
    'hard labels': result.baselines?.find(({ method }) => method === 'hard')?.metrics,
    'plain KD': result.baselines?.find(({ method }) => method === 'kd')?.metrics,
    'de-biased': result.metrics,
  };
  const forEach = <T>(of: (model: Model) => T): Record<Model, T> =>
    Object.fromEntries(MODELS.map((model) => [model, of(model)])) as Record<Model, T>;
  const probabilities = forEach((model) =>
    model === 'teacher' ? margins.map(sigmoid) : students[model].predictProba(test),
  );
  const metricOf = (model: Model, name: 'logLoss' | 'auc'): Estimate =>
    (metrics[model] as DistillRecord['metrics']).test?.[name] as Estimate;
  const { rows } = result;
  return {
    rows: { train: rows.train, labelled: rows.labelled.train + rows.labelled.validation, test: rows.labelled.test },
    logLoss: forEach((model) => metricOf(model, 'logLoss')),
    auc: forEach((model) => metricOf(model, 'auc')),
    group: forEach((model) => {
      const threshold = model === 'teacher' ? result.teacher.threshold : students[model].threshold;
      const biases = groupBias(probabilities[model], test.labels, groups, threshold);
      return biases.find(({ group: name }) => name === `${group.column}=${group.value}`) as GroupBias;
    }),
    distance: forEach((model) => {
      let sum = 0;
      testTruth.forEach((p, i) => {
        sum += Math.abs((probabilities[model][i] as number) - p);
      });
      return sum / testTruth.length;
    }),
    result,
  };
}

/** The path of a file of models/ from the current folder, as commands take it. */
export function modelPath(name: string): string {
  // models/ is next to dist/; this file is bundled into a folder of dist/
  const path = relative(process.cwd(), fileURLToPath(new URL(`../../models/${name}`, import.meta.url)));
  return path.replaceAll('\\', '/');
}
