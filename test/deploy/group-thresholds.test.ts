// Students with thresholds of groups: every place that decides a label uses the record's group, or refuses.
import { expect, test } from 'vitest';
import { toEdge } from '../../src/deploy/edge/project.ts';
import { sampleRecord } from '../../src/deploy/edge/sample.ts';
import { checkPredictions, toJavaScript } from '../../src/deploy/javascript.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { toSafetensors } from '../../src/deploy/safetensors.ts';
import { moduleUrl } from '../../src/deploy/shipped-module.ts';
import { recordsOf } from '../../src/deploy/table-records.ts';
import { PLATFORMS } from '../../src/deploy/targets.ts';
import { toWasm } from '../../src/deploy/wasm.ts';
import { openStudent } from '../../src/edge.ts';
import { encode, readCsv } from '../../src/index.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { Answer } from '../../src/student/decide.ts';
import { groupInput } from '../../src/student/record-inputs.ts';
import { Student } from '../../src/student/student.ts';
import { decodeStudentData, encodeStudent } from '../../src/student/student-bytes.ts';
import { dice } from '../random.ts';
import { randomTextStudent, textColumn } from '../text-students.ts';
import { tinyImageStudent } from '../tiny-images.ts';
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
  threshold: 0.5,
  provenance: {},
});
const sorted = syntheticRecords(plain, 200)
  .map((record) => plain.predictRecord(record).probability)
  .sort((a, b) => a - b);
const at = (share: number): number => sorted[Math.floor(share * sorted.length)] as number;
const common = at(0.5);
const [low, high] = [at(0.25), at(0.75)];
/** Of a column that the student does not take, and of one that it takes. */
const withheld = plain.with({
  threshold: common,
  groupThresholds: {
    column: 'sex',
    thresholds: [
      ['Female', low],
      ['1.0', high],
    ],
  },
});
const taken = plain.with({
  threshold: common,
  groupThresholds: {
    column: 'job',
    thresholds: [
      ['nurse', low],
      ['pilot', high],
    ],
  },
});

/** The label by definition. */
function labelOf(student: Student, record: Readonly<Record<string, unknown>>): number {
  const { probability } = plain.predictRecord(record as never);
  const column = student.groupThresholds?.column as string;
  const text = String(record[column] ?? '');
  const own =
    column === 'job'
      ? { nurse: low, pilot: high }[text]
      : text === 'Female'
        ? low
        : ['1.0', '1'].includes(text)
          ? high
          : undefined;
  return probability >= (own ?? common) ? 1 : 0;
}

const GROUPS = ['Female', '1.0', 1, '1', 'Male', 'female', '', null, 'NA', 2];
const recordsFor = (student: Student) =>
  syntheticRecords(plain, 200).map((record, i) =>
    student === taken ? record : { ...record, sex: GROUPS[i % 10] as string },
  );
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const BOTH = [
  ['withheld', withheld],
  ['taken', taken],
] as const;

test.each(BOTH)('%s column: records of every group, in the library and at the edge', async (_, student) => {
  const edge = await openStudent(encodeStudent(student));
  let differ = 0;
  for (const record of recordsFor(student)) {
    const answer = student.predictRecord(record);
    expect(answer.label).toBe(labelOf(student, record));
    expect(edge.predictRecord(record)).toEqual(answer);
    if (answer.label !== (answer.probability >= common ? 1 : 0)) differ++;
  }
  expect(differ).toBeGreaterThan(10);
});

test('a record without the column is refused, everywhere; null has the common threshold', async () => {
  const record = { age: 41, job: 'nurse' };
  const message = 'record: no field "sex", which chooses the threshold';
  expect(() => withheld.predictRecord(record)).toThrow(message);
  expect(() => withheld.predictRecord({ ...record, sex: [1] as never })).toThrow('field "sex" is a list');
  const edge = await openStudent(encodeStudent(withheld));
  expect(() => edge.predictRecord(record)).toThrow(message);
  const { predict } = (await import(moduleUrl(file((await toJavaScript(withheld)).files, 'student.js')))) as {
    predict(record: object): Answer;
  };
  expect(() => predict(record)).toThrow(expect.objectContaining({ name: 'DebkdError', field: 'sex' }));
  expect(() => predict(record)).toThrow(message);
  const { probability } = plain.predictRecord(record);
  for (const sex of [null, undefined, '', Number.NaN])
    expect(predict({ ...record, sex }).label).toBe(probability >= common ? 1 : 0);
});

test('encoded rows need the groups', async () => {
  const table = await readCsv(
    new TextEncoder().encode('age,job,sex\n20,nurse,Female\n30,pilot,1\n60,nurse,Male\n70,pilot,NA\n35,nurse,Female\n'),
  );
  const data = encode(table, plain.preprocessing);
  expect(() => withheld.predict(data)).toThrow(
    'its threshold depends on column "sex", whose values encoded rows do not have',
  );
  const groups = ['sex=Female', 'sex=1', 'sex=Male', 'sex=', 'sex=Female'];
  const values = ['Female', '1', 'Male', '', 'Female'];
  const p = withheld.predictProba(data);
  expect([...withheld.predict(data, groups)]).toEqual(
    values.map((sex, i) => ((p[i] as number) >= ({ Female: low, 1: high }[sex] ?? common) ? 1 : 0)),
  );
  expect(() => withheld.predict(data, groups.slice(1))).toThrow('4 groups for 5 rows');
  expect(() =>
    withheld.predict(
      data,
      groups.map(() => 'age 28 .. <37'),
    ),
  ).toThrow('group "age 28 .. <37"');
  expect([...plain.predict(data)]).toEqual(Array.from(p, (x) => (x >= 0.5 ? 1 : 0)));
});

test('the file is of a version that older readers refuse; a damaged one is refused', async () => {
  const bytes = encodeStudent(withheld);
  expect(new DataView(bytes.buffer).getUint16(6, true)).toBe(2);
  expect(new DataView(encodeStudent(plain).buffer).getUint16(6, true)).toBe(1);
  expect(decodeStudentData(bytes, 'student').groupThresholds).toEqual(withheld.groupThresholds);
  expect(withheld.with({ provenance: {} }).groupThresholds).toEqual(withheld.groupThresholds);
  // another threshold leaves them out
  expect(withheld.with({ threshold: 0.9 }).groupThresholds).toBeUndefined();
  const wrong = [
    { column: 'sex', thresholds: [] },
    { column: 'sex', thresholds: [['a', 2]] },
    { column: 'sex', thresholds: [['a', '0.5']] },
    { column: 'sex', thresholds: [[1, 0.5]] },
    { thresholds: [['a', 0.5]] },
    { column: 'sex' },
  ];
  for (const groupThresholds of wrong) {
    const damaged = encodeStudent({ ...plain, groupThresholds: groupThresholds as never });
    expect(() => decodeStudentData(damaged, 'student')).toThrow('no valid thresholds of groups');
    await expect(openStudent(damaged)).rejects.toThrow('no valid thresholds of groups');
  }
  const both = encodeStudent({ ...withheld, defer: { from: 0.4, to: 0.6 } });
  expect(() => decodeStudentData(both, 'student')).toThrow('thresholds of groups and a deferral band');
  await expect(openStudent(both)).rejects.toThrow('thresholds of groups and a deferral band');
});

test.each(BOTH)('%s column: JavaScript, quantised JavaScript and wasm', async (_, student) => {
  const records = recordsFor(student);
  for (const one of [student, quantize(student, 'float16'), quantize(student, 'int8', { force: true })]) {
    expect(one.groupThresholds).toEqual(student.groupThresholds);
    const { files } = await toJavaScript(one);
    const module = (await import(moduleUrl(file(files, 'student.js')))) as {
      predict(record: object): Answer;
      predictBatch(records: readonly object[]): Answer[];
      about: object;
    };
    const expected = records.map((record) => one.predictRecord(record));
    expect(records.map((record) => module.predict(record))).toEqual(expected);
    expect(module.predictBatch(records)).toEqual(expected);
    expect(module.about).toMatchObject({ threshold: common, groupThresholds: student.groupThresholds });
    const types = file(files, 'student.d.ts');
    expect(types).toContain("at or above the threshold of the record's group");
    expect(types.includes('readonly "sex": string | number | boolean | null')).toBe(student === withheld);
  }
  const { files } = await toWasm(student);
  const { openStudent: open } = (await import(moduleUrl(file(files, 'student.js')))) as {
    openStudent(module: WebAssembly.Module): { predict(record: object): Answer };
  };
  const wasm = files.find(({ path }) => path === 'student.wasm')?.bytes as Uint8Array<ArrayBuffer>;
  const opened = open(new WebAssembly.Module(wasm));
  for (const record of records) expect(opened.predict(record)).toEqual(student.predictRecord(record));
  // students with one threshold have no code for groups
  const one = file((await toJavaScript(plain)).files, 'student.js');
  expect(one).not.toContain('debkdGroups');
  expect(file((await toJavaScript(plain)).files, 'student.d.ts')).not.toContain('group');
});

test('students of texts and of images', async () => {
  const column = textColumn({ buckets: 256 });
  const texts = randomTextStudent({ clip: 10, columns: [column], encodedWidth: column.width }, { hidden: [] }, 5);
  const images = await tinyImageStudent({ size: [8, 8], channels: 1 }, { hidden: [], conv: { channels: [8] } });
  for (const one of [texts, images]) {
    const probabilities = syntheticRecords(one, 40).map((record) => one.predictRecord(record).probability);
    const middle = [...probabilities].sort((a, b) => a - b)[20] as number;
    const student = one.with({
      threshold: middle,
      groupThresholds: {
        column: 'sex',
        thresholds: [
          ['Female', 0],
          ['Male', 1],
        ],
      },
    });
    const records = syntheticRecords(one, 40).map((record, i) => ({
      ...record,
      sex: ['Female', 'Male', 'other'][i % 3] as string,
    }));
    const expected = records.map((record) => student.predictRecord(record));
    expect(expected.map(({ label }) => label)).toEqual(
      probabilities.map((p, i) => (i % 3 === 0 ? 1 : i % 3 === 1 ? 0 : p >= middle ? 1 : 0)),
    );
    const js = (await import(moduleUrl(file((await toJavaScript(student)).files, 'student.js')))) as {
      predict(record: object): Answer;
    };
    expect(records.map((record) => js.predict(record))).toEqual(expected);
    const { files } = await toWasm(student);
    const { openStudent: open } = (await import(moduleUrl(file(files, 'student.js')))) as {
      openStudent(module: WebAssembly.Module): { predict(record: object): Answer };
    };
    const wasm = files.find(({ path }) => path === 'student.wasm')?.bytes as Uint8Array<ArrayBuffer>;
    const opened = open(new WebAssembly.Module(wasm));
    expect(records.map((record) => opened.predict(record).label)).toEqual(expected.map(({ label }) => label));
    const { notes } = await toOnnx(student);
    expect(notes?.at(-1)).toContain('there is no label, because the threshold depends on column "sex"');
  }
});

test('ONNX has no label, and says so; ONNX and safetensors have the thresholds', async () => {
  const { files, notes } = await toOnnx(withheld);
  const raw = files.find(({ path }) => path === 'student-raw.onnx')?.bytes as Uint8Array<ArrayBuffer>;
  const { InferenceSession } = await import('onnxruntime-web');
  const session = await InferenceSession.create(raw);
  expect(session.outputNames).toEqual(['probability']);
  expect(notes?.join()).toContain('there is no label, because the threshold depends on column "sex"');
  for (const { bytes } of files) expect(text(bytes)).toContain(JSON.stringify(withheld.groupThresholds));
  expect((await toOnnx(plain)).notes).toBeUndefined();
  const [tensors] = (await toSafetensors(withheld)).files;
  expect(text(tensors?.bytes)).toContain(JSON.stringify(JSON.stringify(withheld.groupThresholds)));
});

test('an export with other labels is refused', () => {
  const wrong = (records: readonly object[]): Answer[] =>
    records.map((record) => {
      const answer = withheld.predictRecord(record as never);
      return { ...answer, label: answer.probability >= common ? 1 : 0 };
    });
  expect(() => checkPredictions('js', withheld, wrong, {})).toThrow(/synthetic row \d+ has label [01], by the student/);
  const right = (records: readonly object[]): Answer[] =>
    records.map((record) => withheld.predictRecord(record as never));
  expect(checkPredictions('js', withheld, right, {})).toBe(0);
});

test('records of a table have the column, also a dropped one', async () => {
  const table = await readCsv(new TextEncoder().encode('age,job,sex\n20,nurse,Female\n30,pilot,Male\n'), {
    drop: ['sex'],
  });
  const records = recordsOf(table, Uint32Array.of(0, 1), plain.preprocessing, groupInput(withheld));
  expect(records).toEqual([
    { age: 20, job: 'nurse', sex: 'Female' },
    { age: 30, job: 'pilot', sex: 'Male' },
  ]);
  expect((await toJavaScript(withheld, { records })).largestDifference).toBe(0);
});

test.each(PLATFORMS)('%s: the service answers by group, and lists the column', async (platform) => {
  const { files } = await toEdge(withheld, platform);
  const ask = await openService(files);
  const records = recordsFor(withheld).slice(0, 60);
  const answers = JSON.parse((await ask('/predict', records)).body) as Answer[];
  expect(answers.map(({ label }) => label)).toEqual(records.map((record) => labelOf(withheld, record)));
  const { status, body } = await ask('/predict', { age: 41, job: 'nurse' });
  expect([status, JSON.parse(body).error.field]).toEqual([400, 'sex']);
  const about = JSON.parse((await ask('/')).body) as { inputs: { name: string }[]; response: string };
  expect(about.inputs.map(({ name }) => name)).toEqual(['age', 'job', 'sex']);
  expect(about.response).toContain('the threshold of the group of the record');
  const readme = file(files, 'README.md');
  expect(readme).toContain('| sex | "Female", "1.0" |');
  expect(readme).toContain(`${low} for "Female"`);
  expect(file(files, 'test/sample.js')).toContain('"sex"');
  expect(sampleRecord(withheld)).toMatchObject({ sex: 'Female' });
});

test('quantize counts labels that agree in every group', () => {
  const p = new Map(syntheticRecords(plain, 10).map((record) => [record, plain.predictRecord(record).probability]));
  const near = [...p.values()][3] as number;
  const agreement = (one: Student): number =>
    quantize(one, 'int8', { force: true }).quantization?.loss.agreement as number;
  const one = agreement(plain.with({ threshold: 1 }));
  const grouped = agreement(
    plain.with({ threshold: 1, groupThresholds: { column: 'job', thresholds: [['nurse', near]] } }),
  );
  expect(one).toBe(1);
  expect(grouped).toBeLessThan(1);
});
