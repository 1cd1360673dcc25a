// Exported projects on their own runtimes: predictions for real rows over HTTP, and error responses.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import type { Table } from '../../src/data/table.ts';
import { toEdge } from '../../src/deploy/edge/project.ts';
import type { ExportedFile } from '../../src/deploy/exported.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { PLATFORMS } from '../../src/deploy/targets.ts';
import { hardLabels } from '../../src/loss/distillation.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import type { RawRecord } from '../../src/student/record.ts';
import type { Student } from '../../src/student/student.ts';
import { model, modelJson } from '../models.ts';
import { describeShared, shared, sharedJson } from '../shared.ts';
import { badRequests, send } from './requests.ts';

interface Runtime {
  readonly project: (typeof PLATFORMS)[number];
  readonly why?: string;
  start(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
}
const { PLATFORM_RUNTIMES } = (await import('../runtime/platforms.mjs' as string)) as {
  PLATFORM_RUNTIMES: Readonly<Record<string, Runtime>>;
};
const runtimes = Object.entries(PLATFORM_RUNTIMES).filter(([name, { why }]) => {
  if (why) console.warn(`skipped: ${name}: ${why}`);
  return !why;
});

const root = mkdtempSync(join(tmpdir(), 'debkd-platforms-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(folder: string, files: readonly ExportedFile[]): string {
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** Exports a student to every platform; returns the folder of the projects. */
async function exported(name: string, student: Student): Promise<string> {
  const folder = join(root, name);
  for (const platform of PLATFORMS) {
    const { files, largestDifference } = await toEdge(student, platform, { name });
    expect(largestDifference).toBe(0);
    write(join(folder, platform), files);
  }
  return folder;
}

/** Rows as records for JSON: numbers in numeric columns, null for empty fields. */
function recordsOf(table: Table, { preprocessing }: Student, rows: number): RawRecord[] {
  const columns = preprocessing.columns.map((spec) => ({
    spec,
    column: table.columns.find((column) => column.name === spec.name) as Table['columns'][number],
  }));
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map(({ spec, column }) => {
        const text = column.texts[column.codes[row] as number] as string;
        return [spec.name, text === '' ? null : spec.kind === 'numeric' ? Number(text) : text];
      }),
    ),
  );
}

/** Incomplete bodies and malformed chunks: the response is never a 5xx. */
async function malformed(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const head = `POST /predict HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n`;
  const tails = [
    'content-length: 500\r\n\r\n{"a"',
    'transfer-encoding: chunked\r\n\r\n20\r\n{"a":',
    'transfer-encoding: chunked\r\n\r\nzz\r\n{}',
  ];
  for (const tail of tails) {
    const response = await new Promise<string>((resolve) => {
      let received = '';
      const socket = connect(Number(port), hostname, () => socket.end(head + tail));
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('error', () => resolve(received));
      socket.on('close', () => resolve(received));
    });
    // some hosts respond themselves or close the connection
    expect(response.slice(0, 12), JSON.stringify(tail)).toMatch(/^(HTTP\/1\.1 4\d\d)?$/);
  }
}

async function train(table: Table, hidden: number[], preprocessing: Student['preprocessing']): Promise<Student> {
  const data = encode(table, preprocessing);
  const targets = { margins: new Float64Array(data.rows) };
  return (await fitStudent({ hidden }, data, targets, hardLabels(), { seed: 3, epochs: 3 })).with({ threshold: 0.4 });
}

/** Sends every row over HTTP, in lists and some one by one, and compares the probabilities with the student's. */
async function compare(url: string, student: Student, table: Table, rows: number): Promise<void> {
  const records = recordsOf(table, student, rows);
  const expected = student.predictProba(encode(table, student.preprocessing));
  const post = async (value: unknown): Promise<unknown> => {
    const response = await send(url, { name: '', status: 200, body: JSON.stringify(value) });
    expect(response.status).toBe(200);
    return response.json();
  };
  const predictionOf = (i: number): object => ({
    probability: expected[i],
    label: (expected[i] as number) >= 0.4 ? 1 : 0,
  });
  for (let from = 0; from < rows; from += 500) {
    const some = records.slice(from, from + 500);
    expect(await post(some)).toEqual(some.map((_, i) => predictionOf(from + i)));
  }
  // one record a request, 100 requests at the same time; `npm run load` does it for longer
  const single = Array.from({ length: 100 }, (_, k) => Math.floor((k * rows) / 100));
  await Promise.all(single.map(async (i) => expect(await post(records[i])).toEqual(predictionOf(i))));
}

describe('WDBC', async () => {
  const table = await readCsv(model('wdbc/data.csv'), { target: 'label' });
  const student = await train(table, [16], parsePreprocessing(modelJson('wdbc/preprocessing.json'), 'wdbc'));
  const folder = await exported('wdbc', student);

  test.each(runtimes)('%s: all rows', async (_, { project, start }) => {
    const { url, stop } = await start(join(folder, project));
    try {
      await compare(url, student, table, table.rows);
    } finally {
      await stop();
    }
  });
});

describeShared('adult', async () => {
  const table = await readCsv(shared('data/adult/data.csv.gz'), { target: 'label' });
  const preprocessing = parsePreprocessing(sharedJson('teachers/adult.preprocessing.json'), 'adult');
  const float = await train(table, [64, 32], preprocessing);
  const [plain, int8] = [float, quantize(float, 'int8', { data: encode(table, preprocessing), force: true })];
  const folder = await exported('adult', plain);
  const small = await exported('adult-int8', int8);
  const good = recordsOf(table, plain, 1)[0] as RawRecord;

  test.each(runtimes)('%s: rows, int8, errors', async (_, { project, start }) => {
    const { url, stop } = await start(join(folder, project));
    try {
      await compare(url, plain, table, 5000);
      for (const bad of badRequests(good, 'age', 'education')) {
        const response = await send(url, bad);
        const body = await response.text();
        expect(response.status, `${bad.name}: ${body.slice(0, 300)}`).toBe(bad.status);
        const { error } = JSON.parse(body) as {
          error: { code: string; message: string; field?: string; index?: number };
        };
        if (bad.code) expect(error.code, bad.name).toBe(bad.code);
        expect(error.message.length, bad.name).toBeGreaterThan(15);
        if (bad.field !== undefined) expect(error.field, bad.name).toBe(bad.field);
        if (bad.index !== undefined) expect(error.index, bad.name).toBe(bad.index);
        expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      }
      await malformed(url);
      // the service still works
      await compare(url, plain, table, 20);
    } finally {
      await stop();
    }
    const other = await start(join(small, project));
    try {
      await compare(other.url, int8, table, 1000);
    } finally {
      await other.stop();
    }
  });

  test.each([
    ['float32', plain, 45 * 1024],
    ['int8', int8, 14_700],
  ] as const)('student.js of 108-64-32-1 in %s is small', async (_, student, limit) => {
    const [file] = (await toJavaScript(student)).files;
    expect(gzipSync(file?.bytes as Uint8Array, { level: 9 }).length).toBeLessThan(limit);
  });

  test("the projects' own tests pass", () => {
    for (const platform of PLATFORMS.filter((name) => name !== 'deno')) {
      const { status, stdout } = spawnSync('npm', ['test'], { cwd: join(folder, platform), encoding: 'utf8' });
      expect(status, stdout).toBe(0);
      expect(stdout).toMatch(/# pass 5\n/);
    }
    const deno = fileURLToPath(new URL('../runtime/node_modules/.bin/deno', import.meta.url));
    if (!existsSync(deno)) return console.warn('skipped: Deno: not installed; npm ci --prefix test/runtime');
    const { status, stdout } = spawnSync(deno, ['task', 'test'], { cwd: join(folder, 'deno'), encoding: 'utf8' });
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/5 passed/);
  });
});
