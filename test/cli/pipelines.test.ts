// Three whole scikit-learn pipelines: fitted in Python, labelled, distilled and exported by the command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import type { RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { loadRuntime } from '../../src/teacher/runtime.ts';
import { describePython, pythonFile } from '../python.ts';
import { debkd, temporary } from './run.ts';

const CASES = ['titanic', 'incomes', 'binned'];

describePython('sklearn, pandas, onnx')('pipelines of scikit-learn', () => {
  const folder = temporary();
  beforeAll(() => void pythonFile('test/golden/steps.py', [folder]));
  const run = (name: string, args: readonly string[]): string => {
    const { status, stdout, stderr } = debkd(args, { cwd: join(folder, name) });
    expect(status, stderr).toBe(0);
    return stdout + stderr;
  };
  const read = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8');

  test.each(CASES)('%s: label gives the probabilities of predict_proba', (name) => {
    const inputs = ['--teacher', 'teacher.onnx', '--preprocessing', 'preprocessing.json', '--data', 'rows.csv'];
    run(name, ['label', ...inputs, '--drop', 'label', '--out', 'soft.csv']);
    const lines = read(name, 'soft.csv').trim().split('\n').slice(1);
    const probabilities = JSON.parse(read(name, 'probabilities.json')) as number[];
    expect(lines).toHaveLength(probabilities.length);
    const differences = lines.map((line, i) => Math.abs(Number(line.split(',')[2]) - (probabilities[i] as number)));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
  });

  test.each(CASES)('%s: a student is distilled, and its exports answer as it does', async (name) => {
    const inputs = ['--teacher', 'teacher.onnx', '--preprocessing', 'preprocessing.json', '--data', 'rows.csv'];
    const said = run(name, ['distill', ...inputs, '--student', '6', '--epochs', '15', '--out', 'student']);
    expect(said).toMatch(/the student takes the same/);
    run(name, ['export', '--student', 'student', '--to', 'js,wasm,onnx', '--data', 'rows.csv', '--out', 'out']);
    const student = await Student.load(join(folder, name, 'student/student.debkd'));
    const table = await readCsv(join(folder, name, 'rows.csv'), { target: 'label' });
    const records = Array.from({ length: table.rows }, (_, i): RawRecord => {
      return Object.fromEntries(
        table.columns.map(({ name: column, codes, texts }) => [column, texts[codes[i] as number]]),
      );
    });
    const data = encode(table, student.preprocessing);
    const expected = [...student.predictProba(data)];
    expect(records.map((record) => student.predictRecord(record).probability)).toEqual(expected);
    const js = await import(pathToFileURL(join(folder, name, 'out/js/student.js')).href);
    expect(js.predictBatch(records).map(({ probability }: { probability: number }) => probability)).toEqual(expected);
    const { openStudent } = await import(pathToFileURL(join(folder, name, 'out/wasm/student.js')).href);
    const module = new WebAssembly.Module(readFileSync(join(folder, name, 'out/wasm/student.wasm')));
    const answers = openStudent(module).predictBatch(records) as { probability: number }[];
    expect(answers.map(({ probability }) => probability)).toEqual(expected);
    await expectModel(join(folder, name, 'out/onnx/student-raw.onnx'), records.map(withDateParts), expected);
  });
});

/** Adds the parts of dates that the last pipeline uses, each as an input of the raw model. */
function withDateParts(record: RawRecord): RawRecord {
  const { born, seen } = record as { born: string; seen: string };
  const [day, , year] = born.split('.');
  const date = new Date(`${seen.replace(' ', 'T')}Z`);
  return {
    ...record,
    'born (year)': String(year),
    'born (day)': String(day),
    'seen (month)': String(date.getUTCMonth() + 1),
    'seen (weekday)': String((date.getUTCDay() + 6) % 7),
    'seen (hour)': String(date.getUTCHours()),
    'seen (daysSince)': String(Math.floor((date.getTime() - Date.UTC(2010, 0, 31)) / 86_400_000)),
  };
}

/** Expects the raw model to give the probabilities of the records. */
async function expectModel(path: string, records: readonly RawRecord[], expected: readonly number[]): Promise<void> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const session = await InferenceSession.create(new Uint8Array(readFileSync(path)));
  const feeds = session.inputMetadata.map((input) => {
    const values = records.map((record) => record[input.name] as string);
    const isText = 'type' in input && input.type === 'string';
    const numbers = (): Float64Array => Float64Array.from(values, (text) => (text === '' ? Number.NaN : Number(text)));
    const dims = [records.length, 1];
    return [input.name, isText ? new Tensor('string', values, dims) : new Tensor('float64', numbers(), dims)];
  });
  const { probability } = await session.run(Object.fromEntries(feeds));
  const found = probability?.data as Float32Array;
  await session.release();
  const differences = expected.map((p, i) => Math.abs(p - (found[i] as number)));
  expect(Math.max(...differences)).toBeLessThan(1e-6);
}
