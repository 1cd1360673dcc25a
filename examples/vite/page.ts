// Distils a teacher and a table from two file inputs, off the main thread, with progress and cancel.
import { type Evaluation, type Student, sigmoid, type Table } from 'debkd';
import { openWorker } from 'debkd/worker';

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const fileOf = (id: string): File | undefined => byId<HTMLInputElement>(id).files?.[0];
const say = (text: string): void => {
  byId('message').textContent = text;
};

const debkd = await openWorker({
  worker: new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' }),
});
let running: AbortController | undefined;

byId('job').addEventListener('submit', async (event) => {
  event.preventDefault();
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const bar = byId<HTMLProgressElement>('progress');
  const cancel = byId<HTMLButtonElement>('cancel');
  cancel.disabled = bar.hidden = false;
  byId('done').hidden = true;
  say('reading');
  try {
    const text = await fileOf('preprocessing')?.text();
    const preprocessing = text && (await debkd.parsePreprocessing(JSON.parse(text), 'preprocessing'));
    using teacher = await debkd.loadTeacher(fileOf('teacher') as File, preprocessing ? { preprocessing } : {});
    const table = await debkd.readTable(fileOf('rows') as File, {
      target: byId<HTMLInputElement>('target').value,
    });
    const parts = await debkd.split(table);
    const { train, validation, test } = await debkd.encodeParts(table, parts, preprocessing || undefined);
    const { student } = await debkd.distill({
      teacher,
      train,
      validation,
      student: { hidden: [16] },
      seed: 1,
      signal,
      onProgress: ({ stage, done, total }) => {
        say(stage);
        bar.value = done / total;
      },
    });

    const soft = await debkd.softLabels(teacher, test, { signal });
    const taught = soft.margins.map(sigmoid);
    const learned = student.predictProba(test);
    const { threshold } = student;
    show(student, firstRow(table, student), {
      teacher: await debkd.evaluate(taught, test.labels),
      student: await debkd.evaluate(learned, test.labels, { threshold }),
    });
    byId<HTMLAnchorElement>('download').href = URL.createObjectURL(new Blob([await debkd.encodeStudent(student)]));
    say('done');
  } catch (error) {
    // a DebkdError has a readable message; a cancelled call rejects with the signal's reason
    say(signal.aborted ? 'cancelled' : (error as Error).message);
  } finally {
    cancel.disabled = bar.hidden = true;
  }
});

byId('cancel').addEventListener('click', () => running?.abort());

let ask: () => void = () => {};
byId('record').addEventListener('input', () => ask());

/** The values of the student's columns in the table's first row. */
function firstRow(table: Table, { preprocessing }: Student): Record<string, string | undefined> {
  const names = new Set(preprocessing.columns.map(({ name }) => name));
  const columns = table.columns.filter(({ name }) => names.has(name));
  return Object.fromEntries(columns.map(({ name, codes, texts }) => [name, texts[codes[0] ?? 0]]));
}

/** Shows the figures, and a record to try. A student is plain data and answers in the page, without the worker. */
function show(
  student: Student,
  record: Readonly<Record<string, string | undefined>>,
  evaluations: Readonly<Record<string, Evaluation>>,
): void {
  byId('figures').replaceChildren(
    ...Object.entries(evaluations).map(([name, { metrics }]) => {
      const row = document.createElement('tr');
      for (const text of [name, metrics.auc.value.toFixed(3), metrics.logLoss.value.toFixed(3)])
        row.insertCell().textContent = text;
      return row;
    }),
  );
  byId<HTMLTextAreaElement>('record').value = JSON.stringify(record, null, 1);
  ask = () => {
    try {
      const { probability, label } = student.predictRecord(JSON.parse(byId<HTMLTextAreaElement>('record').value));
      byId('answer').textContent = `class ${label}, probability ${probability.toFixed(3)}`;
    } catch (error) {
      byId('answer').textContent = (error as Error).message;
    }
  };
  ask();
  byId('done').hidden = false;
}
