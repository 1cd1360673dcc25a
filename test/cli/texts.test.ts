// Students of texts on the command line: CSV, NDJSON and Parquet, quoted line breaks, lone surrogates, explanations, exports.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { mixedPreprocessing, randomTextStudent } from '../text-students.ts';
import { debkd, temporary } from './run.ts';

const folder = temporary();
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const model = randomTextStudent(mixedPreprocessing(true), { hidden: [] }, 8);
const student = file('student.debkd', encodeStudent(model));
const WORDS = ['good', 'bad', 'film,', 'Größe', 'наука', '👍', 'the', 'end.', '"quoted"', 'of'];
const records = Array.from({ length: 60 }, (_, i) => ({
  age: 20 + i,
  comment: Array.from({ length: 1 + (i % 7) }, (_word, k) => WORDS[(i * 3 + k * k) % WORDS.length]).join(
    i % 5 === 0 ? '\n' : ' ',
  ),
  colour: i % 2 === 0 ? 'red' : 'blue',
  label: i % 3 === 0 ? 1 : 0,
}));
const cell = (value: string | number): string =>
  typeof value === 'number' ? `${value}` : `"${value.replaceAll('"', '""')}"`;
const csv = `age,comment,colour,label\n${records.map((record) => Object.values(record).map(cell).join(',')).join('\n')}\n`;
const ndjson = records.map((record) => JSON.stringify(record)).join('\n');
const columns = (['age', 'comment', 'colour', 'label'] as const).map((name) => ({
  name,
  data: records.map((record) => record[name]),
  type: name === 'age' || name === 'label' ? ('INT32' as const) : ('STRING' as const),
}));
const parquet = new Uint8Array(parquetWriteBuffer({ columnData: columns }));
const data = {
  csv: file('rows.csv', csv),
  ndjson: file('rows.ndjson', ndjson),
  parquet: file('rows.parquet', parquet),
};

test('predict: the same answers for CSV with line breaks in quotes, NDJSON and Parquet, which are those of predictRecord', () => {
  const expected = records.map((record) => model.predictRecord(record).probability);
  for (const path of Object.values(data)) {
    const { stdout, status, stderr } = debkd(['predict', '--student', student, '--data', path]);
    expect([status, stderr], path).toEqual([0, '']);
    const answers = stdout.trimEnd().split('\n');
    const probabilities = path.endsWith('ndjson')
      ? answers.map((line) => (JSON.parse(line) as { probability: number }).probability)
      : answers.slice(1).map((line) => Number(line.split(',')[0]));
    expect(probabilities, path).toEqual(expected);
  }
});

test('predict: a lone surrogate in NDJSON is U+FFFD, and a text of unknown words gets a note', () => {
  const lines = (text: string): string => `{"age":1,"comment":${text},"colour":"red"}\n`;
  const ask = (text: string): ReturnType<typeof debkd> =>
    debkd(['predict', '--student', student], { input: lines(text) });
  expect(ask('"so \\ud800 x"').stdout).toBe(ask('"so \\ufffd x"').stdout);
  expect(ask('"so \\ud800 x"').stdout).not.toBe(ask('"so x"').stdout);
});

test('predict --explain: a column in CSV, a list in NDJSON', () => {
  const table = debkd(['predict', '--student', student, '--data', data.csv, '--explain', '6']).stdout.split('\n');
  expect(table[0]).toBe('probability,label,because');
  expect(table.slice(1).join('\n')).toMatch(/""[^"]+"" [+-]\d+\.\d\d; /);
  const rows = debkd(['predict', '--student', student, '--data', data.ndjson, '--explain', '4', '--keep', 'age'])
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { age: number; because: { column: string; share: number }[] });
  expect(rows.map(({ age }) => age)).toEqual(records.map(({ age }) => age));
  for (const { because } of rows) {
    expect(because.length).toBeLessThanOrEqual(4);
    const sizes = because.map(({ share }) => Math.abs(share));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  }
  expect(debkd(['predict', '--student', student, '--data', data.csv, '--explain', '0']).status).toBe(2);
});

test('evaluate and export take texts', () => {
  const results = Object.values(data).map((path) =>
    debkd(['evaluate', '--student', student, '--data', path, '--json']),
  );
  expect(results.map(({ status }) => status)).toEqual([0, 0, 0]);
  expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
  const out = join(folder, 'exports');
  const to = ['--to', 'js,wasm,onnx,safetensors,node', '--out', out, '--quantize', 'int8', '--force'];
  const { status, stderr } = debkd(['export', '--student', student, ...to, '--data', data.csv]);
  expect([status, stderr.includes('onnx: student-raw.onnx takes column "comment" as the buckets')]).toEqual([0, true]);
  expect(readFileSync(join(out, 'js/student.js'), 'utf8')).toContain('"buckets":1024');
});

test('evaluate --groups refuses a list that is no text, and warns of words that no text has', () => {
  const evaluate = (groups: string): ReturnType<typeof debkd> =>
    debkd(['evaluate', '--student', student, '--data', data.csv, '--groups', groups]);
  const picture = file('list.txt', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0xfe]));
  expect(evaluate(`u=${picture}`)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/list\.txt": the bytes are not UTF-8/),
  });
  const never = evaluate(`u=${file('never.txt', 'zebra\n')}`);
  expect(never.stderr).toMatch(
    /^warning: groups "u": all measured rows are in one group, "u=no": no text has one of "zebra"$/m,
  );
  expect(evaluate(`u=${file('some.txt', 'GOOD\n')}`).stderr).not.toMatch(/warning: groups/);
  expect(evaluate('comment').stderr).toMatch(/more than 20 values.*or give a list of words/);
});

test('distill refuses texts that are empty in all rows', () => {
  const rows = Array.from({ length: 60 }, (_, i) => `"  ",${i % 2}`).join('\n');
  const soft = file('soft.csv', `p\n${Array.from({ length: 60 }, (_, i) => (i % 2 ? 0.61 : 0.28)).join('\n')}\n`);
  const run = debkd([
    'distill',
    '--soft-labels',
    `${soft}:p`,
    '--data',
    file('blank.csv', `comment,label\n${rows}\n`),
    '--text',
    'comment',
  ]);
  expect(run.status).toBe(2);
  expect(run.stderr).toMatch(
    /all 60 rows have the same features \(column "comment" is empty everywhere\), expected rows that differ/,
  );
});
