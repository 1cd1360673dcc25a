// Distils in a worker of debkd/worker, with progress and an abort. Prints JSON. For Node, Deno and Bun.
import * as debkd from '../../dist/index.js';
import { openWorker } from '../../dist/worker/client.js';
import { readFiles } from './files.mjs';

const files = readFiles();
const remote = await openWorker();
const preprocessing = await remote.parsePreprocessing(
  JSON.parse(new TextDecoder().decode(files['wdbc/preprocessing.json'])),
  'wdbc',
);
const table = await remote.readCsv(files['wdbc/data.csv'], { target: 'label' });
const parts = await remote.split(table);
const [train, validation] = await Promise.all(
  [parts.train, parts.validation].map((rows) => remote.encode(table, preprocessing, { rows })),
);
const teacher = await remote.loadTeacher(files['wdbc-mlp-biased/teacher.onnx'], { preprocessing });
const job = { train, validation, student: { hidden: [16, 5] }, epochs: 20, seed: 7 };
const stages = new Set();
const run = await remote.distill({ ...job, teacher, onProgress: ({ stage }) => stages.add(stage) });

// soft labels that are there already
const given = Array.from(table.labels, (y, i) => (i % 7 === 0 ? null : y === 1 ? 0.8 : 0.15));
const soft = await remote.givenSoftLabels(given);
const small = { ...job, student: { hidden: [4] }, epochs: 2 };
const [there, alike] = [
  await remote.distill({ ...small, teacher: soft }),
  await debkd.distill({ ...small, teacher: debkd.givenSoftLabels(given) }),
];
const local = await debkd.loadTeacher(files['wdbc-mlp-biased/teacher.onnx'], { preprocessing });
const here = await debkd.distill({ ...job, teacher: local });
local[Symbol.dispose]();

const controller = new AbortController();
const reason = new Error('enough');
const aborted = await remote
  .distill({ ...job, epochs: 5000, teacher, signal: controller.signal, onProgress: () => controller.abort(reason) })
  .catch((error) => error === reason);
const failed = await remote
  .fit({ hidden: [0] }, train, { margins: new Float64Array(train.rows) }, debkd.hardLabels(), { seed: 1 })
  .catch((error) => [error instanceof debkd.DebkdError, error.code, error.message]);
const after = await remote.sha256(new Uint8Array(3));
teacher[Symbol.dispose]();
const gone = await remote.softLabels(teacher, train).then(
  () => 'labels',
  (error) => error.name,
);
const tell = (error) => `${error.code}: ${error.message}`;
const wrong = [await remote.nosuch(1).catch(tell), await remote.split(Promise.resolve(table)).catch(tell)];
// dispose in the order of `using`: the teacher, then the worker
const last = await remote.loadTeacher(files['wdbc-mlp-biased/teacher.onnx'], { preprocessing });
last[Symbol.dispose]();
remote[Symbol.dispose]();
wrong.push(await remote.sha256(new Uint8Array(1)).catch(tell));
console.log(
  JSON.stringify({
    same: debkd.sha256(debkd.encodeStudent(run.student)) === debkd.sha256(debkd.encodeStudent(here.student)),
    given: debkd.sha256(debkd.encodeStudent(there.student)) === debkd.sha256(debkd.encodeStudent(alike.student)),
    answers: run.student.predictProba(validation).every((p, i) => p === here.student.predictProba(validation)[i]),
    stages: [...stages],
    convention: teacher.convention,
    ...{ aborted, failed, after, gone, wrong },
    mine: train.rows === train.labels.length,
  }),
);
