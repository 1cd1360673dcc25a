// debkd compare: compares methods over seeds on equal terms, with paired tests.
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterPool } from '../cluster/compare-pool.ts';
import { compare } from '../compare/compare.ts';
import type { CompareOptions } from '../compare/compare-options.ts';
import type { Comparison } from '../compare/comparison.ts';
import type { Method } from '../compare/method.ts';
import { DEBIASED_METHODS, parseMethod } from '../compare/methods.ts';
import { featureLayer } from '../compare/prepare.ts';
import { comparisonCsv, comparisonMarkdown } from '../compare/tables.ts';
import { tableWarnings } from '../data/leaks.ts';
import { encodeParts } from '../data/parts.ts';
import { isChosen } from '../data/student-columns.ts';
import { addUnknown } from '../data/unknown-values.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { htmlReport } from '../report/html.ts';
import { commandLine } from '../settings/command-line.ts';
import { columnChoice, splitSettings } from '../settings/split.ts';
import { debiasedSettings, type TrainingSettings, trainingSettings } from '../settings/training.ts';
import { list, number, text, type Values } from '../settings/values.ts';
import { datasetOf, layerOf } from '../teacher/combine-teachers.ts';
import { modelColumns } from '../teacher/model-columns.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { columnWarnings } from '../warnings/column-warnings.ts';
import { constantWarnings } from '../warnings/constant-warnings.ts';
import { weightWarnings } from '../warnings/weight-warnings.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { teacherForRows } from './class-notes.ts';
import { openRequestedCluster } from './cluster.ts';
import { guessedSteps } from './distill-steps.ts';
import { studentImages } from './image-options.ts';
import { openJobThreads } from './job-threads.ts';
import { beginStep, endSteps, note, noteIgnored, onProgress, planSteps, print } from './messages.ts';
import { noteIgnoredOptions } from './option-notes.ts';
import { writeFolder } from './output-folder.ts';
import { encodingOf, readRows } from './rows-input.ts';
import { checkRunFolder, removeRun, runFolder } from './run-folder.ts';
import { openRunParts } from './run-parts.ts';
import { noteSplitColumn, trainRows } from './split-input.ts';
import { readTable } from './table-input.ts';
import { noteColumns, noteUnknown } from './table-notes.ts';
import { type OpenedTeacher, optionsOf, threadsOf } from './teacher-input.ts';
import { openModels } from './teachers-input.ts';
import { studentFor } from './text-columns.ts';

const COMPARE_FILES = ['compare.json', 'compare.csv', 'compare.md', 'report.html'] as const;
/** The record of an unfinished run: its cells have keys of their own inputs. */
const RUN = { format: 1, parts: {} };
const DEFAULT_METHODS = 'hard,kd,fitnet,debiased';
const DEBIASED_OPTIONS = ['debias', 'infuse', 'temperature', 'alpha', 'select', 'ablate'];

/** @param program the entry of each worker thread */
export async function compareCommand(values: Values, program: URL): Promise<void> {
  const { settings, methods, out, unfinished } = await checkOptions(values);
  const comparing = { stage: 'comparing', name: 'comparing', steps: 3 };
  planSteps(await guessedSteps(values, comparing), true);
  beginStep('reading rows');
  using models = await openModels(values);
  const rows = await readRows(values, models, { read: () => readTable(values) });
  const { table, parts, preprocessing, teachers, cache } = rows;
  beginStep('encoding');
  const firstSeed = number(values, 'seed') ?? 1;
  const data = await encodeParts(table, parts, preprocessing, encodingOf(values, rows));
  const teacher = await teacherForRows(rows.assigned, data.train);
  const student = studentFor(values, settings.student, data.train.preprocessing);
  noteIgnoredOptions(values, { student });
  const columns = modelColumns(teacher, table, { preprocessing, teachers, student: data.train.preprocessing });
  const choice = columnChoice(values);
  noteColumns(teacher, { columns, table, teachers, choice });
  noteSplitColumn(values, columns.student);
  noteUnknown(addUnknown([data.train, data.validation, data.test].map(({ unknown = [] }) => unknown)));
  const ofWeights = [
    ...weightWarnings('training', data.train),
    ...weightWarnings('validation', data.validation),
    ...weightWarnings('test', data.test),
  ];
  const ofTable = tableWarnings(table, parts, isChosen(choice) ? columns.student : undefined);
  const ofColumns = [...constantWarnings(data.train), ...columnWarnings(data.train)];
  for (const warning of [...ofTable, ...ofColumns, ...ofWeights]) note(`warning: ${warning}`);
  // decoded images are in the cache, with a queue too: its options are not ignored
  const { cache: _, 'no-cache': __, ...others } = values;
  const cluster = await openRequestedCluster(student.conv ? others : values);
  planSteps([{ ...comparing, seconds: 1 }]);
  const work = async (): Promise<Comparison> => {
    const byCluster =
      cluster && (await labelByCluster(cluster, { models: models.models, teacher, data, methods, values }));
    const comparison = await compare(methods, {
      ...settings,
      student,
      teacher,
      data,
      seeds: Array.from({ length: number(values, 'seeds') ?? 20 }, (_, i) => firstSeed + i),
      trainRows: trainRows(values, parts),
      tune: values['tune'] === true,
      layer: text(values, 'layer'),
      columns,
      command: commandLine('compare', values),
      cache: byCluster?.cache ?? cache,
      cells: unfinished === undefined ? undefined : await openRunParts(unfinished, RUN, values['resume'] === true),
      pool: byCluster?.pool ?? ((inputs) => openJobThreads(program, inputs, threadsOf(values))),
      onProgress,
    });
    byCluster?.pool.check();
    return comparison;
  };
  // leave no task in the queue, even after an error
  const result = await work().finally(() => cluster?.close());
  endSteps('comparing');
  if (values['resume'] && result.timing.resumed === 0)
    note(`note: --resume found no finished cells of these options next to ${out}; every cell was computed`);
  const json = `${JSON.stringify(result, null, 2)}\n`;
  const markdown = comparisonMarkdown(result);
  if (out !== undefined) {
    await writeFolder(
      out,
      [
        { path: 'compare.json', content: json },
        { path: 'compare.csv', content: comparisonCsv(result) },
        { path: 'compare.md', content: markdown },
        { path: 'report.html', content: await htmlReport(result) },
      ],
      COMPARE_FILES,
    );
    await removeRun(unfinished as string);
  }
  await print(values['json'] ? json : markdown + lastLines(result, out));
}

/** Reads the options, and refuses wrong ones before any work. @throws DebkdError `usage`, `source` */
async function checkOptions(values: Values): Promise<{
  settings: TrainingSettings & ReturnType<typeof debiasedSettings>;
  methods: readonly Method[];
  out: string | undefined;
  /** The folder of the unfinished run. */
  unfinished: string | undefined;
}> {
  const settings = { ...trainingSettings(values), ...debiasedSettings(values) };
  columnChoice(values);
  splitSettings(values);
  studentImages(values);
  const names = list(values, 'methods');
  const methods = (names.length > 0 ? names : DEFAULT_METHODS.split(',')).map(parseMethod);
  const debiased = methods.some((method) => DEBIASED_METHODS.includes(method));
  const ofDebiased = DEBIASED_OPTIONS.filter((name) => values[name] !== undefined);
  if (!debiased) noteIgnored(ofDebiased, `only ${DEBIASED_METHODS.join(' and ')} use it, and neither is compared`);
  if (!values['tune'] && /^mix(:auto)?$/.test(text(values, 'infuse') ?? '') && debiased)
    note(
      'note: --infuse mix:auto has strength 0 here, because without --tune each method has only one setting; add --tune, or give a strength, such as mix:0.3',
    );
  const out = text(values, 'out');
  if (out !== undefined) await checkReplaceable(out, COMPARE_FILES, values['force'] === true);
  else if (values['resume'])
    throw new DebkdError('usage', {
      subject: 'option --resume',
      seen: '--out is missing, and finished cells are kept next to it',
      remedy: 'give the --out of the interrupted run',
    });
  const unfinished = runFolder({ command: 'compare', values });
  if (unfinished !== undefined) await checkRunFolder(unfinished);
  return { settings, methods, out, unfinished };
}

/** Where the time went, and what was written. */
function lastLines({ timing }: Comparison, out: string | undefined): string {
  const bySeconds = (Object.entries(timing.seconds) as [string, number][]).sort(([, a], [, b]) => b - a);
  const seconds = bySeconds.map(([method, spent]) => `${method} ${spent.toFixed(1)}`).join(', ');
  return (
    `\n${timing.totalSeconds.toFixed(1)} s in total, ${timing.labelSeconds.toFixed(1)} s of it for the teacher; seconds of work by method: ${seconds}\n` +
    (out === undefined
      ? 'Nothing was written; --out DIR keeps the tables.\n'
      : `Written to ${out}: compare.json, compare.csv, compare.md, report.html\n`)
  );
}

/** Has the workers label the data, and returns the cache and the pool for `compare`. */
async function labelByCluster(
  cluster: Cluster,
  {
    models,
    teacher,
    data,
    methods,
    values,
  }: {
    models: readonly OpenedTeacher[];
    teacher: Teacher;
    data: CompareOptions['data'];
    methods: readonly Method[];
    values: Values;
  },
): Promise<{ cache: LabelCache; pool: ClusterPool }> {
  const { clusterPool } = await import('../cluster/compare-pool.ts');
  const { labelDataset } = await import('../cluster/label-tasks.ts');
  const { packTeacher } = await import('../cluster/packed-teacher.ts');
  const opened = (teacher.parts ?? [teacher]).filter(({ given }) => !given);
  const layer = featureLayer(teacher, methods, text(values, 'layer'));
  const layered = teacher.parts ? layerOf(teacher.parts, text(values, 'layer')).place : 0;
  // soft labels that are given come last, and need no labelling
  for (const [place, model] of opened.entries()) {
    const own = models[place] as OpenedTeacher;
    if (model.image) {
      note(`note: teacher ${quote(model.name, 200)}: it reads images, which the workers do not get; it labels here`);
      continue;
    }
    const packed = await packTeacher(own.path, optionsOf(own, model));
    const shared = { teacher: model, packed: await cluster.upload(packed) };
    for (const part of ['train', 'validation'] as const) {
      for (const tensor of [undefined, ...(layer === undefined || place !== layered ? [] : [layer])]) {
        const stage = tensor === undefined ? 'soft labels' : 'features';
        const onDone = (done: number, total: number): void => onProgress({ stage, done, total });
        const rows = datasetOf(data[part], place);
        await labelDataset(cluster, shared, rows, { part, onDone, ...(tensor !== undefined && { layer: tensor }) });
      }
    }
  }
  return { cache: cluster.store, pool: clusterPool(cluster) };
}
