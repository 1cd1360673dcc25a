// Two workers and a teacher of this thread: teachers of the wrong thread, values that cannot be sent, failures. Prints JSON. For Node,
// Deno and Bun.
import * as debkd from '../../dist/index.js';
import { openWorker } from '../../dist/worker/client.js';
import { readFiles } from './files.mjs';

const files = readFiles();
const preprocessing = debkd.parsePreprocessing(
  JSON.parse(new TextDecoder().decode(files['wdbc/preprocessing.json'])),
  'wdbc',
);
const bytes = files['wdbc-mlp-biased/teacher.onnx'];
const table = await debkd.readCsv(files['wdbc/data.csv'], { target: 'label' });
const train = debkd.encode(table, preprocessing, { rows: debkd.split(table).train });
// open the ONNX runtime of this thread before the first worker
const local = await debkd.loadTeacher(bytes, { preprocessing });

const [one, two, idle] = [await openWorker(), await openWorker(), await openWorker()];
const tell = (error) => `${error.code ?? error.name}: ${error.message}`;
const told = (promise) =>
  promise.then(
    () => 'no error',
    (error) => tell(error),
  );

const mine = await one.loadTeacher(bytes, { preprocessing });
const other = await two.loadTeacher(files['tiny/logit.onnx']);
const teachers = {
  same: (await one.softLabels(mine, train)).margins.every((v) => Number.isFinite(v)),
  other: await told(two.softLabels(mine, train)),
  local: await told(one.softLabels(local, train)),
};
mine[Symbol.dispose]();
teachers.disposed = await told(one.softLabels(mine, train));
other[Symbol.dispose]();

class Cache {
  entries = new Map();
  async get(key) {
    return this.entries.get(key);
  }
  async put(key, value) {
    this.entries.set(key, value);
  }
}
const teacher = await one.loadTeacher(bytes, { preprocessing });
const own = { name: 'own', temperature: 1, alpha: 1, own: () => ({ value: 0, derivative: 0 }) };
const targets = { margins: new Float64Array(train.rows) };
const names = ['openDiskCache', 'openBrowserCache', 'customLoss', 'storeTable'];
const refused = {
  names: await Promise.all(names.map((name) => told(one[name](() => 0)))),
  cache: await told(one.softLabels(teacher, train, { cache: { get: async () => undefined, put: async () => {} } })),
  instance: await told(one.distill({ teacher, train, validation: train, cache: new Cache() })),
  loss: await told(one.fit({ hidden: [] }, train, targets, own, { seed: 1 })),
  promise: await told(one.split(Promise.resolve(table))),
  response: await told(one.readCsv(new Response('a,b\n1,0\n'))),
  detached: (await told(one.sha256(gone()))).replace(/\(.*\)/, '(...)'),
  near: await told(one.sha265(new Uint8Array(1))),
  far: await told(one.dispose(1)),
  constant: await told(one.METHODS()),
  class: await told(one.Student({})),
};
function gone() {
  const array = new Uint8Array(8);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}
const url = new URL(`data:text/csv,${encodeURIComponent('a,label\n1,0\n2,1\n')}`);
const rows = (await one.readCsv(url, { target: 'label' })).rows;

const oops = new Error('oops');
const job = { teacher, train, validation: train, student: { hidden: [4] }, epochs: 5000, seed: 1 };
const progress = await one
  .distill({
    ...job,
    onProgress() {
      throw oops;
    },
  })
  .catch((error) => error === oops);
const running = told(one.distill(job));
one[Symbol.dispose]();
const ended = [await running, await told(one.split(table))];
two[Symbol.dispose]();
local[Symbol.dispose]();
console.log(JSON.stringify({ teachers, refused, rows, progress, ended, idle: typeof idle }));
