// The functions of the worker, and its state: the open teacher, the table and the last run.
import { type Preprocessing, parsePreprocessing } from '../../data/preprocessing.ts';
import { readTable } from '../../data/read-table.ts';
import { openBrowserCache } from '../../io/browser-cache.ts';
import { DebkdError } from '../../io/errors.ts';
import { jsonOf, nameOf } from '../../io/source.ts';
import type { Convention } from '../../teacher/reading.ts';
import type { Teacher } from '../../teacher/teacher.ts';
import type { Host } from '../../worker/serve.ts';
import type { Choice, Settings, TeacherFiles, TeacherSummary, Work } from '../messages.ts';
import { PARTS } from '../store.ts';
import { predictAll } from './answers.ts';
import { checkInputs } from './check.ts';
import { download } from './download.ts';
import { type Inputs, readRows } from './inputs.ts';
import { type Finished, runDistillation } from './run.ts';
import { summarise } from './summary.ts';

/** Size limit of the stored steps of runs; the oldest are deleted first. */
const PARTS_BYTES = 2 ** 28;

/** The functions that the page calls. @param loadTeacher reports the ONNX runtime's activity to the page, which limits its time */
export function openWork({ loadTeacher }: Host): Work {
  let teacher: Teacher | undefined;
  let preprocessing: Preprocessing | undefined;
  /** How the teacher was opened, as command-line options. */
  let teacherSettings: Settings = {};
  let file: Blob | undefined;
  let finished: Finished | undefined;
  const caches = {
    labels: openBrowserCache({ name: 'debkd-labels' }),
    parts: openBrowserCache({ name: PARTS, maxBytes: PARTS_BYTES }),
  };

  const inputsOf = async (choice: Choice): Promise<Inputs> => {
    if (!teacher || !file)
      throw new DebkdError('usage', {
        subject: 'inputs',
        seen: 'no teacher or no rows are open',
        remedy: 'choose both first',
      });
    const table = await readRows(file, choice, { teacher, preprocessing });
    return { teacher, teacherSettings, preprocessing, choice, file, table };
  };
  const finishedRun = (): Finished => {
    if (finished) return finished;
    throw new DebkdError('usage', { subject: 'student', seen: 'no run has finished', remedy: 'distil first' });
  };

  return {
    async openTeacher(files) {
      const wanted = files.preprocessing
        ? parsePreprocessing(await jsonOf(files.preprocessing), nameOf(files.preprocessing))
        : undefined;
      const opened = await loadTeacher(files.model, {
        ...(wanted && { preprocessing: wanted }),
        ...(files.convention && { convention: files.convention as Convention }),
        ...(files.positiveClass && { positiveClass: files.positiveClass as 'first' | 'second' }),
        ...(files.externalData && { externalData: new Map(files.externalData.map((blob) => [nameOf(blob), blob])) }),
      });
      teacher?.[Symbol.dispose]?.();
      [teacher, preprocessing, finished] = [opened, wanted, undefined];
      teacherSettings = settingsOf(files);
      return summariseTeacher(opened);
    },

    async openTable(blob) {
      const table = await readTable(blob);
      [file, finished] = [blob, undefined];
      return summarise(table, preprocessing);
    },

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
      return run.outcome;
    },

    answer: async (record) => predictAll(finishedRun(), record),

    download: async (what, { quantize }) => download(finishedRun(), what, quantize),
  };
}

function settingsOf({ preprocessing, convention, positiveClass }: TeacherFiles): Settings {
  return {
    ...(preprocessing && { preprocessing: nameOf(preprocessing) }),
    ...(convention && { convention }),
    ...(positiveClass && { 'positive-class': positiveClass }),
  };
}

function summariseTeacher({ name, sha256, convention, graph, reading, why }: Teacher): TeacherSummary {
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
    ...(reading.className !== undefined && { className: reading.className }),
  };
}
