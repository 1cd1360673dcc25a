// A run: distils, measures the result and trains the baselines.
import { type Baselines, trainBaselines } from '../../compare/baselines.ts';
import { countMissing } from '../../data/count-missing.ts';
import type { Dataset } from '../../data/dataset.ts';
import { textColumnsOf } from '../../data/encode-texts.ts';
import { openedImages } from '../../data/image-columns.ts';
import { tableWarnings } from '../../data/leaks.ts';
import { encodeParts } from '../../data/parts.ts';
import { sampleRows } from '../../data/split.ts';
import type { Column, Table } from '../../data/table.ts';
import { sampleRecord } from '../../deploy/edge/sample.ts';
import { recordsOf } from '../../deploy/table-records.ts';
import { distill } from '../../distill.ts';
import { distillFacts } from '../../distill-facts.ts';
import type { Distillation } from '../../distill-options.ts';
import { distillSteps, expected } from '../../distill-plan.ts';
import type { LabelCache } from '../../io/cache.ts';
import { openOverall } from '../../io/overall.ts';
import type { ProgressOptions } from '../../io/progress.ts';
import { sha256, sha256Bytes } from '../../io/sha256.ts';
import { bytesOf } from '../../io/source.ts';
import type { Step } from '../../io/step.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import { groupRows, valueGroups } from '../../metrics/groups.ts';
import { curves, reliability } from '../../report/figures-data.ts';
import { measureDistillation } from '../../report/measure.ts';
import type { DistillRecord, Measured, Part } from '../../report/result.ts';
import { commandLine } from '../../settings/command-line.ts';
import { deferralOf, distillSettings, thresholdPerOf } from '../../settings/training.ts';
import { number } from '../../settings/values.ts';
import { USUAL_CONVOLUTIONS } from '../../student/architecture.ts';
import { type Checkpoint, checkpointKey, storedCheckpoint } from '../../student/checkpoint.ts';
import type { RawRecord } from '../../student/record.ts';
import { groupInput, recordInputs } from '../../student/record-inputs.ts';
import type { Student } from '../../student/student.ts';
import { withheldColumns } from '../../teacher/model-columns.ts';
import { readyTeacher } from '../../teacher/ready-teacher.ts';
import { VERSION } from '../../version.ts';
import type { RowFiles } from '../input-messages.ts';
import { type Field, type Model, type Outcome, RESUMED, type Settings, type TestRow } from '../messages.ts';
import { fieldOf, recordAt, withRange } from './fields.ts';
import {
  columnOptions,
  columnsOf,
  dropsExcluded,
  type Inputs,
  isAsked,
  isStudentLimited,
  splitRows,
} from './inputs.ts';
import { THREADS } from './models.ts';
import { runOptions } from './run-options.ts';
import { shownImages } from './shown-images.ts';
import { thresholdCuts } from './threshold-cuts.ts';

/** The teacher and the rows of a run. */
export interface Live extends Pick<Inputs, 'teacher' | 'teachers'> {
  readonly data: Readonly<Record<Part, Dataset>>;
  /** The files of the rows, and the places of the test rows in them. */
  readonly files: RowFiles;
  readonly test: Uint32Array;
  /** The teacher's margins of the test rows, if it was asked. */
  readonly margins?: Float64Array | undefined;
}

/** What the worker keeps for predictions and downloads. */
export interface Finished {
  /** Whether the teacher can answer a new record. */
  readonly asksTeacher: boolean;
  /** The teacher and the rows; those of a kept run open when they are first needed. */
  readonly live: () => Promise<Live>;
  /** The feature columns, in the order of the table. */
  readonly names: readonly string[];
  /** The column whose images are open. */
  readonly image: string | undefined;
  readonly student: Student;
  /** The student with the threshold of the run, where `student` has another. */
  readonly own?: Student | undefined;
  /** The student that went on from it with corrections; absent before. */
  readonly retrained?: Student | undefined;
  /** The student of plain KD. */
  readonly plain: Student;
  readonly result: DistillRecord;
  /** Some training rows, to test exports with. */
  readonly records: readonly RawRecord[];
}

/** Caches, cancellation and progress of a run. */
export interface RunOptions {
  /** Cache of the teacher's predictions. */
  readonly labels: LabelCache;
  /** Cache of finished steps; undefined: they are not stored. */
  readonly parts: LabelCache | undefined;
  readonly watch: ProgressOptions;
}

const ENCODE = { stage: 'encoding', name: 'encoding the rows', seconds: 1 };
const DISTIL = { stage: 'distil', name: 'distilling', seconds: 10, steps: 10 };
const INTERVALS = 'intervals';
const BASELINES: readonly Step[] = [
  { stage: 'baseline, labels only', name: 'training a student on the labels only', seconds: 1 },
  { stage: 'baseline, plain KD', name: 'training a student by plain distillation', seconds: 1 },
];

/** The rows of a run, split and encoded as its settings say. */
async function prepareRows(
  inputs: Inputs,
  settings: Settings,
  { cache, watch }: { readonly cache: LabelCache; readonly watch: ProgressOptions },
) {
  const parts = splitRows(inputs);
  const asked = distillSettings(settings);
  const most = Math.min(number(settings, 'train-rows') ?? parts.train.length, parts.train.length);
  const rows = { ...parts, train: sampleRows(parts.train, most, asked.seed) };
  const { weights } = inputs.choice;
  const encoded = await encodeParts(inputs.table, rows, inputs.preprocessing, {
    ...columnOptions(inputs),
    weights,
    cache,
    ...watch,
  });
  const promise = deferralOf(settings);
  // few runs defer
  const deferring = promise && (await import('./deferring.ts'));
  const held = deferring?.holdOut(encoded.validation, asked.seed);
  const data = held ? { ...encoded, validation: held.validation as Dataset } : encoded;
  return { parts, rows, asked, promise, deferring, held, data };
}

/** The teacher and the rows of a run that has ended, from its inputs. */
export async function openLive(inputs: Inputs, settings: Settings, cache: LabelCache): Promise<Live> {
  const { data, parts } = await prepareRows(inputs, settings, { cache, watch: {} });
  const { teachers, files } = inputs;
  return { teacher: await readyTeacher(inputs.teacher, data.train), teachers, data, files, test: parts.test };
}

/** What metrics are measured on: two runs with the same digest can be compared, also where their columns differ. */
function testRowsOf(places: Uint32Array, { labels, weights }: Pick<Dataset, 'labels' | 'weights'>): string {
  const lists = [places, labels, ...(weights ? [weights] : [])];
  return sha256(
    sha256Bytes(...lists.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))),
  );
}

/** Runs the steps of the command line's `distill`, and trains the baselines. */
export async function runDistillation(
  inputs: Inputs,
  settings: Settings,
  options: RunOptions,
): Promise<{ finished: Finished; outcome: Outcome }> {
  const { teachers, table } = inputs;
  const { labels: cache } = options;
  const overall = openOverall([ENCODE, DISTIL], atMostOncePerFrame(options.watch.onProgress), { rough: true });
  const watch = { signal: options.watch.signal, onProgress: overall.onProgress };
  const { parts, rows, asked, promise, deferring, held, data } = await prepareRows(inputs, settings, { cache, watch });
  const per = thresholdPerOf(settings);
  const groupsOf = (part: Part): string[] | undefined =>
    per &&
    (part === 'validation'
      ? groupRows(table, per.column, rows[part])
      : valueGroups(table, per.column, rows[part], 'thresholds of groups'));
  const thresholdGroups = groupsOf('test');
  const { groups: compared = [] } = inputs.choice;
  const groups = compared.map((name) => groupRows(table, name, rows.test, inputs.preprocessing));
  const texts = textColumnsOf(data.train.preprocessing).map(({ name }) => name);
  // as on the command line: the student of texts is a logistic regression, the student of images has convolutions
  const image = data.train.preprocessing.columns.find(({ kind }) => kind === 'image')?.name;
  const usual = image === undefined ? texts.length > 0 && { hidden: [] } : { hidden: [], conv: USUAL_CONVOLUTIONS };
  const chosen = { ...asked, ...(settings['student'] === undefined && usual && { student: usual }) };
  const teacher = await readyTeacher(inputs.teacher, data.train, watch);
  const columns = columnsOf(inputs, data.train.preprocessing);
  const checkpoint = await openCheckpoint({ ...inputs, teacher }, settings, options);
  const distilled = { ...chosen, ...data, teacher };
  const inner = expected(() => distillSteps(distillFacts(distilled)));
  const seconds = inner.reduce((sum, step) => sum + step.seconds, 0);
  const ends = (asking: number): Step[] => [
    ...BASELINES,
    { stage: 'soft labels', name: 'asking the teacher about the test rows', seconds: asking },
    { stage: INTERVALS, name: 'measuring on the test rows', seconds: 1 },
  ];
  overall.plan([{ ...DISTIL, seconds, steps: inner.length }, ...ends(seconds / 20)]);
  const thresholdPer = per && { ...per, groups: groupsOf('validation') ?? [] };
  const trained = await distill({ ...distilled, thresholdPer, checkpoint, cache, threads: THREADS, ...watch });
  const decided = held && promise && deferring?.chooseDeferral(trained.student, held.heldOut, promise);
  const run = decided ? { ...trained, student: decided.student } : trained;
  overall.plan(ends((run.timing.labelSeconds * data.test.rows) / (data.train.rows + data.validation.rows)));
  const command = commandLine('distill', { ...runOptions(inputs), ...settings });
  const baselines = await trainBaselines(run, data, chosen, watch);
  const { result, margins } = await measureDistillation(run, teacher, {
    data,
    groups,
    missing: countMissing(table, { preprocessing: inputs.preprocessing }),
    cache,
    ...watch,
    command,
    label: table.target,
    columns,
    baselines,
    deferral: decided?.deferral,
    thresholdGroups,
    teacherFile: inputs.teacherFile,
    warnings: tableWarnings(table, parts, isStudentLimited(inputs) ? columns.student : undefined),
    files: ['student.debkd', 'result.json', 'report.html'],
  });
  const models = margins.length > 0 ? modelsOf(run, baselines, { result, margins, test: data.test }) : [];
  overall.finish(INTERVALS);
  const { student } = run;
  const records = recordsOf(table, parts.train, student.preprocessing, groupInput(student));
  const cuts =
    held && promise && deferring
      ? () => deferring.deferralCuts(student, data.test, { heldOut: held.heldOut, rule: promise })
      : () => thresholdCuts(student, data.test);
  const asksTeacher = isAsked(teacher);
  const others = (asksTeacher ? withheldColumns(columns) : []).flatMap((name) =>
    table.columns.filter((column) => column.name === name),
  );
  const fields = others.map((column) => fieldOf(column, teachers));
  const withheldTexts = fields.filter(({ type }) => type === 'text').map(({ name }) => name);
  const named = [...recordInputs(student), ...fields.filter(({ name }) => name !== groupInput(student)[0]?.name)];
  const first =
    openedImages(table).length === 0 ? exampleRow(table, parts.test, [...texts, ...withheldTexts]) : undefined;
  const live: Live = { teacher, teachers, data, margins, files: inputs.files, test: parts.test };
  const pictures = await shownImages({ run, data, margins, table, parts: rows, thresholdGroups });
  return {
    finished: {
      asksTeacher,
      live: async () => live,
      names: table.columns.map(({ name }) => name),
      image: openedImages(table)[0],
      student,
      plain: baselines.kd,
      result,
      records,
    },
    outcome: {
      result,
      models,
      inputs: named.map((field) => withRange(field, table, rows.train)),
      asksTeacher,
      ...(pictures && { images: pictures }),
      ...(first !== undefined && { first: rowOf(table, parts.test, first, named) }),
      target: table.target,
      testRows: testRowsOf(parts.test, data.test),
      ...(student.groupThresholds === undefined && models.length > 0 && { cuts: cuts() }),
      sample: {
        ...textsOf(sampleRecord(student)),
        ...(image !== undefined && { [image]: '' }),
        ...Object.fromEntries(others.map(({ name, texts, images }) => [name, images ? '' : (texts[0] as string)])),
        ...exampleTexts(table, parts.test, [...texts, ...withheldTexts]),
      },
    },
  };
}

/** Teacher and students on the test rows, each at its own threshold. */
function modelsOf(
  { student }: Distillation,
  { kd, hard }: Baselines,
  { result, margins, test }: { result: DistillRecord; margins: Float64Array; test: Dataset },
): Model[] {
  const { labels, weights } = test;
  // the teacher is measured on the rows with a soft label
  const known = labels.map((y, row) => (Number.isNaN(margins[row]) ? -1 : y));
  const ofTeacher = margins.map((v) => (Number.isNaN(v) ? 0 : sigmoid(v)));
  const baseline = (name: 'kd' | 'hard'): Measured =>
    result.baselines?.find(({ method }) => method === name)?.metrics ?? {};
  const all: [string, Measured, Float64Array, Int8Array][] = [
    ['teacher', result.teacher.metrics, ofTeacher, known],
    ['de-biased', result.metrics, student.predictProba(test), labels],
    ['plain KD', baseline('kd'), kd.predictProba(test), labels],
    ['hard labels', baseline('hard'), hard.predictProba(test), labels],
  ];
  return all.flatMap(([name, { test: metrics }, p, y]) =>
    metrics ? [{ name, metrics, reliability: reliability(p, y, weights), roc: curves(p, y, weights).roc }] : [],
  );
}

/** The checkpoint of a run with these inputs and settings. Reports the stage RESUMED when it first returns a stored step. */
async function openCheckpoint(
  given: Inputs,
  settings: Settings,
  { parts, watch }: RunOptions,
): Promise<Checkpoint | undefined> {
  if (!parts) return undefined;
  const { teacher, teachers, preprocessing, choice, files, table } = given;
  const { target, positive, exclude, withhold = [], groups = [], split = {}, weights, text } = choice;
  const dropped = table.dropped.map(({ name }) => name);
  const withheld = {
    ...(!dropsExcluded(given) && exclude.length > 0 && { exclude }),
    ...(withhold.length > 0 && { withhold }),
    ...(groups.length > 0 && { groups }),
    ...(weights !== undefined && { weights }),
    ...(text && { text }),
  };
  // the keys of runs without withheld columns and groups stay those of earlier versions
  const columns = { drop: dropped, target, positive, ...withheld, ...(JSON.stringify(split) !== '{}' && { split }) };
  const inputs = [
    ...[
      VERSION,
      teacher.identity,
      ...(files.rows ? [sha256(await bytesOf(files.rows))] : []),
      preprocessing,
      columns,
      settings,
    ],
    ...(teacher.parts ? [teachers] : []),
    // the hashes of rows have those of their images
    ...(files.images
      ? [sha256(new Uint8Array(table.hashes.buffer, table.hashes.byteOffset, table.hashes.byteLength))]
      : []),
  ];
  const checkpoint = storedCheckpoint(parts, checkpointKey(inputs));
  let resumed = false;
  return {
    ...checkpoint,
    async get(name) {
      const found = await checkpoint.get(name);
      if (found && !resumed) watch.onProgress?.({ stage: RESUMED, done: 0, total: 1 });
      resumed ||= found !== undefined;
      return found;
    },
  };
}

const FRAME = 1000 / 60;

/** Limits progress to 60 events a second; the last event of a stage and every epoch always pass. */
function atMostOncePerFrame(onProgress: ProgressOptions['onProgress']): ProgressOptions['onProgress'] {
  let last = { stage: '', at: 0 };
  return (progress) => {
    const now = performance.now();
    const { stage, done, total, losses } = progress;
    if (stage === last.stage && now - last.at < FRAME && done < total && !losses) return;
    last = { stage, at: now };
    onProgress?.(progress);
  };
}

/** The place among the test rows of the first that has a text; of the first of all without columns of texts. */
function exampleRow(
  { columns }: Pick<Table, 'columns'>,
  test: Uint32Array,
  names: readonly string[],
): number | undefined {
  const chosen = columns.filter(({ name }) => names.includes(name));
  const hasText = (row: number): boolean => chosen.some((column) => textOf(column, row).trim() !== '');
  const at = names.length > 0 ? test.findIndex(hasText) : 0;
  return at < 0 || test.length === 0 ? undefined : at;
}

/** The texts of that row, as an example. */
function exampleTexts(
  table: Pick<Table, 'columns'>,
  test: Uint32Array,
  names: readonly string[],
): Record<string, string> {
  const at = exampleRow(table, test, names);
  const chosen = table.columns.filter(({ name }) => names.includes(name));
  return Object.fromEntries(
    at === undefined ? [] : chosen.map((column) => [column.name, textOf(column, test[at] as number)]),
  );
}

const textOf = ({ codes, texts }: Column, row: number): string => texts[codes[row] as number] as string;

/** A test row with its label. */
function rowOf(table: Table, test: Uint32Array, at: number, fields: readonly Field[]): TestRow {
  const row = test[at] as number;
  const label = table.labels[row] as number;
  const names = fields.map(({ name }) => name);
  return {
    ...{ at, number: row + 1, record: recordAt(table, row, names) },
    label: label < 0 ? undefined : (label as 0 | 1),
  };
}

function textsOf(record: RawRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value ?? '')]));
}
