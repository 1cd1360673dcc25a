// debkd-edge: the package is packed, installed into an empty folder without the network, and answers with students of every kind.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { RawImage, RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { dice } from '../random.ts';
import { mixedPreprocessing, randomTextStudent } from '../text-students.ts';
import { tinyImageStudent } from '../tiny-images.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'debkd-edge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (program: string, args: readonly string[], cwd: string): string =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
run(process.execPath, [join(root, 'edge/pack.mjs'), folder], folder);
const project = join(folder, 'project');
mkdirSync(project);
writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }');
const tarball = join(folder, `debkd-edge-${version}.tgz`);
run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball], project);
const installed = join(project, 'node_modules/debkd-edge');

test('it installs nothing but itself, in less than 150 kB', () => {
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['debkd-edge']);
  const files = (readdirSync(installed, { recursive: true }) as string[]).filter((name) =>
    statSync(join(installed, name)).isFile(),
  );
  const size = files.reduce((sum, name) => sum + statSync(join(installed, name)).size, 0);
  console.log(`debkd-edge: ${(size / 1000).toFixed(0)} kB in ${files.length} files`);
  expect(size).toBeLessThan(150e3);
  const own = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(own).toMatchObject({ name: 'debkd-edge', version, license: 'MIT', type: 'module' });
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts'])
    expect(own[kind], kind).toBeUndefined();
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md', 'dist/edge.js']));
  const code = files.filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(installed, name), 'utf8'));
  expect(code.join('\n')).not.toMatch(/onnxruntime|\bWebAssembly\b|\bnew Function\b|\beval\(|from "[^.]/);
});

const steps = (
  JSON.parse(readFileSync(join(root, 'test/golden/steps.json'), 'utf8')) as { preprocessing: unknown }[]
)[0];
const preprocessing = parsePreprocessing(steps?.preprocessing, 'golden');
const d = dice(3);
const students: Readonly<Record<string, Student>> = {
  table: new Student({
    architecture: { hidden: [5] },
    parameters: Float32Array.from({ length: layout(preprocessing.encodedWidth, { hidden: [5] }).size }, () =>
      d.real(-1, 1),
    ),
    ...{ preprocessing, threshold: 0.5, defer: { from: 0.4, to: 0.6 }, provenance: {} },
  }),
  text: randomTextStudent(mixedPreprocessing(true), { hidden: [4] }, 5),
  image: await tinyImageStudent({ size: [9, 8], channels: 3, others: true }, { hidden: [], conv: { channels: [4] } }),
};

/** A record as JSON, with pixels as a list. */
const portable = (record: RawRecord): object =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      if (typeof value !== 'object' || value === null) return [name, value];
      const { pixels, ...size } = value as RawImage;
      return [name, { ...size, pixels: [...(pixels as Uint8Array)] }];
    }),
  );

test.each(Object.keys(students))('a student of kind %s: the same bits', (kind) => {
  const student = students[kind] as Student;
  const records = syntheticRecords(student, 20);
  writeFileSync(join(project, 'student.debkd'), encodeStudent(student));
  writeFileSync(join(project, 'records.json'), JSON.stringify(records.map(portable)));
  const program = `import { readFile } from 'node:fs/promises';
import { DebkdError, openStudent } from 'debkd-edge';
const bytes = await readFile('student.debkd');
const student = await openStudent(bytes);
const records = JSON.parse(await readFile('records.json', 'utf8'), (key, value) => key === 'pixels' ? Uint8Array.from(value) : value);
const code = await openStudent(bytes.map((byte, i) => byte ^ Number(i === 60))).catch((error) => error instanceof DebkdError && error.code);
console.log(JSON.stringify([code, ...records.map((record) => student.predictRecord(record))]));`;
  writeFileSync(join(project, 'answer.mjs'), program);
  const answers = JSON.parse(run(process.execPath, ['--jitless', 'answer.mjs'], project));
  expect(answers).toEqual(['student', ...records.map((record) => student.predictRecord(record))]);
});

test('its declarations compile, without those of any host', () => {
  const program = `import { type Answer, DebkdError, type EdgeStudent, openStudent, type RawRecord } from 'debkd-edge';

const student: EdgeStudent = await openStudent(new Uint8Array(8));
const record: RawRecord = { age: 3, image: { width: 1, height: 1, pixels: new Uint8Array(3) } };
export const answer: Answer = student.predictRecord(record);
export const code = (error: unknown): string => (error instanceof DebkdError ? error.code : '');
// @ts-expect-error a record is an object
student.predictRecord(3);
`;
  writeFileSync(join(project, 'main.ts'), program);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const flags = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2022',
    '--types',
    '',
  ];
  const { stdout, status } = spawnSync(process.execPath, [tsc, ...flags, 'main.ts'], {
    cwd: project,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, '']);
});

test('the program of its README runs', () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(installed, 'README.md'), 'utf8')) ?? [];
  const student = new Student({
    architecture: { hidden: [] },
    parameters: Float32Array.of(1, 2, 3),
    preprocessing: {
      clip: 10,
      encodedWidth: 2,
      columns: [
        { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 0, width: 1 },
        { name: 'job', kind: 'categorical', categories: ['nurse'], offset: 1, width: 1 },
      ],
    },
    ...{ threshold: 0.5, provenance: {} },
  });
  writeFileSync(join(project, 'student.debkd'), encodeStudent(student));
  writeFileSync(join(project, 'readme.mjs'), `${code}\nconsole.log(probability, label);`);
  const { probability, label } = student.predictRecord({ age: 41, job: 'nurse' });
  expect(run(process.execPath, ['readme.mjs'], project)).toBe(`${probability} ${label}\n`);
});
