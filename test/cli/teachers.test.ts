// Teachers of several classes, inputs of several columns, folders and traced rows on the command line.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mergeConfig, parseCommand } from '../../src/cli/parse.ts';
import { formatInputs, parseInputs } from '../../src/settings/inputs.ts';
import golden from '../golden/classes.json' with { type: 'json' };
import grouped from '../teacher/grouped/expected.json' with { type: 'json' };
import { debkd, temporary } from './run.ts';

const folder = temporary();
const shape = (name: string): string => fileURLToPath(new URL(`../teacher/shapes/${name}.onnx`, import.meta.url));
const group = (name: string): string => fileURLToPath(new URL(`../teacher/grouped/${name}`, import.meta.url));
const rows = group('rows.csv');
const wide = ['--teacher', group('numbers-and-texts.onnx'), '--data', rows];
const inputs = ['--inputs', 'numbers=age,hours,pay', '--inputs', 'texts=colour,city'];

/** Rows of two numbers, with a label. */
const points = join(folder, 'points.csv');
const label = (i: number): string => (i % 3 === 0 ? 'spam' : 'other');
writeFileSync(
  points,
  `x0,x1,label\n${Array.from({ length: 200 }, (_, i) => `${(i * 7) % 11},${(i * 5) % 13},${label(i)}`).join('\n')}\n`,
);
const margins = (text: string): number[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  for (const [i, v] of got.entries()) expect(v).toBeCloseTo(want[i] as number, 4);
}

test('inspect lists the classes and says how to choose one, without a class', () => {
  const { stdout, status } = debkd(['inspect', shape('three-classes-named')]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^classes {6}0 "ham", 1 "spam", 2 "news"$/m);
  expect(stdout).toMatch(/^class 1 {6}open: choose it with --class ham, by name or by index from 0, or name it as/m);
  const open = JSON.parse(debkd(['inspect', shape('three-classes-named'), '--json']).stdout);
  expect(open).toMatchObject({
    classes: ['ham', 'spam', 'news'],
    positiveClass: null,
    convention: 'probabilities',
    values: 3,
  });
  expect(open.needed).toMatch(/name the class that is class 1 \(--class\)$/);
  const chosen = JSON.parse(debkd(['inspect', shape('three-classes-named'), '--class', 'news', '--json']).stdout);
  expect(chosen).toMatchObject({ className: 'news', positiveClass: 'other' });
  expect(chosen).not.toHaveProperty('needed');
});

test('inspect of values that are unclear says what else to state', () => {
  const model = join(folder, 'logits.onnx');
  const { onnx } = golden.models.find(({ name }) => name === 'PyTorch, cross-entropy') as { onnx: string };
  writeFileSync(model, Buffer.from(onnx, 'base64'));
  const { stdout } = debkd(['inspect', model]);
  expect(stdout).toMatch(/^classes {6}3, without names: 0 to 2$/m);
  expect(stdout).toMatch(/^class 1 {6}open: choose it with --class 0, .* and what the values mean with --convention$/m);
  expect(JSON.parse(debkd(['inspect', model, '--json']).stdout).convention).toBeNull();
  expect(debkd(['inspect', model, '--class', '0']).stderr).toMatch(/cannot be told apart; state what the output means/);
});

test('the label chooses the class, with a note; compare, distill and label refuse early without one', () => {
  const args = ['--teacher', shape('three-classes-named'), '--data', points, '--student', 'logistic', '--no-cache'];
  const chosen = debkd(['distill', ...args, '--positive', 'spam', '--json']);
  expect(chosen.status, chosen.stderr).toBe(0);
  expect(chosen.stderr).toMatch(
    /^note: teacher: class 1 is the class "spam" against the rest of "ham", "spam", "news"/m,
  );
  const stated = debkd(['distill', ...args, '--positive', 'spam', '--class', '1', '--json']);
  const digest = (text: string): string => JSON.parse(text).student.sha256;
  expect(digest(chosen.stdout)).toBe(digest(stated.stdout));
  for (const command of ['distill', 'compare']) {
    const refused = debkd([command, ...args, '--positive', 'other']);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/"other" is not one of its classes, expected .*: "ham", "spam", "news".*\(--class\)/),
    ]);
    expect(refused.stderr).not.toMatch(/soft labels/);
  }
  const out = join(folder, 'never.csv');
  const unlabelled = debkd(['label', ...args.slice(0, 4), '--out', out]);
  expect([unlabelled.status, unlabelled.stderr]).toEqual([2, expect.stringMatching(/name the class .*\(--class\)/)]);
  const near = debkd(['label', ...args.slice(0, 4), '--class', 'spma']);
  expect(near.stderr).toMatch(/no class "spma" \(did you mean "spam"\?\), expected "ham", "spam", "news"/);
});

test('one of several outputs, by --class and by --output', () => {
  const args = ['label', '--teacher', shape('three-heads'), '--data', points, '--no-cache'];
  const byClass = debkd([...args, '--class', 'rude']);
  const byOutput = debkd([...args, '--output', 'rude']);
  expect(byClass.status, byClass.stderr).toBe(0);
  expect(byOutput.stdout).toBe(byClass.stdout);
  expect(debkd([...args, '--output', 'rude[0]']).stdout).toBe(byClass.stdout);
  expect(debkd(args).stderr).toMatch(/several outputs could be the score .*\(--output\)/);
  const list = ['label', '--teacher', shape('three-labels-list'), '--data', points, '--no-cache'];
  expect(debkd([...list, '--class', 'rude']).stdout).toBe(debkd([...list, '--output', 'probabilities[1]']).stdout);
  expect(debkd([...list, '--output', 'probabilities[1]', '--class', 'rude']).stderr).toMatch(/class 1 is stated twice/);
});

test('--inputs: which columns enter which input', () => {
  const want = grouped.margins['numbers-and-texts'];
  const given = debkd(['label', ...wide, ...inputs, '--no-cache']);
  expect(given.status, given.stderr).toBe(0);
  expectClose(margins(given.stdout), want);
  const one = debkd(['label', ...wide, '--inputs', 'numbers=age, hours,"pay";texts=colour,city', '--no-cache']);
  expect(one.stdout).toBe(given.stdout);
  const assigned = debkd(['label', ...wide, '--drop', 'id,when,shift', '--no-cache']);
  expect(assigned.stdout).toBe(given.stdout);
  expect(assigned.stderr).toMatch(
    /^note: teacher: input "numbers" takes "age", "hours", "pay"; input "texts" takes "colour", "city"$/m,
  );
  expect(debkd(['label', ...wide, '--no-cache']).stderr).toMatch(
    /4 columns of numbers are left for it .* \(--inputs numbers=COLUMN,\.\.\.\)/,
  );
  const config = join(folder, 'config.json');
  const options = { inputs: { numbers: ['age', 'hours', 'pay'], texts: ['colour', 'city'] }, drop: ['id', 'when'] };
  writeFileSync(config, JSON.stringify(options));
  const made = debkd(['distill', ...wide, '--config', config, '--student', 'logistic', '--no-cache', '--json']);
  expect(made.status, made.stderr).toBe(0);
  expect(JSON.parse(made.stdout).command).toContain(`--inputs 'numbers=age,hours,pay;texts=colour,city'`);
  expect(made.stderr).toMatch(/^note: the teacher takes "age", "hours", "pay", "colour", "city"; the student takes/m);
});

test('the text of --inputs, with quotes and several options', () => {
  const cases: [string, [string, string[]][]][] = [
    ['a=x', [['a', ['x']]]],
    [
      ' a = x , y ; b=z;',
      [
        ['a', ['x', 'y']],
        ['b', ['z']],
      ],
    ],
    [
      '"a=b"="x,y","say ""hi""";c="d;e","",f=g',
      [
        ['a=b', ['x,y', 'say "hi"']],
        ['c', ['d;e', '', 'f=g']],
      ],
    ],
    ['__proto__=constructor', [['__proto__', ['constructor']]]],
  ];
  for (const [text, want] of cases) {
    expect([...parseInputs(text)]).toEqual(want);
    expect([...parseInputs(formatInputs(want))]).toEqual(want);
  }
  for (const [text, message] of [
    ['', /it is empty/],
    ['a', /no columns for "a"/],
    ['a;b=c', /no columns for "a"/],
    ['a=', /an empty column of "a"/],
    ['a=x,,y', /an empty column of "a"/],
    ['a=x;a=y', /the columns of "a" are given twice/],
    ['a="x', /a quoted name does not end/],
    ['a="x"y', /"y" follows a quoted name/],
  ] as const)
    expect(() => parseInputs(text), text).toThrow(message);
  expect(parseCommand(['label', '--inputs', 'a=x', '--inputs=b=y'])).toMatchObject({
    values: { inputs: ['a=x', 'b=y'] },
  });
  expect(() => parseCommand(['label', '--output', 'a', '--output', 'b'])).toThrow(/given twice/);
  const merged = (value: unknown): unknown => mergeConfig('distill', { inputs: value }, {})['inputs'];
  expect([merged('a=x'), merged(['a=x', 'b=y']), merged({ a: ['x,y'] })]).toEqual(['a=x', 'a=x;b=y', 'a="x,y"']);
  expect(() => merged({ a: 'x' })).toThrow(/an object, expected INPUT=a,b/);
});

test('inspect --data shows rows as they enter the teacher, and its answers', () => {
  const json = debkd(['inspect', group('numbers-and-texts.onnx'), '--data', rows, ...inputs, '--json']);
  const result = JSON.parse(json.stdout);
  expect(result.columns).toEqual(['age', 'hours', 'pay', 'colour', 'city']);
  expect(result.rows).toHaveLength(5);
  const margin = grouped.margins['numbers-and-texts'][0] as number;
  expect(result.rows[0]).toMatchObject({
    row: 1,
    inputs: [
      { name: 'numbers', type: 'float32', columns: ['age', 'hours', 'pay'], values: [53, 29, Math.fround(27.93)] },
      { name: 'texts', type: 'string', columns: ['colour', 'city'], values: ['blue', 'łódź'] },
    ],
    output: { tensor: 'logit', values: [expect.closeTo(margin, 5)] },
    margin: expect.closeTo(margin, 5),
    probability: expect.closeTo(1 / (1 + Math.exp(-margin)), 6),
    label: '1',
  });
  const text = debkd(['inspect', group('numbers-and-texts.onnx'), '--data', rows, '--drop', 'id,when,shift']).stdout;
  expect(text).toMatch(/^row 1 {8}numbers float32\[3\] age 53, hours 29, pay 27\.93$/m);
  expect(text).toMatch(/^ {13}texts string\[2\] colour "blue", city "łódź"$/m);
  expect(text).toMatch(/^ {13}margin 1\.\d+, probability 0\.\d+, label "1"$/m);
  const names = debkd(['inspect', shape('three-classes-named'), '--data', points]).stdout;
  expect(names).toMatch(/^ {13}z "ham" 0, "spam" 0, "news" 0$/m);
  expect(names).toMatch(/^ {13}margin open, without a class 1, label "spam"$/m);
  const chosen = debkd(['inspect', shape('three-classes-named'), '--data', points, '--positive', 'spam']).stdout;
  expect(chosen).toMatch(/^class 1 {6}"spam", other value: value 1 of 3: it is the label's positive value$/m);
});

test('inspect --data shows encoded columns by name, and the errors of label', () => {
  const preprocessing = join(folder, 'p.json');
  writeFileSync(preprocessing, JSON.stringify(grouped.preprocessing));
  const args = [group('two-groups.onnx'), '--preprocessing', preprocessing, '--inputs', 'left=age,hours', '--data'];
  const { stdout, stderr } = debkd(['inspect', ...args, rows]);
  expect(stdout, stderr).toMatch(/^ {13}right float64\[3\] pay -?\d\.\d+, colour=blue 1, colour=red 0$/m);
  const bad = join(folder, 'bad.csv');
  writeFileSync(bad, readFileSync(rows, 'utf8').replace(/,53,/, ',old,'));
  const refused = debkd(['inspect', ...args, bad]);
  const labelled = debkd(['label', '--teacher', ...args, bad, '--no-cache']);
  const errorOf = ({ stderr }: { stderr: string }): string => stderr.replace(/^\d+ %.*\n/gm, '');
  expect([refused.status, errorOf(refused)]).toEqual([2, errorOf(labelled)]);
  expect(refused.stderr).toMatch(/column "age", row 1: "old" is text in a numeric column/);
  const wideRow = debkd(['inspect', group('matrix.onnx'), '--data', rows]);
  expect(wideRow.stderr).toMatch(
    /its input has 3 columns, the encoded rows have 8; give .* \(--inputs x=COLUMN,\.\.\.\)$/m,
  );
  expect(debkd(['inspect', group('matrix.onnx'), '--data', rows, '--drop', 'nothing']).stderr).toMatch(
    /no column "nothing"/,
  );
});

test('inspect --data reads only the first rows', () => {
  const long = join(folder, 'long.csv');
  const line = '1,2,spam\n';
  // a malformed row far behind the first ones
  writeFileSync(long, `x0,x1,label\n${line.repeat(200_000)}1\n`);
  const args = [shape('three-classes-named'), '--class', 'spam', '--data', long];
  expect(debkd(['inspect', ...args]).status).toBe(0);
  expect(debkd(['label', '--teacher', ...args, '--no-cache']).status).toBe(2);
});

test('a folder as a teacher: its preprocessing, and a digest of the run that includes it', () => {
  const teacher = join(folder, 'hub');
  mkdirSync(join(teacher, 'onnx'), { recursive: true });
  writeFileSync(join(teacher, 'onnx/model.onnx'), readFileSync(group('two-groups.onnx')));
  writeFileSync(join(teacher, 'preprocessing.json'), JSON.stringify(grouped.preprocessing));
  const args = ['--teacher', teacher, '--inputs', 'left=age,hours', '--data', rows, '--no-cache'];
  const { stdout, stderr, status } = debkd(['label', ...args]);
  expect(status, stderr).toBe(0);
  expectClose(margins(stdout), grouped.margins['two-groups']);
  expect(stderr).toMatch(/^note: teacher: the preprocessing is that of its folder, ".*preprocessing\.json"$/m);
  const made = debkd(['distill', ...args, '--student', 'logistic', '--json']);
  expect(made.status, made.stderr).toBe(0);
  const given = ['--preprocessing', join(teacher, 'preprocessing.json')];
  const same = debkd(['distill', ...args, ...given, '--student', 'logistic', '--json']);
  expect(JSON.parse(made.stdout).student.sha256).toBe(JSON.parse(same.stdout).student.sha256);
  const other = temporary();
  writeFileSync(join(other, 'teacher.onnx'), readFileSync(group('matrix.onnx')));
  expect(debkd(['inspect', other]).stderr).toMatch(/this folder holds no model\.onnx but one model of another name/);
});

test('a text for the teacher and other columns for the student', () => {
  const model = fileURLToPath(new URL('../teacher/tiny/text.onnx', import.meta.url));
  const data = join(folder, 'cities.csv');
  const cities = ['Łódź', 'Bern', 'Oslo', 'Rome'];
  const line = (i: number): string => `${cities[i % 4]} ${i},${i % 7},${Number(i % 4 === 0 || i % 7 > 5)}`;
  writeFileSync(data, `town,size,label\n${Array.from({ length: 300 }, (_, i) => line(i)).join('\n')}\n`);
  const made = debkd(['distill', '--teacher', model, '--data', data, '--student', 'logistic', '--no-cache']);
  expect(made.stderr).toMatch(/^note: teacher: input "city" takes "town"$/m);
  expect(made.stderr).toMatch(/^note: "town": the teacher takes this text, but the student does not: .* \(--text\)/m);
  const only = join(folder, 'only.csv');
  writeFileSync(only, readFileSync(data, 'utf8').replace(/,\d,|,size,/g, ','));
  expect(debkd(['distill', '--teacher', model, '--data', only, '--no-cache']).stderr).toMatch(
    /no column is left for the student, which is not to learn from "town", expected .*texts; name the column of text/,
  );
});
