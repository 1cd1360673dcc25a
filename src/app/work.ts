// The work of the page, in its worker: the teacher, the rows, the run and what came of it.

import { trainBaselines } from '../compare/baselines.ts';
import { quoteField } from '../data/csv-field.ts';
import { type Dataset, encode } from '../data/dataset.ts';
import { tableWarnings } from '../data/leaks.ts';
import { countMissing } from '../data/missing.ts';
import { encodeParts } from '../data/parts.ts';
import { type Preprocessing, parsePreprocessing } from '../data/preprocessing.ts';
import { readTable } from '../data/read-table.ts';
import { sampleRows, split } from '../data/split.ts';
import type { Table } from '../data/table.ts';
import { addUnknown, describeUnknown } from '../data/unknown-values.ts';
import { sampleRecord } from '../deploy/edge/sample.ts';
import { recordsOf } from '../deploy/parity.ts';
import type { Input } from '../deploy/shipped/about.ts';
import { type Distilled, distill } from '../distill.ts';
import { openBrowserCache } from '../io/browser-cache.ts';
import { DebkdError } from '../io/errors.ts';
import type { Progress } from '../io/progress.ts';
import { sha256 } from '../io/sha256.ts';
import { bytesOf, jsonOf, nameOf } from '../io/source.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { detectLeakage } from '../labels/leakage.ts';
import { evaluate } from '../metrics/evaluation.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { curves, reliability } from '../report/figures-data.ts';
import { measureDistilled } from '../report/measure.ts';
import type { DistillResult, Part } from '../report/result.ts';
import { commandOf } from '../settings/command.ts';
import { distillSettings } from '../settings/training.ts';
import { number } from '../settings/values.ts';
import { type Checkpoint, checkpointKey, storedCheckpoint } from '../student/checkpoint.ts';
import type { QuantizedForm } from '../student/quantization.ts';
import type { RawRecord } from '../student/record.ts';
import type { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-file.ts';
import { teacherColumns } from '../teacher/binding.ts';
import { loadTeacher, type Teacher } from '../teacher/onnx.ts';
import type { Convention } from '../teacher/reading.ts';
import { VERSION } from '../version.ts';
import {
  type Checked,
  type Choice,
  type Download,
  type Model,
  type Outcome,
  RESUMED,
  type Settings,
  type TableSummary,
  type TeacherFiles,
  type TeacherSummary,
  type Work,
} from './messages.ts';
import { PARTS } from './store.ts';
import { summarise } from './summary.ts';

/** Rows of each part that the teacher is tried on before the long work. */
const TRIED = 1000;

/** Of the finished parts of runs; those of earlier runs go first. */
const PARTS_BYTES = 2 ** 28;

interface Made {
  readonly run: Distilled;
  readonly result: DistillResult;
  readonly data: Readonly<Record<Part, Dataset>>;
  readonly plain: Student;
  /** Some training rows, to run exports on; they stay in this page. */
  readonly records: readonly RawRecord[];
  /** Of the table's features, in its order. */
  readonly names: readonly string[];
}

/** @param onRuntime is told when the ONNX runtime works; tell, how far the work is */
export function openWork(onRuntime: (busy: boolean) => void, tell: (progress: Progress) => void): Work {
  let teacher: Teacher | undefined;
  let preprocessing: Preprocessing | undefined;
  /** How the teacher was opened, as options of the command line. */
  let asGiven: Settings = {};
  let file: Blob | undefined;
  let made: Made | undefined;
  let running = new AbortController();
  const cache = openBrowserCache({ name: 'debkd-labels' });
  const finishedParts = openBrowserCache({ name: PARTS, maxBytes: PARTS_BYTES });

  const given = (): { teacher: Teacher; file: Blob } => {
    if (teacher && file) return { teacher, file };
    throw new DebkdError('usage', 'no teacher and no rows; choose both first');
  };
  const finished = (): Made => {
    if (made) return made;
    throw new DebkdError('usage', 'nothing was distilled; distil first');
  };
  const tableOf = (choice: Choice): Promise<Table> =>
    readTable(given().file, { target: choice.target, positive: choice.positive, drop: choice.drop });

  return {
    async openTeacher(files: TeacherFiles): Promise<TeacherSummary> {
      const wanted = files.preprocessing
        ? parsePreprocessing(await jsonOf(files.preprocessing), nameOf(files.preprocessing))
        : undefined;
      const opened = await loadTeacher(files.model, {
        onRuntime,
        ...(wanted && { preprocessing: wanted }),
        ...(files.convention && { convention: files.convention as Convention }),
        ...(files.positiveClass && { positiveClass: files.positiveClass as 'first' | 'second' }),
        ...(files.beside && { externalData: new Map(files.beside.map((blob) => [nameOf(blob), blob])) }),
      });
      teacher?.[Symbol.dispose]?.();
      [teacher, preprocessing, made] = [opened, wanted, undefined];
      asGiven = {
        ...(files.preprocessing && { preprocessing: nameOf(files.preprocessing) }),
        ...(files.convention && { convention: files.convention }),
        ...(files.positiveClass && { 'positive-class': files.positiveClass }),
      };
      const { graph, reading, why } = opened;
      return {
        ...{ name: opened.name, sha256: opened.sha256, operators: graph.operators },
        inputs: graph.inputs.map(({ name, type, shape }) => `${name} ${type}[${shape.join(', ')}]`),
        ...{ output: reading.output, convention: opened.convention, reason: reading.reason },
        ...{ positiveClass: reading.positiveClass, positiveReason: reading.positiveReason, entry: why.inputs },
        ...(reading.className !== undefined && { className: reading.className }),
      };
    },

    async openTable(blob: Blob): Promise<TableSummary> {
      const table = await readTable(blob);
      [file, made] = [blob, undefined];
      return summarise(table, preprocessing);
    },

    async check(choice: Choice): Promise<Checked> {
      const { teacher: asked } = given();
      const table = await tableOf(choice);
      const parts = split(table);
      const some = {
        train: sampleRows(parts.train, Math.min(TRIED, parts.train.length), 1),
        validation: sampleRows(parts.validation, Math.min(TRIED, parts.validation.length), 1),
        test: new Uint32Array(0),
      };
      const turned = asked.forTarget(table.target);
      const data = encodeParts(table, some, preprocessing, columnsOf(asked, table));
      const margins = async (part: Dataset): Promise<Float64Array> =>
        (await turned.margins(part.teacherInputs)).margins;
      const [train, heldOut] = [await margins(data.train), await margins(data.validation)];
      const leakage = detectLeakage(
        { margins: train, labels: data.train.labels },
        { margins: heldOut, labels: data.validation.labels },
      );
      const [a, b] = [leakage.trainLoss.toFixed(3), leakage.heldOutLoss.toFixed(3)];
      return {
        rows: { train: parts.train.length, validation: parts.validation.length, test: parts.test.length },
        labelled: table.labels.filter((y) => y >= 0).length,
        positives: table.labels.filter((y) => y > 0).length,
        missing: countMissing(table),
        auc: rocAuc(heldOut, data.validation.labels),
        ...{ sampled: heldOut.length, known: leakage.leaked },
        notes: [
          ...turned.notes,
          ...tableWarnings(table, parts),
          ...addUnknown([data.train, data.validation].map(({ unknown = [] }) => unknown)).map(describeUnknown),
        ],
        sentence: leakage.leaked
          ? `The teacher seems to have been fitted on these rows: its log-loss is ${a} on rows to train on and ${b} on others. Better give it rows it has not seen.`
          : `On a sample of these rows the teacher does not do clearly better on rows to train on (log-loss ${a}) than on others (${b}); the run tests it on all.`,
      };
    },

    async run(choice, settings, keeping): Promise<Outcome> {
      const { teacher: asked, file: rows } = given();
      running = new AbortController();
      const watch = { signal: running.signal, onProgress: tell };
      tell({ stage: 'reading rows', done: 0, total: 1 });
      const table = await tableOf(choice);
      const chosen = distillSettings(settings);
      const parts = split(table);
      const most = Math.min(number(settings, 'train-rows') ?? parts.train.length, parts.train.length);
      const data = encodeParts(
        table,
        { ...parts, train: sampleRows(parts.train, most, chosen.seed) },
        preprocessing,
        columnsOf(asked, table),
      );
      const inputs = [VERSION, asked.identity, sha256(await bytesOf(rows)), preprocessing, choice, settings];
      const checkpoint = keeping
        ? announced(storedCheckpoint(finishedParts, checkpointKey(inputs)), () =>
            tell({ stage: RESUMED, done: 0, total: 1 }),
          )
        : undefined;
      const run = await distill({ ...chosen, ...data, teacher: asked, checkpoint, cache, ...watch });
      const command = commandOf('distill', {
        ...{ teacher: asked.name, data: nameOf(rows), ...asGiven },
        ...{ target: choice.target, positive: choice.positive },
        ...(choice.drop.length > 0 && { drop: choice.drop.join(',') }),
        ...settings,
      });
      const { result, margins } = await measureDistilled(run, asked, {
        ...{ data, missing: countMissing(table, { preprocessing }), cache, ...watch, command },
        warnings: tableWarnings(table, parts),
        files: ['student.debkd', 'result.json', 'report.html'],
      });
      const baselines = await trainBaselines(run, data, chosen, watch);
      const records = recordsOf(table, parts.train, run.student.preprocessing);
      made = { run, result, data, records, plain: baselines.kd, names: table.columns.map((column) => column.name) };
      const { test } = data;
      const models: Model[] = [];
      if (margins.length > 0) {
        const all: [string, Float64Array, number][] = [
          ['teacher', margins.map(sigmoid), result.teacher.threshold],
          ['de-biased', run.student.predictProba(test), run.student.threshold],
          ['plain KD', baselines.kd.predictProba(test), baselines.kd.threshold],
          ['hard labels', baselines.hard.predictProba(test), baselines.hard.threshold],
        ];
        for (const [name, p, threshold] of all) {
          const { metrics } = await evaluate(p, test.labels, { threshold, ...watch });
          models.push({ name, metrics, reliability: reliability(p, test.labels), roc: curves(p, test.labels).roc });
        }
      }
      return { result, models, inputs: inputsOf(run.student), sample: textsOf(sampleRecord(run.student)) };
    },

    async answer(record) {
      const { run, plain, names } = finished();
      // in the table's order, which a teacher of raw numbers goes by
      const row = Object.fromEntries(names.map((name) => [name, record[name] ?? '']));
      // the student first: it names the field that is wrong
      const { probability, label } = run.student.predictRecord(row);
      const line = (cells: readonly string[]): string => `${cells.map(quoteField).join(',')}\n`;
      const text = line(names) + line(names.map((name) => row[name] as string));
      const table = await readTable(new TextEncoder().encode(text));
      const one = encode(table, run.student.preprocessing, { teacher: preprocessing ?? 'raw' });
      const { margins } = await given().teacher.forTarget(run.student.target).margins(one.teacherInputs);
      return {
        ...{ teacher: sigmoid(margins[0] as number), plain: plain.predictRecord(row).probability },
        ...{ debiased: probability, label, unknown: run.student.unknownFields(row) },
      };
    },

    async download(what, { quantize: form }): Promise<Download> {
      const { run, result, data } = finished();
      if (what === 'student') return { name: 'student.debkd', bytes: encodeStudent(run.student) };
      if (what === 'result') {
        return { name: 'result.json', bytes: new TextEncoder().encode(`${JSON.stringify(result, null, 2)}\n`) };
      }
      // none of it is loaded before it is wanted
      const { exportTo, quantize, zip } = await import('./take-away.ts');
      const student = form ? quantize(run.student, form as QuantizedForm, { data: data.test }) : run.student;
      const { files } = await exportTo(what, student, { records: made?.records });
      return { name: `student-${what}.zip`, bytes: zip(files) };
    },

    async cancel() {
      running.abort(new DOMException('cancelled', 'AbortError'));
    },
  };
}

/** A checkpoint that says when it gives its first part: the run goes on from an earlier one. */
function announced(checkpoint: Checkpoint, onResumed: () => void): Checkpoint {
  let resumed = false;
  return {
    ...checkpoint,
    async get(name) {
      const found = await checkpoint.get(name);
      if (found && !resumed) onResumed();
      resumed ||= found !== undefined;
      return found;
    },
  };
}

const columnsOf = (teacher: Teacher, { columns }: Table): string[] =>
  teacherColumns(
    teacher,
    columns.map(({ name }) => name),
  );

function inputsOf({ preprocessing }: Student): Input[] {
  return preprocessing.columns.map((column) =>
    column.kind === 'numeric'
      ? { name: column.name, type: 'number' }
      : { name: column.name, type: 'category', categories: column.categories },
  );
}

function textsOf(record: RawRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value ?? '')]));
}
