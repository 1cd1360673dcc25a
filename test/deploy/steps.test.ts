// Exports of students whose columns have steps: the same answers as the student, and no code for steps in other exports.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { type Preprocessing, parsePreprocessing } from '../../src/data/preprocessing.ts';
import { exportTo } from '../../src/deploy/export.ts';
import type { Exported } from '../../src/deploy/exported.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { recordsOf } from '../../src/deploy/table-records.ts';
import { openStudent } from '../../src/edge.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { dice } from '../random.ts';

interface Golden {
  readonly case: string;
  readonly csv: string;
  readonly preprocessing: unknown;
}
const golden = JSON.parse(readFileSync(new URL('../golden/steps.json', import.meta.url), 'utf8')) as Golden[];

function randomStudent(preprocessing: Preprocessing): Student {
  const d = dice(11);
  const architecture = { hidden: [5] };
  const { size } = layout(preprocessing.encodedWidth, architecture);
  const parameters = Float32Array.from({ length: size }, () => d.real(-0.5, 0.5));
  return new Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
}

const text = ({ files }: Exported, path: string): string =>
  new TextDecoder().decode(files.find((file) => file.path === path)?.bytes);
type Predict = (record: object) => { probability: number; label: number };
const load = (source: string): Promise<Record<string, unknown>> =>
  import(`data:text/javascript,${encodeURIComponent(source)}`);

async function recordsFrom({ csv, preprocessing }: Golden): Promise<{ student: Student; records: RawRecord[] }> {
  const student = randomStudent(parsePreprocessing(preprocessing, 'golden'));
  const table = await readCsv(new TextEncoder().encode(csv), { missing: [] });
  const all = Uint32Array.from({ length: table.rows }, (_, i) => i);
  return { student, records: recordsOf(table, all, student.preprocessing) };
}

test.each(golden)('$case: every export answers as the student, on its rows and on synthetic ones', async (one) => {
  const { student, records } = await recordsFrom(one);
  expect(records).toHaveLength(40);
  const all = [...records, ...syntheticRecords(student)];
  const expected = all.map((record) => student.predictRecord(record));
  expect(new Set(expected.map(({ probability }) => probability)).size).toBeGreaterThan(100);
  const js = await exportTo('js', student, { records });
  const wasm = await exportTo('wasm', student, { records });
  const shipped = await load(text(js, 'student.js'));
  expect(all.map((record) => (shipped['predict'] as Predict)(record))).toEqual(expected);
  const opened = (
    (await load(text(wasm, 'student.js')))['openStudent'] as (module: WebAssembly.Module) => { predict: Predict }
  )(new WebAssembly.Module(wasm.files[0]?.bytes as Uint8Array<ArrayBuffer>));
  expect(all.map((record) => opened.predict(record))).toEqual(expected);
  const edge = await openStudent(encodeStudent(student));
  expect(all.map((record) => edge.predictRecord(record))).toEqual(expected);
  expect(decodeStudent(encodeStudent(student)).preprocessing).toEqual(student.preprocessing);
  for (const target of ['node', 'cloudflare', 'safetensors'] as const)
    expect((await exportTo(target, student, { records })).largestDifference).toBe(0);
  const onnx = await exportTo('onnx', student, { records });
  expect(onnx.largestDifference).toBeLessThan(1e-6);
  const paths = onnx.files.map(({ path }) => path);
  expect(paths).toEqual(['student.onnx', 'student-raw.onnx']);
  expect(onnx.notes).toBeUndefined();
});

test.each(golden)('$case: each raw column is one field', async (one) => {
  const { student, records } = await recordsFrom(one);
  const js = await exportTo('js', student);
  const { about, predict, unknownFields } = (await load(text(js, 'student.js'))) as {
    about: { inputs: { name: string; type: string }[] };
    predict: Predict;
    unknownFields: (record: object) => string[];
  };
  const names = [...new Set(student.preprocessing.columns.map(({ name }) => name))];
  expect(about.inputs.map(({ name }) => name)).toEqual(names);
  expect([...text(js, 'student.d.ts').matchAll(/^ {2}readonly "(\w+)": /gm)].map(([, name]) => name)).toEqual(names);
  const { [names[0] as string]: _, ...rest } = records[0] as RawRecord;
  expect(() => predict(rest)).toThrow(/no field/);
  expect(unknownFields(records[0] as RawRecord)).toEqual(student.unknownFields(records[0] as RawRecord));
  if (one.case === 'binned') {
    const bad = { ...records[0], born: '31.02.2000' };
    for (const answer of [predict, student.predictRecord.bind(student)])
      expect(() => answer(bad)).toThrow(/^record: field "born": "31.02.2000" is not a date of step 1 \(date\)/);
    const readme = text(await exportTo('node', student), 'README.md');
    expect(readme).toMatch(/\| born \| date, DD\.MM\.YYYY \|/);
    expect(about.inputs.find(({ name }) => name === 'born')?.type).toBe('date');
  }
});

test('exports without steps have no code for them', async () => {
  const plain = randomStudent({
    clip: 10,
    columns: [{ name: 'x', kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: 0, width: 1 }],
    encodedWidth: 1,
  });
  const { student } = await recordsFrom(golden[0] as Golden);
  for (const target of ['js', 'wasm'] as const) {
    expect(text(await exportTo(target, plain), 'student.js')).not.toMatch(/yeoJohnson|ordinal/);
    expect(text(await exportTo(target, student), 'student.js')).toMatch(/yeoJohnson/);
  }
});

test('ONNX: every step of numbers and texts', async () => {
  const columns = [
    ['a', [{ impute: 'mean', value: 2 }, { clip: [-5, 9] }, { symlog: true }, { robust: { centre: 1, scale: 2 } }]],
    ['a', [{ missing: true }]],
    [
      'a',
      [
        { bin: { edges: [-2, 0, 2, 4] } },
        {
          map: [
            [0, 0.5],
            [2, null],
          ],
          otherwise: 3,
        },
        { impute: 'constant', value: 7 },
      ],
    ],
    ['b', [{ impute: 'median', value: 0.5 }, { yeoJohnson: { lambda: 0 } }, { minMax: { min: -2, max: 3 } }]],
    ['b', [{ impute: 'median', value: 0.5 }, { yeoJohnson: { lambda: -1.7 } }]],
    ['b', [{ impute: 'median', value: 0.5 }, { yeoJohnson: { lambda: 2 } }, { clip: [-4, null] }]],
    [
      'c',
      [{ impute: 'most frequent', value: 'x' }, { map: { x: 'y', z: 'z' }, otherwise: 'y' }, { ordinal: ['z', 'y'] }],
    ],
    ['c', [{ oneHot: { categories: ['x', null, 'z'], drop: 'z', other: true } }], 3],
    ['d', [{ oneHot: { categories: [1, 2, null], drop: 2 } }], 2],
    [
      'd',
      [{ impute: 'constant', value: 1 }, { ordinal: [2, 1], otherwise: -1 }, { standardise: { mean: 0.5, std: 0.5 } }],
    ],
    ['e', [{ missing: true }]],
  ] as const;
  let offset = 0;
  const given = columns.map(([name, steps, width = 1]) => {
    offset += width;
    return { name, steps, width, offset: offset - width };
  });
  for (const missing of [undefined, ['na', '-9']]) {
    const preprocessing = { clip: 8, columns: given, encodedWidth: offset, ...(missing && { missing }) };
    const student = randomStudent(parsePreprocessing(preprocessing, 'p'));
    const records = [
      { a: -9, b: -9, c: 'na', d: -9, e: 'NA' },
      { a: 0, b: 0, c: 'z', d: 2, e: 'text' },
      { a: null, b: null, c: null, d: null, e: null },
      { a: 4, b: -3, c: 'Na', d: 3, e: '' },
    ];
    const { files, largestDifference } = await exportTo('onnx', student, { records });
    expect(files).toHaveLength(2);
    expect(largestDifference).toBeLessThan(1e-6);
  }
});

test('ONNX: a column that is used as a number and as a text has no raw model', async () => {
  const columns = [
    { name: 'x', steps: [{ impute: 'mean', value: 0 }], offset: 0 },
    { name: 'x', steps: [{ oneHot: { categories: ['1', '2'] } }], offset: 1 },
  ];
  const student = randomStudent(parsePreprocessing({ columns, encodedWidth: 3 }, 'p'));
  const { files, notes } = await exportTo('onnx', student);
  expect(files).toHaveLength(1);
  expect(notes?.[0]).toMatch(/used as a number and as a text/);
});

test('ONNX: parts of dates are numbers', async () => {
  const date = { date: 'month', format: 'DD.MM.YYYY' };
  const columns = [
    {
      name: 'day',
      steps: [{ impute: 'constant', value: '31.03.2020' }, date, { standardise: { mean: 6, std: 3 } }],
      offset: 0,
    },
    { name: 'day', steps: [date, { impute: 'constant', value: 5 }, { ordinal: [1, 2, 5], otherwise: 7 }], offset: 1 },
    { name: 'day', steps: [{ missing: true }], offset: 2 },
    { name: 'day (month)', steps: [], offset: 3 },
  ];
  const student = randomStudent(parsePreprocessing({ columns, encodedWidth: 4 }, 'p'));
  const records = ['01.02.2000', '', '28.12.1999'].map((day) => ({ day, 'day (month)': 2 }));
  const { files, largestDifference } = await exportTo('onnx', student, { records });
  expect(largestDifference).toBeLessThan(1e-6);
  using model = await loadTeacher(files[1]?.bytes as Uint8Array);
  expect(JSON.parse(model.graph.metadata.get('debkd') as string)).toMatchObject({
    inputs: ['_day (month)', 'day (month)'],
  });
  const mixed = parsePreprocessing(
    {
      columns: [columns[1], { name: 'day', steps: [{ ordinal: ['x'], otherwise: 0, missing: 0 }], offset: 0 }],
      encodedWidth: 2,
    },
    'p',
  );
  expect((await exportTo('onnx', randomStudent(mixed))).notes?.[0]).toMatch(/"day" is used as a text and as a date/);
});
