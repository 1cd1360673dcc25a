// The reader for Python, against debkd: students of tables, texts and images, float32 and quantised, files and their faults.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { BLANK_RUNS, SHIFT_RUNS, WORD_RUNS } from '../../src/data/text/unicode-table.ts';
import { exportTo } from '../../src/deploy/export.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { recordsOf } from '../../src/deploy/table-records.ts';
import { sha256Bytes } from '../../src/io/sha256.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import type { RawImage, RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { debkd } from '../cli/run.ts';
import { pictureFile, pictures } from '../pictures.ts';
import { describePython, python } from '../python.ts';
import { dice } from '../random.ts';
import { mixedPreprocessing, randomTextStudent } from '../text-students.ts';
import { IMAGE_CASES, tinyImageStudent, tinyRecord } from '../tiny-images.ts';

const READER = fileURLToPath(new URL('../../src/deploy/shipped/python/debkd_student.py', import.meta.url));
const reader = readFileSync(READER, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'debkd-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a student with debkd_student.py of its folder, and answers the records on stdin. */
const PROGRAM = (path: string): string => `
import base64, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(join(path, '..'))})
import numpy as np
from debkd_student import open_student
def value(x):
    if not isinstance(x, dict):
        return x
    pixels = np.frombuffer(base64.b64decode(x['pixels']), np.uint8)
    return pixels.reshape(x['height'], x['width'], -1)[..., :3].squeeze()
records = [{name: value(x) for name, x in record.items()} for record in json.load(sys.stdin)]
student = open_student(${JSON.stringify(path)})
print(json.dumps(student.predict_batch(records)))`;

function portable(record: RawRecord): object {
  const fields = Object.entries(record).map(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [name, value];
    const { width, height, pixels, data = pixels } = value as RawImage;
    return [name, { width, height, pixels: Buffer.from(data as Uint8Array).toString('base64') }];
  });
  return Object.fromEntries(fields);
}

/** Exports the student and lets Python answer. */
async function answersOf(student: Student, records: readonly RawRecord[]): Promise<unknown> {
  const { files, largestDifference } = await exportTo('python', student);
  expect(largestDifference).toBe(0);
  const place = mkdtempSync(join(folder, 'export-'));
  for (const { path, bytes } of files) writeFileSync(join(place, path), bytes);
  const [model] = files;
  return JSON.parse(python(PROGRAM(join(place, model?.path as string)), JSON.stringify(records.map(portable))));
}

const FORMS = ['float32', 'float16', 'int8'] as const;
const inForm = (student: Student, form: (typeof FORMS)[number]): Student =>
  form === 'float32' ? student : quantize(student, form, { force: true });

function randomStudent(preprocessing: Student['preprocessing'], architecture: Architecture): Student {
  const d = dice(7);
  const { size } = layout(preprocessing.encodedWidth, architecture);
  const parameters = Float32Array.from({ length: size }, () => d.real(-0.7, 0.7));
  const defer = { from: 0.3, to: 0.6 };
  return new Student({ architecture, parameters, preprocessing, threshold: 0.45, defer, provenance: {} });
}

interface Golden {
  readonly case: string;
  readonly csv: string;
  readonly preprocessing: unknown;
}
const golden = JSON.parse(readFileSync(new URL('../golden/steps.json', import.meta.url), 'utf8')) as Golden[];
const SHAPES: readonly Architecture[] = [
  { hidden: [] },
  { hidden: [5] },
  { hidden: [8, 8], activation: 'gelu', residual: true },
  { hidden: [6], activation: 'tanh' },
];

const plain = {
  clip: 4,
  encodedWidth: 8,
  missing: ['-999', 'none'],
  columns: [
    { name: 'a', kind: 'numeric', transform: 'symlog', mean: 1, std: 2.5, offset: 0, width: 1 },
    { name: 'b', kind: 'categorical', categories: ['', 'x', '1', 'true', '1e-7'], offset: 1, width: 5 },
    { name: 'c d', kind: 'numeric', transform: 'none', mean: 0.1, std: 0.3, offset: 6, width: 1 },
    { name: 'e', kind: 'numeric', transform: 'none', mean: 0, std: 1e6, offset: 7, width: 1 },
  ],
} as const;

test('the reader follows the same version of Unicode', () => {
  for (const [name, runs] of Object.entries({ WORD_RUNS, BLANK_RUNS, SHIFT_RUNS })) {
    const [, text = ''] = new RegExp(`^${name} = \\(\\n([^]*?)^\\)`, 'm').exec(reader) ?? [];
    expect([...text.matchAll(/'(.*)'/g)].map(([, part]) => part).join(''), name).toBe(runs);
  }
});

describePython('numpy')('answers are those of debkd, to the bit', () => {
  test.each(golden.map((one, i) => ({ ...one, shape: SHAPES[i % SHAPES.length] as Architecture })))(
    'steps: $case, $shape',
    async ({ csv, preprocessing, shape }) => {
      const student = randomStudent(parsePreprocessing(preprocessing, 'golden'), shape);
      const table = await readCsv(new TextEncoder().encode(csv), { missing: [] });
      const rows = Uint32Array.from({ length: table.rows }, (_, i) => i);
      const records = [...recordsOf(table, rows, student.preprocessing), ...syntheticRecords(student)];
      expect(await answersOf(student, records)).toEqual(records.map((record) => student.predictRecord(record)));
    },
  );

  test.each(SHAPES.flatMap((shape) => FORMS.map((form) => ({ shape, form }))))(
    'numbers and categories: $shape in $form',
    async ({ shape, form }) => {
      const student = inForm(randomStudent(plain, shape), form);
      const odd: RawRecord[] = [-999, ' 4e1 ', 'NONE', '', 1e-9, -3.5, 0].map((a, i) => ({
        ...{ a, 'c d': i / 7, e: 12345678.5 * i },
        b: [1, true, 1e-7, null, 'x', ' none ', 'y'][i] as RawRecord[string],
      }));
      const records = [...odd, ...syntheticRecords(student)];
      expect(await answersOf(student, records)).toEqual(records.map((record) => student.predictRecord(record)));
    },
  );

  test.each(SHAPES.map((shape, i) => ({ shape, form: FORMS[i % 3] as (typeof FORMS)[number], weighted: i % 2 === 0 })))(
    'texts: $shape in $form, weights by rarity: $weighted',
    async ({ shape, form, weighted }) => {
      const student = inForm(randomTextStudent(mixedPreprocessing(weighted), shape, 11), form);
      const odd = [
        '',
        'Straße ÄÖ İI ǅ',
        '👍🏽 (ok)',
        'a\u0301b\u200dc',
        '日本語 テスト',
        '\u00a0\t',
        'x'.repeat(300),
        '\ud800a',
      ];
      const records = [...odd.map((comment) => ({ age: 40, comment, colour: 'red' })), ...syntheticRecords(student)];
      expect(await answersOf(student, records)).toEqual(records.map((record) => student.predictRecord(record)));
    },
  );
});

describePython('numpy')('thresholds by the values of a column', () => {
  const thresholds = [
    ['x', 0.2],
    ['1', 0.9],
  ] as const;
  test.each(FORMS)('in %s: the same labels', async (form) => {
    const { defer: _, ...whole } = randomStudent(plain, { hidden: [5] });
    const student = inForm(new Student({ ...whole, groupThresholds: { column: 'b', thresholds } }), form);
    const records = syntheticRecords(student).flatMap((record) =>
      ['x', 1, '1.0', 'y', null].map((b): RawRecord => ({ ...record, b })),
    );
    const expected = records.map((record) => student.predictRecord(record));
    // the rows of a group are not those of the common threshold
    expect(expected.some(({ label, probability }) => label !== Number(probability >= student.threshold))).toBe(true);
    expect(await answersOf(student, records)).toEqual(expected);
  });

  test('a record without the column is refused', async () => {
    const { defer: _, ...whole } = randomStudent(plain, { hidden: [5] });
    const student = new Student({ ...whole, groupThresholds: { column: 'sex', thresholds } });
    const place = mkdtempSync(join(folder, 'groups-'));
    writeFileSync(join(place, 'student.debkd'), encodeStudent(student));
    writeFileSync(join(place, 'rows.csv'), 'a,b,c d,e\n1,x,1,1\n');
    expect(run(place, join(place, 'rows.csv'))).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: expect.stringMatching(/rows\.csv": no column "sex", which the student needs; give a table with it\n$/),
    });
  });
});

describePython('numpy, PIL')('students of images, with Pillow', () => {
  test.each(IMAGE_CASES.map(([shape, form], i) => ({ shape, form, stored: FORMS[i % 3] as (typeof FORMS)[number] })))(
    '$shape of $form in $stored: the same bits',
    async ({ shape, form, stored }) => {
      const student = inForm(await tinyImageStudent(form, shape), stored);
      const others = [{ height: 40, width: 23 }, { channels: 3 as const }, { channels: 4 as const, height: 17 }];
      const records = [...syntheticRecords(student, 6), ...others.map((image, i) => tinyRecord(form, i, image))];
      expect(await answersOf(student, records)).toEqual(records.map((record) => student.predictRecord(record)));
    },
  );

  test('files of images, relative to the table', async () => {
    const form = { size: [12, 10], channels: 3 } as const;
    const student = await tinyImageStudent(form, { hidden: [4], conv: { channels: [4, 6] } });
    const place = join(folder, 'pictures');
    mkdirSync(place);
    const names = Object.keys(pictures).filter((name) => /\.(png|jpe?g)$/.test(name));
    for (const name of names) writeFileSync(join(place, name), pictureFile(name));
    writeFileSync(join(place, 'rows.csv'), `image\n${names.map((name) => `"${name}"\n`).join('')}`);
    mkdirSync(join(place, 'student'));
    writeFileSync(join(place, 'student/student.debkd'), encodeStudent(student));
    expect(names.length).toBeGreaterThan(3);
    const { status, stdout } = run(join(place, 'student'), join(place, 'rows.csv'));
    const { stdout: expected } = debkd([
      'predict',
      '--student',
      join(place, 'student'),
      '--data',
      join(place, 'rows.csv'),
    ]);
    expect([status, stdout]).toEqual([0, expected]);
    writeFileSync(join(place, 'none.csv'), `image\n${names[0]}\nnowhere.png\n`);
    expect(run(join(place, 'student'), join(place, 'none.csv'))).toMatchObject({
      ...{ status: 2, stdout: '' },
      stderr: expect.stringMatching(
        /^debkd_student: data ".*none\.csv", row 2, field "image": this image cannot be read/,
      ),
    });
  });
});

/** The reader as a program. */
function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('/usr/bin/python3', ['-B', READER, ...args], { encoding: 'utf8' });
}

describePython('numpy')('as a program', () => {
  const student = randomStudent(plain, { hidden: [5] });
  const place = join(folder, 'program');
  mkdirSync(place);
  const file = join(place, 'student.debkd');
  writeFileSync(file, encodeStudent(student));
  const rows = join(place, 'rows.csv');
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `${i % 9 === 0 ? 'none' : i / 3},"${'x1y'[i % 3]}",${-i / 1e4},${i}`,
  );
  writeFileSync(rows, `\ufeffa,b,c d,e\r\n${lines.join('\r\n')}\r\n`);

  test('prints what debkd predict prints, for a file and for a folder', () => {
    const expected = debkd(['predict', '--student', place, '--data', rows]).stdout;
    expect(expected.split('\n')).toHaveLength(3002);
    expect(expected).toMatch(/^probability,label,defer\n/);
    const stderr =
      'debkd_student: note: values that the student does not know add nothing: "b" in 1000 of 3000 rows, such as "y"\n';
    expect(run(file, rows)).toMatchObject({ status: 0, stdout: expected, stderr });
    expect(run(place, rows).stdout).toBe(expected);
    const semicolons = join(place, 'semicolons.csv');
    writeFileSync(semicolons, readFileSync(rows, 'utf8').replaceAll(',', ';'));
    expect(run(file, semicolons).stdout).toBe(expected);
  });

  const bytes = encodeStudent(student);
  const changed = (at: number, value: number): Uint8Array => bytes.map((byte, i) => (i === at ? value : byte));
  const withDigest = (content: Uint8Array): Uint8Array => Buffer.concat([content, sha256Bytes(content)]);
  const edited = (from: string, to: string): Uint8Array => {
    const content = Buffer.from(bytes.subarray(0, -32));
    const text = content.toString('latin1').replace(from, to);
    expect(text).toHaveLength(content.length);
    return withDigest(Buffer.from(text, 'latin1'));
  };
  test.each([
    ['one changed byte', changed(200, 0), 'damaged (its checksum differs); copy the file again, or export again'],
    ['another version', changed(6, 3), 'format version 3, expected 1 or 2; take the debkd_student.py of a newer debkd'],
    ['an earlier version', changed(6, 0), 'format version 0, expected 1 or 2; distil again'],
    ['a shorter file', bytes.subarray(0, -7), 'damaged (its checksum differs)'],
    ['another file', Buffer.from('PK'.repeat(50)), 'not a student file; give student.debkd or student.safetensors'],
    ['an empty file', new Uint8Array(0), 'not a student file'],
    [
      'fewer parameters',
      withDigest(bytes.subarray(0, -36)),
      'damaged (50 parameters), expected 51 for its architecture',
    ],
    [
      'a parameter of infinity',
      withDigest(Buffer.concat([bytes.subarray(0, -36), Buffer.from([0, 0, 128, 127])])),
      'not a finite number',
    ],
    ['a damaged header', edited('"columns"', '"colums_"'), "damaged (KeyError: 'columns')"],
    [
      'a kind of column of later versions',
      edited('"categorical"', '"holographic"'),
      'a column of kind "holographic"; this reader does not know it',
    ],
  ])('refuses %s', (name, content, message) => {
    const damaged = join(place, `${name.replaceAll(' ', '-')}.debkd`);
    writeFileSync(damaged, content);
    const { status, stdout, stderr } = run(damaged, rows);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `debkd_student: student ${JSON.stringify(damaged)}: ${message.startsWith('not a fin') ? 'damaged (a parameter is ' : ''}${message}`,
    );
    expect(stderr).not.toContain('Traceback');
  });

  test.each([
    ['no such column', 'a,b,e\n1,x,1\n', 'no column "c d", which the student needs; give a table with it'],
    ['a text for a number', 'a,b,c d,e\n1,x,1,1\n1,x,one,1\n', 'row 2, field "c d": "one", expected a finite number'],
    [
      'a short row',
      'a,b,c d,e\n1,x,1\n',
      'row 1: 3 fields, expected 4 as in the header; look for an unquoted delimiter',
    ],
    ['an empty file', '', 'the file is empty, expected a header and rows; check the path'],
  ])('refuses a table with %s', (_, text, message) => {
    writeFileSync(join(place, 'bad.csv'), text);
    const { status, stdout, stderr } = run(file, join(place, 'bad.csv'));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('Traceback');
  });

  test('refuses places without a student, and a damaged safetensors file', async () => {
    expect(run(folder, rows).stderr).toMatch(
      /^debkd_student: folder ".*": no student\.debkd and no student\.safetensors/,
    );
    expect(run(join(folder, 'nowhere.debkd'), rows).stderr).toMatch(
      /cannot be read \(No such file or directory\); check the path/,
    );
    const { files } = await exportTo('python', quantize(student, 'int8', { force: true }));
    expect(files.map(({ path }) => path)).toEqual(['student.safetensors', 'debkd_student.py', 'quantization.json']);
    const tensors = join(place, 'cut.safetensors');
    writeFileSync(tensors, files[0]?.bytes.subarray(0, -3) as Uint8Array);
    expect(run(tensors, rows)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('damaged (its lengths differ)'),
    });
  });
});
