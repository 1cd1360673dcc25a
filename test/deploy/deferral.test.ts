// Students with a deferral band: every export says when to defer, and a service can ask another one.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { toEdge } from '../../src/deploy/edge/project.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { toSafetensors } from '../../src/deploy/safetensors.ts';
import { moduleUrl } from '../../src/deploy/shipped-module.ts';
import { PLATFORMS } from '../../src/deploy/targets.ts';
import { toWasm } from '../../src/deploy/wasm.ts';
import { openStudent } from '../../src/edge.ts';
import { layout } from '../../src/kernels/layout.ts';
import { type Answer, isDeferred } from '../../src/student/decide.ts';
import { Student } from '../../src/student/student.ts';
import { decodeStudentData, encodeStudent } from '../../src/student/student-bytes.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { dice } from '../random.ts';
import { fileText as file, openService } from './open-service.ts';

const d = dice(3);
const plain = new Student({
  architecture: { hidden: [4] },
  parameters: Float32Array.from({ length: layout(3, { hidden: [4] }).size }, () => d.real(-1, 1)),
  preprocessing: {
    clip: 10,
    columns: [
      { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 0, width: 1 },
      { name: 'job', kind: 'categorical', categories: ['nurse', 'pilot'], offset: 1, width: 2 },
    ],
    encodedWidth: 3,
  },
  threshold: 0.45,
  provenance: {},
});
const records = syntheticRecords(plain, 200);
const sorted = records.map((record) => plain.predictRecord(record).probability).sort((a, b) => a - b);
const at = (share: number): number => sorted[Math.floor(share * sorted.length)] as number;
const student = plain.with({ threshold: at(0.5), defer: { from: at(0.3), to: at(0.7) } });
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

test('a record says whether to defer: inside the band, not at its edges', () => {
  const deferred = records.filter((record) => student.predictRecord(record).defer);
  expect(deferred.length / records.length).toBeCloseTo(0.4, 1);
  expect(isDeferred(student, student.defer?.from as number)).toBe(false);
  expect(isDeferred(student, student.defer?.to as number)).toBe(false);
  expect(plain.predictRecord(records[0] as object as never)).not.toHaveProperty('defer');
});

test('the file keeps the band; another threshold leaves it out', async () => {
  const bytes = encodeStudent(student);
  expect(decodeStudentData(bytes, 'student').defer).toEqual(student.defer);
  const edge = await openStudent(bytes);
  for (const record of records) expect(edge.predictRecord(record)).toEqual(student.predictRecord(record));
  expect(student.with({ threshold: 0.9 }).defer).toBeUndefined();
  expect(student.with({ provenance: {} }).defer).toEqual(student.defer);
  const damaged = { ...student, defer: { from: 0.9, to: 0.1 } };
  expect(() => new Student(damaged)).toThrow('deferral band 0.9 to 0.1, expected two numbers from 0 to 1');
  expect(() => decodeStudentData(encodeStudent(damaged), 'student')).toThrow('no valid deferral band');
});

test('JavaScript, quantised JavaScript and wasm', async () => {
  for (const one of [student, await quantize(student, 'float16')]) {
    const { files } = await toJavaScript(one);
    const module = (await import(moduleUrl(file(files, 'student.js')))) as {
      predict(record: object): Answer;
      defer: object;
      about: object;
    };
    for (const record of records) expect(module.predict(record)).toEqual(one.predictRecord(record));
    expect(module.defer).toEqual(student.defer);
    expect(module.about).toMatchObject({ defer: student.defer });
    expect(file(files, 'student.d.ts')).toContain('readonly defer: boolean');
  }
  expect(file((await toJavaScript(plain)).files, 'student.d.ts')).not.toContain('defer');
  const { files } = await toWasm(student);
  const { openStudent: open } = (await import(moduleUrl(file(files, 'student.js')))) as {
    openStudent(module: WebAssembly.Module): { predict(record: object): Answer };
  };
  const wasm = files.find(({ path }) => path === 'student.wasm')?.bytes as Uint8Array<ArrayBuffer>;
  const opened = open(new WebAssembly.Module(wasm));
  for (const record of records) expect(opened.predict(record)).toEqual(student.predictRecord(record));
});

test('ONNX has an output, safetensors the band', async () => {
  const { files } = await toOnnx(student);
  const raw = files.find(({ path }) => path === 'student-raw.onnx')?.bytes as Uint8Array<ArrayBuffer>;
  const { InferenceSession, Tensor } = await import('onnxruntime-web');
  const session = await InferenceSession.create(raw);
  expect(session.outputNames).toEqual(['probability', 'label', 'defer']);
  const some = records.filter(({ age, job }) => typeof age === 'number' && typeof job === 'string');
  const out = await session.run({
    age: new Tensor(
      'float32',
      Float32Array.from(some, ({ age }) => age as number),
      [some.length, 1],
    ),
    job: new Tensor(
      'string',
      some.map(({ job }) => job as string),
      [some.length, 1],
    ),
  });
  const deferred = Array.from(out['defer']?.data as BigInt64Array, Number);
  const probabilities = out['probability']?.data as Float32Array;
  // float32 probabilities at an edge may fall on its other side
  some.forEach((record, i) => {
    const near = Object.values(student.defer as object).some(
      (edge) => Math.abs(edge - (probabilities[i] as number)) < 1e-6,
    );
    if (!near) expect(deferred[i]).toBe(Number(student.predictRecord(record).defer));
  });
  expect(new Set(deferred)).toEqual(new Set([0, 1]));
  const [tensors] = (await toSafetensors(student)).files;
  expect(text(tensors?.bytes)).toContain(JSON.stringify(JSON.stringify(student.defer)));
  using _ = await loadTeacher(raw, { output: 'probability' });
});

test('a project tells how its student defers, and has no hook without a band', async () => {
  for (const platform of PLATFORMS) {
    const { files } = await toEdge(student, platform);
    expect(file(files, 'README.md')).toContain('`defer`: true if someone else should decide');
    expect(file(files, 'src/config.js')).toContain('deferTo: { url: ""');
    const without = await toEdge(plain, platform);
    expect(without.files.map(({ path }) => path)).not.toContain('src/defer.js');
    expect(file(without.files, 'src/service.js')).not.toContain('defer');
  }
});

describe('the service', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  type Reply = (records: readonly unknown[]) => { status?: number; body: unknown; wait?: number };

  /** A service that stands for the teacher's. */
  async function other(reply: Reply): Promise<{ url: string; asked: unknown[][] }> {
    const asked: unknown[][] = [];
    const server = createServer((request, response) => {
      let sent = '';
      request.on('data', (chunk) => {
        sent += chunk;
      });
      request.on('end', () => {
        const list = JSON.parse(sent) as unknown[];
        asked.push(list);
        const { status = 200, body, wait = 0 } = reply(list);
        setTimeout(() => response.writeHead(status).end(JSON.stringify(body)), wait);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
  }

  async function serve(url: string, seconds = 20): Promise<(value: unknown) => Promise<unknown>> {
    const { files } = await toEdge(student, 'node');
    const ask = await openService(files, (config) =>
      config.replace('url: "", seconds: 2', `url: ${JSON.stringify(url)}, seconds: ${seconds}`),
    );
    return async (value) => JSON.parse((await ask('/predict', value)).body);
  }

  const answers = records.map((record) => student.predictRecord(record));
  const deferred = records.filter((_, i) => answers[i]?.defer);
  const answer = { probability: 0.75, label: 1 };

  test('asks the other one about the deferred records, in one request', async () => {
    const { url, asked } = await other((list) => ({ body: list.map(() => answer) }));
    const predict = await serve(url);
    const found = await predict(records);
    expect(asked).toEqual([JSON.parse(JSON.stringify(deferred))]);
    const expected = answers.map((one) => (one.defer ? { ...one, ...answer, answeredBy: 'deferTo' } : one));
    expect((found as object[]).map(({ unknown: _, ...rest }: { unknown?: unknown }) => rest)).toEqual(expected);
    const sure = records.find((_, i) => !answers[i]?.defer);
    await predict(sure);
    expect(asked).toHaveLength(1);
    expect(await predict(deferred[0])).toMatchObject({ ...answer, answeredBy: 'deferTo' });
  });

  test.each<[string, Reply]>([
    ['fails', () => ({ status: 500, body: {} })],
    ['is late', (list) => ({ body: list.map(() => answer), wait: 900 })],
    ['answers fewer', () => ({ body: [] })],
    ['answers no probability', (list) => ({ body: list.map(() => ({ label: 1 })) })],
  ])('keeps the answers of the student if the other one %s', async (late, reply) => {
    const { url } = await other(reply);
    expect(await (await serve(url, late === 'is late' ? 0.2 : 20))(deferred[0])).toMatchObject({
      ...student.predictRecord(deferred[0] as never),
    });
  });

  test('asks nobody without an address', async () => {
    expect(await (await serve(''))(deferred[0])).toMatchObject({ defer: true });
  });
});
