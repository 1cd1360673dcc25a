// A worker thread of run.mjs: reads mutated inputs in turn and reports the outcome of each. The parent limits the time.
import { parentPort, workerData } from 'node:worker_threads';
import { DebkdError } from '../../src/io/errors.ts';
import { distillKind, kinds, type Service } from './inputs.ts';
import { drawing } from './mutate.ts';

interface Task {
  readonly kind: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly corpus: string;
  readonly service: string;
}

const { kind: name, seed, from, to, corpus, service } = workerData as Task;
const tell = (message: object): void => parentPort?.postMessage(message);
const onRuntime = (busy: boolean): void => tell({ busy });
const place = new URL(corpus);
const all = [...kinds(place, (await import(service)) as Service, onRuntime), distillKind(place, onRuntime)];
const stream = all.findIndex((kind) => kind.name === name);
const kind = all[stream];
if (!kind) throw new Error(`no kind ${name}`);

const natives = [Object, Array, String, Function, Map, Promise].map(({ prototype }) => prototype as object);
const names = (): string => natives.map((native) => Reflect.ownKeys(native).length).join(' ');
const before = names();

for (let index = from; index < to; index++) {
  tell({ index });
  const draw = drawing(seed, stream, index);
  let how = 'read';
  try {
    await kind.read(kind.make(draw), draw);
  } catch (error) {
    how = error instanceof DebkdError ? error.code : 'fault';
    if (how === 'fault')
      tell({ index, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  if (names() !== before) {
    tell({ index, fault: 'a built-in prototype was changed' });
    break;
  }
  tell({ how });
}
