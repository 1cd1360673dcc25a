// Untrusted files: a short run over mutated inputs (npm run hostile is the long one), and one test for each known attack.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { mergeConfig } from '../../src/cli/parse.ts';
import { readTable } from '../../src/data/read-table.ts';
import { packPlain, unpackPlain } from '../../src/io/plain.ts';
import { bytesOf } from '../../src/io/source.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { readExternalData } from '../../src/teacher/external-data.ts';
import type { OnnxGraph } from '../../src/teacher/onnx-graph.ts';
import { debkd, temporary } from '../cli/run.ts';
import { endlessOnnx } from '../tiny-onnx.ts';

test('mutated inputs are read or rejected with a DebkdError', async () => {
  const script = fileURLToPath(new URL('run.mjs', import.meta.url));
  // 60 s per input only detects a hang; npm run hostile has the stricter limit
  const args = [script, '--inputs', '3000', '--distills', '60', '--seed', '1', '--seconds', '60'];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: { stdout: string }) => error);
  expect(stdout).toMatch(/\n0 faults; at most \d+ MiB \(bound 1536\)\n$/);
});

test('time and memory grow at most linearly with the input', async () => {
  const script = fileURLToPath(new URL('grow.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--quick']).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout.match(/^FAULT.*/gm) ?? []).toEqual([]);
  expect(stdout).toMatch(/\n0 faults\n$/);
}, 600_000);

const utf8 = new TextEncoder();

test('a gzip bomb is refused, gzip of an ordinary table is read', async () => {
  const bomb = Uint8Array.from(gzipSync(new Uint8Array(2 ** 27)));
  await expect(bytesOf(bomb)).rejects.toMatchObject({
    code: 'source',
    message: expect.stringMatching(/unpacks to more than 250 times/),
  });
  const rows = Uint8Array.from(gzipSync(`a,label\n${'1,0\n2,1\n'.repeat(2e5)}`));
  expect((await readTable(rows, { target: 'label' })).rows).toBe(4e5);
});

test('an unclosed quote is refused after 8 MiB', async () => {
  const chunk = utf8.encode('1,2\n'.repeat(2 ** 16));
  let given = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      given++;
      controller.enqueue(given === 1 ? utf8.encode('a,b\n"') : chunk);
    },
  });
  await expect(readTable(new Response(stream))).rejects.toMatchObject({
    code: 'table',
    message: expect.stringMatching(/a row of more than 8 MiB/),
  });
  expect(given).toBeLessThan(60);
});

test('Parquet with false lengths does not allocate their memory', async () => {
  const sound = new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: 'x', data: Array.from({ length: 5000 }, (_, i) => i % 7), type: 'INT32', nullable: true }],
      codec: 'UNCOMPRESSED',
    }),
  );
  expect((await readTable(sound)).rows).toBe(5000);
  // overwrite every position near the start, lengths among them, with the largest varint
  for (let at = 4; at < Math.min(sound.length - 8, 400); at++) {
    const odd = sound.slice();
    odd.set([0xff, 0xff, 0xff, 0xff, 0x0f], at);
    const before = process.memoryUsage().rss;
    const how = await readTable(odd).then(
      () => 'read',
      (error: { code: string }) => error.code,
    );
    expect(['read', 'table', 'column']).toContain(how);
    expect(process.memoryUsage().rss - before, `at ${at}`).toBeLessThan(2 ** 28);
  }
});

test('the command line and a worker stop a teacher that never answers after --teacher-limit', async () => {
  const cwd = temporary();
  writeFileSync(join(cwd, 'endless.onnx'), endlessOnnx());
  const { status, stderr } = debkd(['inspect', 'endless.onnx', '--teacher-limit', '1'], { cwd });
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /^debkd: teacher: the ONNX runtime took longer than the limit of 1 s .* \(--teacher-limit\), or use a smaller model\n$/,
  );
  // what is built, and not there yet when types are checked
  const built = '../../dist/worker/client.js';
  const { openWorker } = (await import(built)) as typeof import('../../src/worker/client.ts');
  using worker = await openWorker({ teacherLimit: 1 });
  await expect(worker.loadTeacher(endlessOnnx())).rejects.toMatchObject({ code: 'teacher' });
});

test("external weights are read only from the teacher's folder", async () => {
  const segment = fc.constantFrom('..', '.', '', 'weights', 'a b', 'C:', '~', 'con', '%2e%2e', '...');
  const path = fc.tuple(
    fc.array(segment, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('/', '\\', '//'),
    fc.constantFrom('', '/', '\\', 'file:', 'http://x/'),
  );
  await fc.assert(
    fc.asyncProperty(path, async ([segments, separator, start]) => {
      const name = start + segments.join(separator);
      const asked: string[] = [];
      const given = new Map([[name, utf8.encode('x')]]);
      const graph = { externalData: [name] } as unknown as OnnxGraph;
      const how = await readExternalData(graph, 'folder/model.onnx', given, 'model').then(
        (files) => files.map((file) => asked.push(file.path)),
        () => 'refused',
      );
      if (how === 'refused') return;
      expect(name.split(/[\\/]/)).not.toContain('..');
      expect(name).not.toMatch(/^([\\/]|[a-z]+:)/i);
    }),
    { numRuns: 500 },
  );
});

test('a config with deeply nested lists or a __proto__ key is refused', () => {
  let deep: unknown = [];
  for (let i = 0; i < 20000; i++) deep = [deep];
  expect(() => mergeConfig('distill', { drop: deep }, {})).toThrow(/option --config, key "drop": a list, expected a,b/);
  expect(() => mergeConfig('distill', JSON.parse('{"__proto__":{"seed":2}}'), {})).toThrow(/key "__proto__": unknown/);
});

test('a student with a NaN weight is damaged', () => {
  const preprocessing = {
    clip: 10,
    columns: [{ name: 'x', kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: 0, width: 1 } as const],
    encodedWidth: 1,
  };
  const student = { architecture: { hidden: [] }, preprocessing, threshold: 0.5, provenance: {} };
  const bytes = encodeStudent(new Student({ ...student, parameters: Float32Array.of(1, NaN) }));
  expect(() => decodeStudent(bytes)).toThrow(/damaged \(a parameter is not a finite number\)/);
});

test('packed plain data keeps every number, bit for bit', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(-0, NaN, Infinity, -Infinity));
  const array = fc.array(number).map((list) => Float64Array.from(list));
  const value = fc.record({
    a: number,
    list: fc.array(fc.oneof(number, array, fc.string())),
    own: fc.record({ x: array }),
    odd: fc.constant(null),
  });
  fc.assert(
    fc.property(value, (given) => {
      expect(unpackPlain(packPlain(given))).toEqual(given);
    }),
  );
});
