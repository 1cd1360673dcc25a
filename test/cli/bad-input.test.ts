// Bad input: exit code 2, a message of one line, no stack trace, no output.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tinyOnnx } from '../tiny-onnx.ts';
import { debkd, modelPath, temporary } from './run.ts';

const place = temporary();
function file(name: string, content: string | Uint8Array): string {
  const path = join(place, name);
  writeFileSync(path, content);
  return path;
}

const teacher = modelPath('wdbc-mlp/teacher.onnx');
const data = modelPath('wdbc/data.csv');
const preprocessing = modelPath('wdbc/preprocessing.json');
const split = modelPath('wdbc/split.csv');
const csv = readFileSync(data, 'utf8');
const lines = csv.trimEnd().split('\n');
const model = readFileSync(teacher);
const png = Uint8Array.of(
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  0,
  0,
  0,
  13,
  0x49,
  0x48,
  0x44,
  0x52,
  ...new Array(50).fill(1),
);

/** The CSV with one field of row 5 changed. */
function changed(column: number, value: string): string {
  const fields = (lines[5] as string).split(',');
  fields[column] = value;
  return [...lines.slice(0, 5), fields.join(','), ...lines.slice(6)].join('\n');
}
const two = (rows: number, value: (i: number) => string): string =>
  `a,b,label\n${Array.from({ length: rows }, (_, i) => `${value(i)},${i % 7},${i % 3 === 0 ? 1 : 0}`).join('\n')}\n`;

type Change = Record<string, string | undefined>;
const tiny = file('tiny.onnx', tinyOnnx());
const raw: Change = { preprocessing: undefined, split: undefined, teacher: tiny };
const cases: [string, Change, RegExp][] = [
  ['missing teacher', { teacher: join(place, 'none.onnx') }, /none\.onnx": there is no such file; check the path/],
  ['a folder as teacher', { teacher: place }, /this folder holds no model\.onnx but several models/],
  ['missing data', { data: join(place, 'none.csv') }, /there is no such file/],
  ['a picture as teacher', { teacher: file('cat.onnx', png) }, /teacher ".*cat\.onnx": .*(picture|image|PNG)/i],
  ['text as teacher', { teacher: file('text.onnx', 'hello, this is no model\n') }, /teacher ".*text\.onnx"/],
  ['HTML as teacher', { teacher: file('page.onnx', '<!doctype html><title>404</title>') }, /HTML/],
  [
    'a truncated teacher',
    { teacher: file('cut.onnx', model.subarray(0, model.length - 100)) },
    /teacher ".*cut\.onnx": .*(cut|truncated|not a whole|incomplete)/i,
  ],
  [
    'an unsupported operator',
    { ...raw, teacher: file('op.onnx', tinyOnnx({ operators: ['Frobnicate'] })), data: file('n.csv', two(60, String)) },
    /does not support its operator .*Frobnicate; export it with another opset/,
  ],
  [
    'an ambiguous convention',
    {
      ...raw,
      teacher: file('amb.onnx', tinyOnnx({ operators: ['Sigmoid', 'Neg', 'Neg'] })),
      data: file('n2.csv', two(60, String)),
    },
    /cannot be told apart; state what the output means \(--convention logit\|probability\)/,
  ],
  [
    'another input width',
    { teacher: tiny },
    /its input has 2 columns, the preprocessing produces 30; .*\(--preprocessing\)/,
  ],
  ['another width, no preprocessing', { ...raw, data }, /its input has 2 columns, the encoded rows have 30/],
  [
    'text columns, no preprocessing',
    {
      ...raw,
      data: file(
        't.csv',
        two(60, (i) => `x${i % 3}`),
      ),
    },
    /cannot go into the teacher as it is.*--preprocessing/,
  ],
  [
    'a column the preprocessing needs',
    { data: file('less.csv', csv.replace('mean_radius', 'mean_radios')) },
    /no column "mean_radius".*did you mean "mean_radios"/,
  ],
  ['no target column', { target: 'lable' }, /no column "lable" for the target; did you mean "label"/],
  [
    'a target that is not binary',
    { target: 'mean_radius' },
    /expected two; name a binary column as the target \(--target\)/,
  ],
  [
    'one class only',
    { data: file('one.csv', lines.map((l, i) => (i ? l.replace(/\d$/, '0') : l)).join('\n')), split: undefined },
    /one class only/,
  ],
  ['an empty file', { data: file('empty.csv', '') }, /the file is empty/],
  [
    'ragged rows',
    { data: file('ragged.csv', `${lines.slice(0, 9).join('\n')}\n1,2,3\n`) },
    /row 9: 3 fields, expected 31 as in the header/,
  ],
  [
    'text in a numeric column',
    { data: file('text.csv', changed(2, 'wide')) },
    /column "mean_perimeter", row 5: "wide" is text in a numeric column/,
  ],
  [
    'NaN into a teacher as it is',
    {
      ...raw,
      data: file(
        'nan.csv',
        two(60, (i) => (i === 4 ? 'NaN' : `${i}`)),
      ),
    },
    /column "a", row 5: "NaN" cannot go into the teacher as it is.*--preprocessing/,
  ],
  [
    'infinity as text',
    { data: file('inf2.csv', changed(0, '-Infinity')) },
    /row 5: "-Infinity" is not a finite number/,
  ],
  ['infinity', { data: file('inf.csv', changed(0, '1e999')) }, /row 5: "1e999"/],
  ['a picture as data', { data: file('cat.csv', png) }, /this is a picture, expected CSV/],
  [
    'a picture as teacher',
    { teacher: file('cat.onnx', png) },
    /this is a picture, expected an ONNX model; check whether/,
  ],
  [
    'a split of another length',
    { split: file('short.csv', 'split\ntrain\ntest\n') },
    /2 rows, expected 569 as in the data/,
  ],
  [
    'a split with other words',
    {
      split: file(
        'odd.csv',
        `split\n${lines
          .slice(1)
          .map(() => 'dev')
          .join('\n')}\n`,
      ),
    },
    /"dev", expected one of train, validation, test, unused/,
  ],
  ['fewer rows than folds', { 'train-rows': '4' }, /4 labelled rows, expected at least 5, .*\(--debias none\)/],
  ['broken JSON as preprocessing', { preprocessing: file('p.json', '{"clip": 10,') }, /p\.json": not JSON/],
  ['an option out of range', { epochs: '0' }, /option --epochs: "0", expected a whole number from 1 to 100000/],
  ['a strength out of range', { infuse: 'mix:2' }, /infuse: "mix:2", expected one of mix, none/],
  ['no number', { seed: 'one' }, /option --seed: "one", expected a whole number/],
  ['an unknown method', { debias: 'plat' }, /"plat", expected one of auto, none, .*; did you mean platt/],
  ['a strange student', { student: '16,x' }, /student "16,x": not an architecture, expected "logistic", up/],
  ['an unknown activation', { activation: 'relo' }, /"relo", expected one of relu, tanh, gelu; did you mean relu/],
  ['too much dropout', { dropout: '1' }, /option --dropout: "1", expected a number from 0 to 0\.9/],
  ['an unknown option', { treacher: 'x' }, /option "--treacher": unknown; did you mean --teacher\?/],
];

test.each(cases)('%s', (_, change, message) => {
  const cwd = temporary();
  const options = { teacher, data, preprocessing, split, epochs: '2', out: 'result', ...change };
  const args = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const { status, stdout, stderr } = debkd(['distill', ...args], { cwd });
  const said = stderr.split('\n').filter((line) => line.startsWith('debkd: '));
  expect(said, stderr).toHaveLength(1);
  expect(said[0]).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at |Error:/);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(readdirSync(cwd)).toEqual([]);
});

test.each([
  [['distil'], /command "distil": unknown; did you mean distill\?/],
  [['wash'], /command "wash": unknown; see debkd --help/],
  [
    ['distill'],
    /distill: --teacher T\.onnx or --soft-labels COLUMN or --from DIR, --data D\.csv are missing; see debkd distill --help/,
  ],
  [['distill', '--teacher'], /option --teacher: no value, expected T\.onnx/],
  [['distill', '--teacher', '--data', 'x'], /option --teacher: no value/],
  [['distill', '--json=yes'], /option --json: "yes", expected no value/],
  [['distill', '--seed', '1', '--seed', '2'], /option --seed: given twice/],
  [['inspect'], /inspect: T\.onnx is missing; run debkd inspect T\.onnx/],
  [['inspect', 'a.onnx', 'b.onnx'], /argument "b\.onnx": inspect takes only one argument/],
  [
    ['export', '--student', 'x', '--to', 'coreml', '--out', 'y'],
    /"coreml", expected all, or some of onnx, safetensors, js, wasm, python, cloudflare/,
  ],
  [['export', '--student', 'x', '--to', 'cloudfare', '--out', 'y'], /did you mean cloudflare\?/],
  [
    ['export', '--student', 'x', '--to', 'js', '--out', 'y', '--quantize', 'int4'],
    /"int4", expected one of float16, int8/,
  ],
  [['predict', '--student', 'nowhere'], /"nowhere": there is no such file/],
  [['evaluate', '--student', place, '--data', data], /this folder holds no student\.debkd/],
  [['predict', '--student', teacher], /not a student file/],
  [
    ['report', file('short.json', '{"schema":"debkd/distill@1"}'), '--out', join(place, 'short.html')],
    /result ".*short\.json": summary is missing, expected a text; give the JSON that distill or compare wrote/,
  ],
  [
    ['report', file('seven.json', '7'), '--out', join(place, 'seven.html')],
    /result ".*seven\.json": the whole is 7, expected an object; give the JSON/,
  ],
])('debkd %j', (args, message) => {
  const { status, stderr, stdout } = debkd(args);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect([status, stdout]).toEqual([2, '']);
});

const compared = ['compare', '--teacher', teacher, '--data', data, '--preprocessing', preprocessing, '--split', split];
test.each([
  [['--methods', 'kd,debaised'], /method: "debaised", expected one of hard, .*; did you mean debiased\?/],
  [['--methods', 'fitnet', '--layer', 'relu9'], /no tensor "relu9", expected one of its .* tensors, .*\(--layer\)/],
  [['--ablate', 'tree'], /ablate: "tree", expected some of residual, .*; did you mean trees\?/],
  [
    ['--debias', 'platt', '--ablate', 'trees'],
    /trees is a component of label de-biasing by auto, and the method is platt; leave out --debias, or leave out --ablate/,
  ],
  [
    ['--infuse', 'log-odds'],
    /infusion log-odds has no strength, .*; give a strength \(--infuse log-odds:0\.5\), or .* \(--tune\)/,
  ],
  [['--class-weight', 'heavy'], /class weight: "heavy", expected balanced or a number above 0/],
] as const)('debkd compare %j', (more, message) => {
  const { status, stderr, stdout } = debkd([...compared, ...more]);
  const said = stderr.split('\n').filter((line) => line.startsWith('debkd: '));
  expect(said, stderr).toHaveLength(1);
  expect(said[0]).toMatch(message);
  expect([status, stdout]).toEqual([2, '']);
});

test.runIf(process.platform === 'linux')('--out in a place where no folder can be created gives one error', () => {
  const out = '/proc/debkd/student';
  const { status, stderr } = debkd(['distill', ...compared.slice(1), '--epochs', '2', '--out', out]);
  expect(stderr).toMatch(/cannot be written \(there is no such folder\); choose another place/);
  expect(status).toBe(2);
});
