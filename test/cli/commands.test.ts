import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { debkd, modelPath, start, temporary, WDBC } from './run.ts';

const folder = temporary();
const out = join(folder, 'student');
const made = debkd(['distill', ...WDBC, '--out', out, '--json']);

test('distill writes the student, its record and its report', () => {
  expect(made.stderr).not.toMatch(/bug in debkd/);
  expect(made.status).toBe(0);
  const result = JSON.parse(made.stdout);
  expect(result).toMatchObject({
    schema: 'debkd/distill@1',
    teacher: { convention: 'logit' },
    debias: { method: 'platt' },
    infusion: { form: 'mix' },
    student: { architecture: '30-8-1', parameters: 257 },
    rows: { train: 200, validation: 120, test: 129, labelled: { train: 200, validation: 120, test: 129 } },
    files: ['student.debkd', 'result.json', 'report.html', 'statistics.json'],
  });
  const names = ['auc', 'logLoss', 'brier', 'ece', 'accuracy', 'f1', 'precision', 'recall', 'ks', 'prAuc'];
  expect(Object.keys(result.metrics.test)).toEqual(names);
  expect(Object.keys(result.teacher.metrics.test)).toEqual(names);
  for (const { value, low, high } of Object.values(result.metrics.test) as Record<string, number>[]) {
    expect(low).toBeLessThanOrEqual(value as number);
    expect(high).toBeGreaterThanOrEqual(value as number);
  }
  for (const key of ['moved', 'flipped', 'meanShift']) expect(result.changes[key]).toBeTypeOf('number');
  for (const key of ['labelSeconds', 'trainSeconds', 'rowsPerSecond']) expect(result.timing[key]).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual(['student']);
  expect(readdirSync(out).sort()).toEqual(['report.html', 'result.json', 'statistics.json', 'student.debkd']);
  expect(
    createHash('sha256')
      .update(readFileSync(join(out, 'student.debkd')))
      .digest('hex'),
  ).toBe(result.student.sha256);
  expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toEqual(result);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
});

test('distill writes the same bytes again, replaces an earlier result, and refuses other folders', () => {
  const before = readFileSync(join(out, 'student.debkd'));
  expect(debkd(['distill', ...WDBC, '--out', out]).status).toBe(0);
  expect(readFileSync(join(out, 'student.debkd'))).toEqual(before);
  const other = temporary();
  writeFileSync(join(other, 'thesis.txt'), 'precious');
  const refused = debkd(['distill', ...WDBC, '--out', other]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/the folder holds other files/);
  expect(readdirSync(other)).toEqual(['thesis.txt']);
  // a file that the user put next to an earlier result is also kept
  writeFileSync(join(out, 'mine.txt'), 'precious');
  mkdirSync(join(out, 'deploy'));
  const withOthers = debkd(['distill', ...WDBC, '--out', out]);
  expect(withOthers).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /the folder holds an earlier result and also "deploy", "mine.txt"; move them, choose another folder, or write into it \(--force\)/,
    ),
  });
  expect(readFileSync(join(out, 'mine.txt'), 'utf8')).toBe('precious');
  rmSync(join(out, 'mine.txt'));
  rmSync(join(out, 'deploy'), { recursive: true });
});

test('report --out writes through a link to a file, and refuses a folder and a link to one', () => {
  const place = temporary();
  mkdirSync(join(place, 'folder'));
  symlinkSync(join(place, 'folder'), join(place, 'link'));
  for (const name of ['folder', 'link'])
    expect(debkd(['report', join(out, 'result.json'), '--out', join(place, name)])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/: a folder, expected a file; add a file name/),
    });
  expect(lstatSync(join(place, 'link')).isSymbolicLink()).toBe(true);
  writeFileSync(join(place, 'page.html'), '');
  symlinkSync(join(place, 'page.html'), join(place, 'page'));
  expect(debkd(['report', join(out, 'result.json'), '--out', join(place, 'page')]).status).toBe(0);
  expect(lstatSync(join(place, 'page')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(place, 'page.html'), 'utf8')).toMatch(/^<!doctype html>/);
  expect(readdirSync(place).sort()).toEqual(['folder', 'link', 'page', 'page.html']);
});

test('distill --activation --residual --dropout', () => {
  const shape = ['--student', '6,6', '--activation', 'gelu', '--residual', '--dropout', '0.1'];
  const { stdout, stderr } = debkd(['distill', ...WDBC.slice(0, 8), '--epochs', '3', ...shape, '--json']);
  expect(stderr).not.toMatch(/debkd:/);
  expect(JSON.parse(stdout).student).toMatchObject({ architecture: '30-6-6-1 gelu residual', parameters: 235 });
});

test('distill without --out writes nothing', () => {
  const cwd = temporary();
  const { status, stdout } = debkd(['distill', ...WDBC], { cwd });
  expect(status).toBe(0);
  expect(stdout).toMatch(/De-biasing found .*\n\ntest \(129 labelled rows[\s\S]*Nothing was written; give --out DIR/);
  expect(readdirSync(cwd)).toEqual([]);
});

test('distill --config reads options in camelCase, and the command line takes precedence', () => {
  const config = join(temporary(), 'config.json');
  writeFileSync(config, JSON.stringify({ epochs: 3, student: '4', infuse: 'mix:0.5', trainRows: 100 }));
  const base = WDBC.slice(0, 8);
  const { stdout } = debkd(['distill', ...base, '--config', config, '--student', 'logistic', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    student: { parameters: 31 },
    infusion: { strength: 0.5 },
    rows: { train: 100 },
  });
  writeFileSync(config, '{"epoch": 3}');
  const typo = debkd(['distill', ...base, '--config', config]);
  expect([typo.status, typo.stderr]).toEqual([
    2,
    'debkd: option --config, key "epoch": unknown; did you mean epochs?\n',
  ]);
});

test('distill --groups reports the bias of teacher and student, with intervals', () => {
  const { status, stdout } = debkd(['distill', ...WDBC, '--groups', 'mean_radius', '--json']);
  expect(status).toBe(0);
  const { groups } = JSON.parse(stdout);
  expect(groups).toHaveLength(4);
  const sum = (key: string): number =>
    groups.reduce((total: number, g: { teacher: Record<string, number> }) => total + (g.teacher[key] as number), 0);
  expect(sum('rows')).toBe(129);
  for (const { teacher, student } of groups) {
    expect(student.group).toBe(teacher.group);
    expect(student.calibrationGap.low).toBeLessThanOrEqual(student.calibrationGap.value);
  }
  // the teacher overstates class 1 in every group, and the student less
  const gap = (model: string): number =>
    groups.reduce(
      (total: number, g: Record<string, { calibrationGap: { value: number } }>) =>
        total + Math.abs(g[model]?.calibrationGap.value as number),
      0,
    );
  expect(gap('student')).toBeLessThan(gap('teacher') / 2);
  expect(debkd(['distill', ...WDBC, '--groups', 'mean_radius']).stdout).toMatch(
    /bias by group +false-negative rate +false-positive rate/,
  );
  const typo = debkd(['distill', ...WDBC, '--groups', 'sexx']);
  expect([typo.status, typo.stderr]).toEqual([2, expect.stringMatching(/^debkd: groups: no column "sexx"/m)]);
});

test('inspect shows what the output is, and why', () => {
  const teacher = modelPath('wdbc-mlp/teacher.onnx');
  const result = JSON.parse(debkd(['inspect', teacher, '--json']).stdout);
  expect(result).toMatchObject({ schema: 'debkd/inspect@1', opset: 13, output: 'logit', convention: 'logit' });
  expect(result.operators).toEqual(['Gemm', 'Relu']);
  expect(result.inputs).toEqual([{ name: 'input', type: 'float32', shape: ['batch', 30] }]);
  expect(debkd(['inspect', teacher]).stdout).toMatch(/convention {3}logit\n {13}one value per row/);
});

test('evaluate prints the metrics that distill reported', () => {
  const args = [
    'evaluate',
    '--student',
    out,
    '--data',
    modelPath('wdbc/data.csv'),
    '--split',
    modelPath('wdbc/split.csv'),
    '--json',
  ];
  const result = JSON.parse(debkd(args).stdout);
  expect(result).toMatchObject({ schema: 'debkd/evaluate@1', rows: 129, groups: [] });
  expect(result.metrics).toEqual(JSON.parse(made.stdout).metrics.test);
  const grouped = JSON.parse(debkd([...args, '--groups', 'mean_radius']).stdout);
  expect(grouped.groups).toHaveLength(4);
  expect(grouped.groups.reduce((sum: number, g: { rows: number }) => sum + g.rows, 0)).toBe(129);
  const typo = debkd([...args, '--groups', 'mean_radios']);
  expect([typo.status, typo.stderr]).toEqual([
    2,
    'debkd: groups: no column "mean_radios"; did you mean "mean_radius"?\n',
  ]);
  const strange = debkd([...args, '--groups', 'species']);
  expect([strange.status, strange.stderr]).toEqual([
    2,
    expect.stringMatching(/^debkd: groups: no column "species", expected one of "mean_radius", .* and 10 more\n$/),
  ]);
});

test('predict reads CSV and NDJSON from a file or standard input, gzipped or not, and keeps the order', () => {
  const csv = readFileSync(modelPath('wdbc/data.csv'), 'utf8');
  const fromFile = debkd(['predict', '--student', out, '--data', modelPath('wdbc/data.csv')]);
  expect(fromFile.status).toBe(0);
  const lines = fromFile.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(570);
  expect(lines[0]).toBe('probability,label');
  expect(debkd(['predict', '--student', out], { input: csv }).stdout).toBe(fromFile.stdout);
  expect(debkd(['predict', '--student', join(out, 'student.debkd')], { input: gzipSync(csv) }).stdout).toBe(
    fromFile.stdout,
  );
  const [header, ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const ndjson = rows.map((row) => JSON.stringify(Object.fromEntries(row.map((x, j) => [header?.[j], Number(x)]))));
  const answers = debkd(['predict', '--student', out], { input: ndjson.join('\n') })
    .stdout.trimEnd()
    .split('\n');
  expect(answers.map((line) => Object.values(JSON.parse(line)).join(','))).toEqual(lines.slice(1));
});

test('help and version', () => {
  expect(debkd(['--version']).stdout).toBe(
    `${JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version}\n`,
  );
  expect(debkd([]).stdout).toMatch(/usage: debkd COMMAND/);
  expect(debkd(['label', '--help']).stdout).toMatch(/--teacher T\.onnx .*\(required\)/);
  expect(debkd(['distill', '--help']).stdout).toMatch(/\(this or --soft-labels or --from is required\)/);
});

test.each(['soft labels', 'student 2 of 6'])('Ctrl-C during "%s": exit code 130, no partial result', async (stage) => {
  const cwd = temporary();
  mkdirSync(join(cwd, 'in'));
  // enough rows for the run to last
  const [header, ...rows] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
  const many = Array.from({ length: 120 }, () => rows).flat();
  writeFileSync(join(cwd, 'in/data.csv'), `${[header, ...many].join('\n')}\n`);
  const options = [
    '--teacher',
    modelPath('wdbc-mlp-biased/teacher.onnx'),
    '--data',
    'in/data.csv',
    '--preprocessing',
    modelPath('wdbc/preprocessing.json'),
  ];
  const child = start(
    ['distill', ...options, '--debias', 'platt', '--epochs', '60', '--threads', '1', '--out', 'result'],
    cwd,
  );
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  await new Promise<void>((resolve) => {
    let seen = '';
    child.stderr?.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(stage)) resolve();
    });
    child.on('exit', () => resolve());
  });
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(readdirSync(cwd).filter((name) => name !== 'in' && name !== 'result.checkpoint')).toEqual([]);
});

test('progress without a terminal: the share of the whole run, up to 100 %, and each step once in order', () => {
  const { status, stderr } = debkd(['distill', ...WDBC.slice(0, -2), '--epochs', '5', '--json']);
  expect(status, stderr).toBe(0);
  const lines = stderr.split('\n').filter((line) => /^\d+ %/.test(line));
  const shares = lines.map((line) => Number.parseInt(line, 10));
  expect(shares[0]).toBe(0);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(lines.at(-1)).toBe('100 %; done');
  expect(lines.filter((line) => line.startsWith('100'))).toHaveLength(1);
  const numbers = lines.flatMap((line) => / (\d+) of \d+: /.exec(line)?.[1] ?? []).map(Number);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(stderr).toMatch(/%(, .* left)?; \d+ of 1\d: training student 3 of 6, label mix 0\.3\n/);
});

test('--resume continues from the checkpoint of a killed run to the same bytes', async () => {
  const cwd = temporary();
  // one thread trains one student after the other
  const args = ['distill', ...WDBC.slice(0, -2), '--epochs', '400', '--threads', '1'];
  const interrupted = start([...args, '--out', 'result'], cwd);
  await new Promise<void>((resolve) =>
    interrupted.stderr?.on('data', (chunk) => String(chunk).includes('student 4') && resolve()),
  );
  interrupted.kill('SIGKILL');
  await new Promise((resolve) => interrupted.on('exit', resolve));
  expect(readdirSync(cwd)).toContain('result.checkpoint');
  const resumed = debkd([...args, '--out', 'result', '--resume'], { cwd });
  expect(resumed.status).toBe(0);
  expect(resumed.stderr).not.toMatch(/student 1 of 6/);
  expect(resumed.stderr).toMatch(/student 6 of 6/);
  const whole = debkd([...args, '--json'], { cwd });
  expect(JSON.parse(readFileSync(join(cwd, 'result/result.json'), 'utf8')).student.sha256).toBe(
    JSON.parse(whole.stdout).student.sha256,
  );
  expect(existsSync(join(cwd, 'result.checkpoint'))).toBe(false);
});

test('distill, evaluate and predict read a matrix and labels as npy', () => {
  const matrix = (descr: string, rows: number, columns: number, values: ArrayBuffer): Uint8Array => {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${columns}), }\n`;
    const head = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0];
    return Uint8Array.from([...head, ...Buffer.from(header), ...new Uint8Array(values)]);
  };
  const lines = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',').map(Number));
  const cwd = temporary();
  const x = Float64Array.from(rows.flatMap((row) => row.slice(0, -1)));
  writeFileSync(join(cwd, 'x.npy'), matrix('<f8', rows.length, 30, x.buffer));
  writeFileSync(
    join(cwd, 'y.npy'),
    matrix('<i8', rows.length, 1, BigInt64Array.from(rows, (r) => BigInt(r[30] as number)).buffer),
  );
  const preprocessing = JSON.parse(readFileSync(modelPath('wdbc/preprocessing.json'), 'utf8'));
  preprocessing.columns.forEach((column: { name: string }, j: number) => {
    column.name = `x${j}`;
  });
  writeFileSync(join(cwd, 'p.json'), JSON.stringify(preprocessing));
  const teacher = modelPath('wdbc-mlp/teacher.onnx');
  const given = ['--data', 'x.npy', '--labels', 'y.npy'];
  const made = debkd(
    [
      'distill',
      '--teacher',
      teacher,
      ...given,
      '--preprocessing',
      'p.json',
      '--epochs',
      '5',
      '--student',
      '4',
      '--out',
      's',
      '--json',
    ],
    { cwd },
  );
  expect(made.status, made.stderr).toBe(0);
  const labelled = JSON.parse(made.stdout).rows.labelled;
  expect(labelled.train + labelled.validation + labelled.test).toBe(569);
  const evaluated = debkd(['evaluate', '--student', 's', ...given, '--json'], { cwd });
  expect(JSON.parse(evaluated.stdout).rows).toBe(569);
  const predicted = debkd(['predict', '--student', 's', '--data', 'x.npy'], { cwd });
  expect(predicted.stdout.trimEnd().split('\n')).toHaveLength(570);
  const without = debkd(['evaluate', '--student', 's', '--data', 'x.npy'], { cwd });
  expect([without.status, without.stderr]).toEqual([2, expect.stringMatching(/no column "label" for the target/)]);
});

test('compare prints the same tables with any number of threads, and resumes a killed run', async () => {
  const folder = temporary();
  const args = [...WDBC.slice(0, 8), '--student', '6', '--epochs', '8', '--seeds', '3', '--tune'];
  const run = (threads: string, out: string, ...more: string[]) =>
    debkd([
      'compare',
      ...args,
      '--methods',
      'hard,kd,debiased',
      '--threads',
      threads,
      '--out',
      join(folder, out),
      '--json',
      ...more,
    ]);
  const withoutTime = (text: string): object => ({ ...JSON.parse(text), timing: 0, command: '' });
  const one = run('1', 'one');
  expect(one.status, one.stderr).toBe(0);
  expect(readdirSync(join(folder, 'one')).sort()).toEqual([
    ...['compare.csv', 'compare.json', 'compare.md', 'report.html'],
  ]);
  const result = JSON.parse(one.stdout);
  expect(result).toMatchObject({
    schema: 'debkd/compare@1',
    methods: ['hard', 'kd', 'debiased'],
    seeds: [1, 2, 3],
    tuned: true,
  });
  expect(result.candidates).toHaveLength(3 * 3 * 15);
  expect(withoutTime(run('3', 'three').stdout)).toEqual(withoutTime(one.stdout));

  const killed = start(
    ['compare', ...args, '--methods', 'hard,kd,debiased', '--threads', '1', '--out', join(folder, 'killed')],
    folder,
  );
  // wait for the record of the run and some cells
  const cells = join(folder, 'killed.cells');
  while (!existsSync(cells) || readdirSync(cells).length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  killed.kill('SIGKILL');
  await new Promise((resolve) => killed.once('exit', resolve));
  expect(existsSync(join(folder, 'killed'))).toBe(false);
  const resumed = run('2', 'killed', '--resume');
  expect(JSON.parse(resumed.stdout).timing.resumed).toBeGreaterThanOrEqual(2);
  expect(withoutTime(resumed.stdout)).toEqual(withoutTime(one.stdout));
  expect(existsSync(cells)).toBe(false);
  const text = debkd(
    ['compare', ...args.slice(0, -1), '--methods', 'hard,debiased', '--seeds', '2'].filter(
      (_, i, all) => !(all[i] === '--seeds' && all[i + 1] === '3') && !(all[i - 1] === '--seeds' && all[i] === '3'),
    ),
  );
  expect(text.stdout).toMatch(/\| debiased \|[\s\S]*seconds of work by method: [\s\S]*Nothing was written/);
});

test.each([
  [['--methods', 'hard,fitnett'], /method: "fitnett", expected one of hard, kd, .*; did you mean fitnet\?/],
  [['--methods', 'fitnet', '--layer', 'relu1'], /no tensor "relu1".*\(--layer\)/],
  [['--seeds', '0'], /option --seeds: "0", expected a whole number from 1/],
  [['--resume'], /option --resume: --out is missing/],
])('compare %j is refused', (args, message) => {
  const { status, stderr, stdout } = debkd(['compare', ...WDBC.slice(0, 8), ...args]);
  expect(stderr.split('\n').filter((line) => line.startsWith('debkd: '))[0]).toMatch(message);
  expect([status, stdout]).toEqual([2, '']);
});

test('evaluate --importance lists every column, the most important first, also as JSON; a table has reasons by row too', () => {
  const measured = ['evaluate', '--student', out, '--data', modelPath('wdbc/data.csv'), '--importance'];
  const { stdout } = debkd(measured);
  expect(stdout).toMatch(/^column permuted +log-loss rises by +AUC falls by$/m);
  expect(stdout).toContain('569 labelled rows; the mean of 10 permutations');
  const { importance } = JSON.parse(debkd([...measured, '--json']).stdout);
  expect(importance).toMatchObject({ rows: 569, of: 569, permutations: 10 });
  const rises = importance.columns.map(({ logLoss }: { logLoss: { value: number } }) => logLoss.value);
  expect(rises).toHaveLength(30);
  expect(rises).toEqual([...rises].sort((a: number, b: number) => b - a));
  expect(JSON.parse(debkd([...measured.slice(0, -1), '--json']).stdout)).not.toHaveProperty('importance');
  expect(JSON.parse(made.stdout).importance.columns).toHaveLength(30);
  const explained = debkd(['predict', '--student', out, '--data', modelPath('wdbc/data.csv'), '--explain', '2']);
  expect(explained.stdout.split('\n')[1]).toMatch(/^[\d.e-]+,[01],\w+ [+-][\d.]+; \w+ [+-][\d.]+$/);
});
