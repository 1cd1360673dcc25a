// The functions of the worker, and its state: the open teacher, the table and the last run.
import { openedImages } from '../../data/image-columns.ts';
import { openBrowserCache } from '../../io/browser-cache.ts';
import { DebkdError } from '../../io/errors.ts';
import { once } from '../../io/once.ts';
import { sha256 } from '../../io/sha256.ts';
import { encodeStudent } from '../../student/student-bytes.ts';
import type { Teacher } from '../../teacher/teacher.ts';
import type { Host } from '../../worker/serve.ts';
import type { Choice, RowFiles, TeacherFiles, TeacherSummary } from '../input-messages.ts';
import type { RunInputs, Work } from '../messages.ts';
import { PARTS } from '../store.ts';
import { predictAll } from './answers.ts';
import { checkInputs } from './check.ts';
import { download } from './download.ts';
import { type Inputs, type Models, openInputs } from './inputs.ts';
import { packRun, unpackRun } from './kept.ts';
import { openModels } from './models.ts';
import { readRowFiles } from './rows.ts';
import { type Finished, openLive, runDistillation } from './run.ts';
import { summarise } from './summary.ts';

/** Size limit of the stored steps of runs; the oldest are deleted first. */
const PARTS_BYTES = 2 ** 28;

/** The functions that the page calls. @param loadTeacher reports the ONNX runtime's activity to the page, which limits its time */
export function openWork({ loadTeacher }: Host): Work {
  let opened: Models = { models: [], preprocessings: [], preprocessing: undefined, settings: {} };
  /** The files that they were opened from, and the columns of texts that were stated. */
  let source: { readonly files: TeacherFiles; readonly text: readonly string[] | undefined } | undefined;
  let rows: RowFiles | undefined;
  let finished: Finished | undefined;
  /** The inputs of the finished run; its teacher opens again from them once another is open. */
  let ofRun: RunInputs | undefined;
  let reopened: Models | undefined;
  const caches = {
    labels: openBrowserCache({ name: 'debkd-labels' }),
    parts: openBrowserCache({ name: PARTS, maxBytes: PARTS_BYTES }),
  };

  const open = async (files: TeacherFiles, text: readonly string[] | undefined): Promise<void> => {
    const next = await openModels(files, loadTeacher, text);
    close(opened);
    [opened, source] = [next, { files, text }];
    if (finished && ofRun) finished = { ...finished, live: reopen(ofRun) };
  };
  const reopen = ({ teachers, rows: rowFiles, choice, settings }: RunInputs): Finished['live'] =>
    once(async () => {
      const models = await openModels(teachers, loadTeacher, choice.text);
      close(reopened);
      reopened = models;
      return openLive(await openInputs(models, rowFiles, choice), settings, caches.labels);
    });
  const inputsOf = async (choice: Choice): Promise<Inputs> => {
    // a teacher of texts is opened with the columns that it reads
    if (source && opened.models.some(({ text }) => text) && JSON.stringify(source.text) !== JSON.stringify(choice.text))
      await open(source.files, choice.text);
    if (rows) return openInputs(opened, rows, choice);
    throw new DebkdError('usage', { subject: 'inputs', seen: 'no rows are open', remedy: 'choose them first' });
  };
  const finishedRun = (): Finished => {
    if (finished) return finished;
    throw new DebkdError('usage', { subject: 'student', seen: 'no run has finished', remedy: 'distil first' });
  };

  return {
    async openTeachers(files) {
      await open(files, undefined);
      return opened.models.map((model) => summariseTeacher(model, files.class !== undefined));
    },

    async openTable(files) {
      const table = await readRowFiles(files, {});
      rows = files;
      return { ...summarise(table, opened.preprocessing), image: openedImages(table)[0] };
    },

    makePlates: async () => (await import('./plate-rows.ts')).plateArchive(),

    check: async (choice) => checkInputs(await inputsOf(choice)),

    async run({ choice, settings, keep }, watch = {}) {
      watch.signal?.throwIfAborted();
      watch.onProgress?.({ stage: 'reading rows', done: 0, total: 1 });
      const inputs = await inputsOf(choice);
      const run = await runDistillation(inputs, settings, {
        labels: caches.labels,
        parts: keep ? caches.parts : undefined,
        watch,
      });
      finished = run.finished;
      ofRun = { teachers: source?.files ?? {}, rows: rows ?? {}, choice, settings };
      return run.outcome;
    },

    async pack() {
      return packRun(finishedRun());
    },

    async restore(packed, { result, asksTeacher }, inputs) {
      ofRun = inputs;
      const live = inputs ? reopen(inputs) : withoutInputs;
      finished = { ...unpackRun(packed), result, asksTeacher: asksTeacher && inputs !== undefined, live };
    },

    answer: async (record, picture) => predictAll(finishedRun(), record, picture),

    async testRow(at, names) {
      const { testRow } = await import('./test-rows.ts');
      return testRow(finishedRun(), at, names);
    },

    async listRows(columns) {
      const { listRows } = await import('./test-rows.ts');
      return listRows(finishedRun(), columns, caches.labels);
    },

    async score(file, watch = {}) {
      const { student } = finishedRun();
      const { score } = await import('./score.ts');
      return score(student, file, watch);
    },

    async retrain(corrections, watch = {}) {
      const { retrain } = await import('./retrain.ts');
      const run = finishedRun();
      const { student, retrained } = await retrain(run, corrections, watch);
      finished = { ...run, retrained: student };
      return retrained;
    },

    async useThreshold(threshold, defer) {
      const { withThreshold } = await import('./with-threshold.ts');
      const { student, retrained, own = student, ...run } = finishedRun();
      const next = withThreshold(own, threshold, defer);
      finished = { ...run, own, student: next, retrained: retrained?.with({ threshold }) };
      return { threshold, sha256: sha256(encodeStudent(next)) };
    },

    download: async (what, { quantize }) => download(finishedRun(), what, quantize),
  };
}

function close(models: Models | undefined): void {
  for (const model of models?.models ?? []) model[Symbol.dispose]?.();
}

/** The teacher and the rows of a run that was kept or exported without them. @throws DebkdError `usage` */
function withoutInputs(): Promise<never> {
  return Promise.reject(
    new DebkdError('usage', {
      subject: 'run',
      seen: 'it was kept without its teacher and its rows',
      remedy: 'choose the files again, and distil',
    }),
  );
}

function summariseTeacher(
  { name, sha256, convention, graph, reading, refusal, why, text }: Teacher,
  isClassStated: boolean,
): TeacherSummary {
  const { width } = reading.margin;
  const isOneOfSeveral = width > 1 && (isClassStated || refusal !== undefined || width > 2);
  return {
    name,
    sha256,
    convention,
    operators: graph.operators,
    inputs: graph.inputs.map((input) => `${input.name} ${input.type}[${input.shape.join(', ')}]`),
    output: reading.output,
    reason: reading.reason,
    positiveClass: reading.positiveClass,
    positiveReason: reading.positiveReason,
    entry: why.inputs,
    readsText: text !== undefined,
    ...(reading.className !== undefined && { className: reading.className }),
    ...(isOneOfSeveral && { classes: reading.classes ?? Array.from({ length: width }, (_, k) => `${k}`) }),
  };
}
