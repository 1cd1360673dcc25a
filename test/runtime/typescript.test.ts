// Compiles the published declarations with three versions of TypeScript, with the types of a page, of Node and of no host. The package's
// dependencies are not installed, because its declarations need none.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'debkd-typescript-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = join(folder, 'node_modules/debkd');
mkdirSync(join(installed, 'dist'), { recursive: true });
for (const path of ['package.json', 'dist/types']) symlinkSync(join(root, path), join(installed, path));
for (const name of ['@types', 'undici-types'])
  symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');

/** One program for each entry; TypeScript knows only ECMAScript here. */
const ANYWHERE = {
  'distil.ts': `
import * as debkd from 'debkd';

export async function distil(model: Uint8Array, rows: Uint8Array, signal: NonNullable<debkd.ProgressOptions['signal']>): Promise<Uint8Array> {
  const preprocessing = debkd.parsePreprocessing({}, 'preprocessing');
  const teacher: debkd.Teacher = await debkd.loadTeacher(model, { preprocessing });
  const table = await debkd.readCsv(rows, { target: 'label' });
  const parts = debkd.split(table);
  const train = debkd.encode(table, preprocessing, { rows: parts.train });
  const validation = debkd.encode(table, preprocessing, { rows: parts.validation });
  const { student } = await debkd.distill({ teacher, train, validation, student: { hidden: [6] }, seed: 1, signal });
  teacher[Symbol.dispose]();
  const { files } = await debkd.exportTo('js', student);
  const answer: { probability: number; label: 0 | 1 } = student.predictRecord({ age: 3, town: 'Bern' });
  return answer.label === 1 ? debkd.encodeStudent(student) : files[0]!.bytes;
}
// @ts-expect-error a source is not a number
debkd.readCsv(3, { target: 'label' });
`,
  'edge.ts': `
import { type EdgeStudent, openStudent } from 'debkd/edge';

const student: EdgeStudent = await openStudent(new Uint8Array(8));
export const probability: number = student.predictRecord({ age: 3 }).probability;
export const all: Float64Array = student.predictProba(Float32Array.of(1, 2));
`,
  'worker.ts': `
import { type DebkdWorker, openWorker } from 'debkd/worker';
import 'debkd/worker-thread';

export async function labels(model: Uint8Array, rows: Uint8Array): Promise<string> {
  const worker: DebkdWorker = await openWorker({ teacherLimit: 10 });
  const teacher = await worker.loadTeacher(model, {});
  const table = await worker.readCsv(rows, { target: 'label' });
  const hash: string = await worker.sha256(rows);
  teacher[Symbol.dispose]();
  worker[Symbol.dispose]();
  return hash + table.rows;
}
`,
  'cluster.ts': `
import { type ClusterWorker, labelRows, openCluster, openStore, openWorker, type WorkerEvent } from 'debkd/cluster';

const told: WorkerEvent['kind'][] = [];
export const worker: ClusterWorker = await openWorker({
  queue: 'redis://127.0.0.1', store: '/store', onEvent: ({ kind }) => told.push(kind),
});
export const store = openStore;
export const rows: typeof labelRows = labelRows;
export const cluster = await openCluster({ queue: 'redis://127.0.0.1', store: '/store' });
await worker.close();
`,
};

/** Types of a page; TypeScript also knows the DOM here. */
const PAGE = {
  'page.ts': `
import * as debkd from 'debkd';

export async function read(file: File, address: URL, response: Response, bytes: BufferSource): Promise<Blob> {
  const controller = new AbortController();
  await debkd.init({ wasm: new WebAssembly.Module(bytes) });
  const teacher = await debkd.loadTeacher(file);
  for (const source of [address, response, new Blob([])]) {
    const table = await debkd.readCsv(source, { target: 'label' });
    const data = debkd.encode(table, debkd.parsePreprocessing({}, 'preprocessing'));
    await debkd.softLabels(teacher, data, { signal: controller.signal });
  }
  const student = await debkd.Student.load(response);
  return new Blob([debkd.encodeStudent(student)]);
}
// @ts-expect-error a source is no other object
debkd.readCsv(new AbortController(), { target: 'label' });
`,
};

/** Types of Node; TypeScript also knows @types/node here, but not the DOM. */
const NODE = {
  'node.ts': `
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import * as debkd from 'debkd';

const teacher = await debkd.loadTeacher(pathToFileURL('teacher.onnx'));
for (const source of [await readFile('rows.csv'), await openAsBlob('rows.csv'), await fetch('http://localhost/')]) {
  const table = await debkd.readCsv(source, { target: 'label' });
  const data = debkd.encode(table, debkd.parsePreprocessing({}, 'preprocessing'));
  await debkd.softLabels(teacher, data, { signal: AbortSignal.timeout(1000) });
}
await debkd.init({ wasm: await readFile('kernels.wasm') });
teacher[Symbol.dispose]();
// @ts-expect-error a source is no other object
debkd.readCsv(new AbortController(), { target: 'label' });
`,
};

const OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  preserveSymlinks: true,
  noEmit: true,
};
for (const [name, programs, lib, types] of [
  ['anywhere', ANYWHERE, ['es2022'], []],
  ['page', { ...ANYWHERE, ...PAGE }, ['es2022', 'dom', 'dom.iterable'], []],
  ['node', { ...ANYWHERE, ...NODE }, ['es2022'], ['node']],
] as const) {
  for (const [file, text] of Object.entries(programs)) writeFileSync(join(folder, file), text);
  const project = { compilerOptions: { ...OPTIONS, lib, types }, files: Object.keys(programs) };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(project));
}

describe.each([
  'runtime/node_modules/typescript-5.4',
  'runtime/node_modules/typescript-5.9',
  '../node_modules/typescript',
])('%s', (path) => {
  const compiler = join(root, 'test', path);
  const present = existsSync(compiler);
  if (!present) console.warn(`skipped: ${path} is absent; npm ci --prefix test/runtime installs it`);

  test.runIf(present).each(['anywhere', 'page', 'node'])('%s', (name) => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(compiler, 'bin/tsc'), '-p', `${name}.json`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
  });
});
