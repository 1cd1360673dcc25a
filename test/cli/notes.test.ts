// Notes and warnings on standard error: which value is class 1, which options have no effect, and likely mistakes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { debkd, modelPath, temporary } from './run.ts';

const folder = temporary();
const rows = modelPath('wdbc/data.csv');
const files = ['--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--data', rows];
const preprocessing = ['--preprocessing', modelPath('wdbc/preprocessing.json')];
const quick = ['--student', '4', '--epochs', '3', '--no-cache'];
const [header, ...lines] = readFileSync(rows, 'utf8').trim().split('\n') as [string, ...string[]];

test('a note says which label value is class 1', () => {
  const { stderr } = debkd(['distill', ...files, ...preprocessing, ...quick]);
  expect(stderr).toMatch(/^note: class 1 is label = "1" \(212 of 569 rows\), class 0 "0"$/m);
});

test('a warning says that the teacher ranks the classes the other way round', () => {
  const { stdout, stderr } = debkd(['distill', ...files, ...preprocessing, ...quick, '--positive', '0']);
  expect(stderr).toMatch(
    /warning: teacher: its AUC on held-out rows is 0\.0\d\d: it ranks the classes in reverse\. State the other value/,
  );
  expect(stdout).toMatch(/^De-biasing found a reversed ranking of the classes \(log-odds times -/m);
});

test.each(['distill', 'label'])('%s warns of raw columns for a teacher that expects standardised ones', (command) => {
  const { status, stderr } = debkd([command, ...files, ...(command === 'distill' ? quick : ['--no-cache'])]);
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /warning: teacher: .*expects standardised columns.*the preprocessing that it was trained with/,
  );
});

test('the report says that de-biasing was switched off', () => {
  const { stdout } = debkd(['distill', ...files, ...preprocessing, ...quick, '--debias', 'none']);
  expect(stdout).toMatch(/^De-biasing was off: the teacher's bias was not measured/m);
});

test('a note names columns that only affect the split', () => {
  const data = join(folder, 'id.csv');
  writeFileSync(data, `${header},id\n${lines.map((line, i) => `${line},${i}`).join('\n')}\n`);
  const args = ['distill', '--teacher', files[1] as string, '--data', data, ...preprocessing, ...quick];
  expect(debkd(args).stderr).toMatch(/^note: "id": not in the preprocessing, .*\(--drop\)$/m);
  expect(debkd([...args, '--drop', 'id']).stderr).not.toMatch(/not in the preprocessing/);
});

test.each<[string, readonly string[], RegExp]>([
  [
    'hidden layers of a logistic student',
    ['distill', ...files, ...preprocessing, ...quick.slice(2), '--student', 'logistic', '--dropout', '0.5'],
    /^note: ignoring --dropout: a logistic student has no hidden layers$/m,
  ],
  [
    'columns in a file of margins',
    ['label', ...files, ...preprocessing, '--out', join(folder, 'l.f32'), '--keep', 'all'],
    /^note: ignoring --keep: an \.f32 file holds only margins$/m,
  ],
  [
    'a strength to choose without --tune',
    ['compare', ...files, ...preprocessing, ...quick, '--seeds', '1', '--methods', 'debiased', '--infuse', 'mix:auto'],
    /note: --infuse mix:auto has strength 0 here/,
  ],
])('a note says what has no effect: %s', (_, args, said) => {
  const { status, stderr } = debkd(args);
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(said);
});

test('--threshold of predict, evaluate and export, --split hash of distill, report of a folder', () => {
  const out = join(folder, 'student');
  expect(debkd(['distill', ...files, ...preprocessing, ...quick, '--split', 'hash', '--out', out]).status).toBe(0);
  const labels = (threshold: string): string[] =>
    debkd(['predict', '--student', out, '--data', rows, '--threshold', threshold])
      .stdout.trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[1] as string);
  expect(new Set(labels('0'))).toEqual(new Set(['1']));
  expect(new Set(labels('1'))).toEqual(new Set(['0']));
  const evaluated = debkd(['evaluate', '--student', out, '--data', rows, '--threshold', '0.25', '--json']);
  expect(JSON.parse(evaluated.stdout).threshold).toBe(0.25);
  const exported = join(folder, 'deploy');
  expect(debkd(['export', '--student', out, '--to', 'js', '--threshold', '0.25', '--out', exported]).status).toBe(0);
  expect(readFileSync(join(exported, 'js/student.js'), 'utf8')).toMatch(/\.25/);
  expect(debkd(['report', out, '--out', join(folder, 'page.html')]).status).toBe(0);
  expect(debkd(['report', out, '--out', join(folder, 'page.pdf')])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/expected a name that ends in \.html/),
  });
});

test.each<[string, readonly string[], RegExp]>([
  [
    'files as arguments',
    ['distill', files[1] as string, rows],
    /distill takes no arguments; give files as options: debkd distill --teacher/,
  ],
  [
    'an option instead of the argument',
    ['inspect', '--teacher', files[1] as string],
    /option --teacher: inspect takes its file as an argument; run debkd inspect T\.onnx/,
  ],
  [
    'swapped files',
    ['distill', '--teacher', rows, '--data', files[1] as string],
    /check whether the teacher and the data are swapped/,
  ],
  ['part of a target name', ['export', '--student', 'x', '--to', 'lambda', '--out', 'y'], /did you mean aws-lambda\?/],
  ['another name of a target', ['export', '--student', 'x', '--to', 'javascript', '--out', 'y'], /did you mean js\?/],
  [
    'a split that does not exist',
    ['distill', ...files, '--split', 'random'],
    /option --split: file "random": there is no such file/,
  ],
  ['a decimal comma', ['distill', ...files, '--learning-rate', '0,01'], /write 0\.01/],
  ['a strength for none', ['distill', ...files, '--infuse', 'none:0.3'], /infuse: "none:0\.3"/],
  [
    'a cache that is a file',
    ['label', ...files, '--cache', rows],
    /option --cache ".*": a file, expected a folder or a new name/,
  ],
])('is refused: %s', (_, args, said) => {
  const { status, stderr } = debkd(args);
  // a slow machine shows its progress after two seconds
  const lines = stderr.split('\n').filter((line) => line !== '' && !/^(note|\d+ %)/.test(line));
  expect([status, ...lines]).toEqual([2, expect.stringMatching(said)]);
});

test.each<[string, Uint8Array | string, RegExp]>([
  ['workbook.xlsx', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /Excel workbook, expected .*; save it as CSV/],
  ['picture.csv', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10), /this is a picture/],
  [
    'utf16.csv',
    Uint8Array.from(Buffer.from('\ufeffa,label\n1,0\n', 'utf16le')),
    /UTF-16 text, expected .*; save it as UTF-8/,
  ],
  ['page.csv', '<!doctype html><title>404</title>', /an HTML or XML page/],
  ['headless.csv', '17.99,10.38,1\n20.57,17.77,0\n', /the first line looks like data/],
  ['one.csv', 'a,label\n1,0\n2,1\n3,0\n', /"0" counts as missing.*\(--na-values ""\)/],
])('%s is refused as data', (name, content, said) => {
  const data = join(folder, name);
  writeFileSync(data, content);
  const missing = name === 'one.csv' ? ['--na-values', '0'] : [];
  const { status, stderr } = debkd(['distill', '--teacher', files[1] as string, '--data', data, ...missing]);
  expect([status, stderr]).toEqual([2, expect.stringMatching(said)]);
});

test.each<[string, Uint8Array | string, RegExp]>([
  [
    'model.pkl',
    Uint8Array.of(0x80, 4, 0x95, 0),
    /Python pickle, expected an ONNX model; export the model with torch\.onnx\.export or skl2onnx/,
  ],
  ['model.pt', Uint8Array.of(0x50, 0x4b, 3, 4), /PyTorch \.pt file/],
  ['student.onnx', 'debkd\0\x01\0', /this is a student of debkd/],
])('%s is refused as a teacher', (name, content, said) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  const { status, stderr } = debkd(['inspect', join(folder, name)]);
  expect([status, stderr]).toEqual([2, expect.stringMatching(said)]);
});

test('a student keeps the names of its classes', () => {
  const data = join(folder, 'named.csv');
  const at = header.split(',').indexOf('label');
  const named = lines.map((line) => {
    const cells = line.split(',');
    cells[at] = cells[at] === '1' ? 'malignant' : 'benign';
    return cells.join(',');
  });
  writeFileSync(data, `${header}\n${named.join('\n')}\n`);
  const out = join(folder, 'named');
  const args = ['distill', '--teacher', files[1] as string, '--data', data, ...preprocessing, ...quick, '--out', out];
  expect(debkd(args)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/unclear whether "malignant" or "benign" is class 1/),
  });
  expect(debkd([...args, '--positive', 'malignant']).status).toBe(0);
  expect(debkd(['predict', '--student', out, '--data', data]).stderr).toMatch(/note: label 1 is label = "malignant"/);
  const auc = (...more: string[]): number =>
    JSON.parse(debkd(['evaluate', '--student', out, '--data', data, '--json', ...more]).stdout).metrics.auc.value;
  expect(auc()).toBeGreaterThan(0.7);
  const other = debkd(['evaluate', '--student', out, '--data', data, '--positive', 'benign']);
  expect(other.stderr).toMatch(
    /warning: here class 1 is "benign" and class 0 is "malignant", but the student was trained with class 1 "malignant"/,
  );
});
