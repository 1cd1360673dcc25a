// --weights: the column is no feature, every figure uses it, a checkpoint of other weights is refused, errors name the option.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { debkd, modelPath, start, temporary, WDBC } from './run.ts';

const folder = temporary();
const lines = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trim().split('\n');

/** The rows with a column of weights, which is the first. */
function write(name: string, weight: (i: number) => number | string): string {
  const path = join(folder, name);
  const rows = lines.map((line, i) => `${i === 0 ? 'weight' : weight(i - 1)},${line}`);
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}
const uneven = write('uneven.csv', (i) => [0, 1, 1, 2, 5][i % 5] as number);
const equal = write('equal.csv', () => 4);
const at = WDBC.indexOf('--data') + 1;
const withData = (path: string): string[] => WDBC.map((word, i) => (i === at ? path : word));
const weighted = (path: string): string[] => [...withData(path), '--weights', 'weight'];
const parse = (args: readonly string[]) => {
  const { status, stdout, stderr } = debkd(args);
  expect(stderr).not.toMatch(/bug in debkd/);
  expect(status, stderr).toBe(0);
  return { ...JSON.parse(stdout), stderr };
};

const out = join(folder, 'student');
const made = parse(['distill', ...weighted(uneven), '--out', out, '--groups', 'weight', '--baselines', '--json']);

test('distill: equal weights give the figures of no weights, others do not; the split ignores the column', () => {
  const plain = parse(['distill', ...WDBC, '--json']);
  const same = parse(['distill', ...weighted(equal), '--json']);
  expect(same.metrics).toEqual(plain.metrics);
  expect(same.debias).toEqual(plain.debias);
  expect(same.student.threshold).toBe(plain.student.threshold);
  expect(same.figures).toEqual(plain.figures);
  expect(same.weights).toMatchObject({
    column: 'weight',
    train: { sum: 800, smallest: 4, largest: 4, effectiveRows: 200 },
  });
  expect(made.columns).toEqual(plain.columns);
  expect(made.metrics).not.toEqual(plain.metrics);
  expect(made.debias.candidates).not.toEqual(plain.debias.candidates);
  expect(made.weights.test).toMatchObject({ smallest: 0, largest: 5 });
  const byHash = (args: string[]): string[] =>
    args.filter((_, i) => !['--split'].includes(args[i] as string) && args[i - 1] !== '--split');
  const rows = (args: string[]): object => parse(['distill', ...byHash(args), '--json']).rows;
  expect(rows(weighted(uneven))).toEqual(rows([...WDBC]));
}, 60_000);

test('distill: rows in files give the same student', () => {
  const stored = parse(['distill', ...weighted(uneven), '--groups', 'weight', '--temp-dir', temporary(), '--json']);
  expect(stored.student).toEqual(made.student);
  expect(stored.metrics).toEqual(made.metrics);
  expect(stored.weights).toEqual(made.weights);
});

test('the text and the page say that rows are weighted', () => {
  const { stdout } = debkd(['distill', ...weighted(uneven)]);
  expect(stdout).toMatch(
    /Rows are weighted by "weight"\n {2}training rows: sum \d+, from 0 to 5, effective sample size [\d.]+ of 200\n/,
  );
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Rows are weighted by &#34;weight&#34;');
});

test('evaluate measures with the weights as distill does', () => {
  const split = modelPath('wdbc/split.csv');
  const args = ['evaluate', '--student', out, '--data', uneven, '--split', split];
  const found = parse([...args, '--weights', 'weight', '--groups', 'weight', '--json']);
  expect(found.metrics).toEqual(made.metrics.test);
  expect(found.weights).toEqual({ column: 'weight', ...made.weights.test });
  expect(found.groups.map(({ group }: { group: string }) => group)).toEqual(['weight=1', 'weight=2', 'weight=5']);
  expect(found.groups[0].bias.rows).toBe(found.groups[0].rows);
  const plain = parse([...args, '--json']);
  expect(plain).not.toHaveProperty('weights');
  expect(plain.metrics).not.toEqual(found.metrics);
  expect(debkd([...args, '--weights', 'weight']).stdout).toMatch(/Rows are weighted by "weight": sum \d+, from 0 to 5/);
});

test('export measures --quantize with the weights', () => {
  const args = ['export', '--student', out, '--to', 'js', '--quantize', 'float16', '--data', uneven, '--json'];
  const [a, b] = [
    parse([...args, '--out', join(folder, 'x')]),
    parse([...args, '--weights', 'weight', '--out', join(folder, 'y')]),
  ];
  expect(b.quantization.logLoss).not.toEqual(a.quantization.logLoss);
});

test('compare uses the weights, in every thread', () => {
  const args = ['--methods', 'hard,debiased', '--seeds', '2', '--json'];
  const [one, two, plain] = [
    parse(['compare', ...weighted(uneven), ...args, '--threads', '1']),
    parse(['compare', ...weighted(uneven), ...args, '--threads', '2']),
    parse(['compare', ...WDBC, ...args, '--threads', '1']),
  ];
  expect(two.results).toEqual(one.results);
  expect(one.weights).toMatchObject({ column: 'weight', test: { largest: 5 } });
  expect(one.results[0].metrics).not.toEqual(plain.results[0].metrics);
  expect(plain).not.toHaveProperty('weights');
}, 60_000);

test('a checkpoint of a run with other weights, or without, is refused', async () => {
  const where = join(folder, 'resumed');
  const long = (args: readonly string[]): string[] => args.map((word) => (word === '15' ? '100000' : word));
  const how = ['--out', where, '--debias', 'none'];
  const other = write('other.csv', (i) => 1 + (i % 2));
  const child = start(['distill', ...long(weighted(uneven)), ...how], folder);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(join(`${where}.checkpoint`, 'run.json')) && child.exitCode === null) await setTimeout(50);
  child.kill();
  await ended;
  for (const [path, more] of [
    [other, ['--weights', 'weight']],
    [uneven, ['--drop', 'weight']],
  ] as const) {
    const { status, stderr } = debkd(['distill', ...long(withData(path)), ...more, ...how, '--resume'], {
      timeout: 20_000,
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/it belongs to a run that differs in .*rows/);
  }
}, 60_000);

test.each([
  [
    '-3',
    /weights "weight", row 8: "-3" is negative, expected a finite number from 0; correct it, or leave out --weights/,
  ],
  [
    '',
    /weights "weight", row 8: it is empty, expected a finite number from 0; give the row a weight, 0 to ignore it, or leave out --weights/,
  ],
  ['heavy', /row 8: "heavy" is not a number/],
])('the weight %j is refused with exit code 2', (weight, message) => {
  const path = write('bad.csv', (i) => (i === 7 ? weight : 1));
  for (const command of [
    ['distill', ...weighted(path)],
    ['compare', ...weighted(path)],
    ['evaluate', '--student', out, '--data', path, '--weights', 'weight'],
  ]) {
    const { status, stderr } = debkd(command);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  }
});

test('a column that is not there, the label, and weights of 0 are refused', () => {
  const attempt = (path: string, column: string): string => {
    const { status, stderr } = debkd(['distill', ...withData(path), '--weights', column]);
    expect(status).toBe(2);
    return stderr;
  };
  expect(attempt(uneven, 'wieght')).toMatch(/no column "wieght" for the weights; did you mean "weight"/);
  expect(attempt(uneven, 'label')).toMatch(
    /weights "label": it is the label column, expected another column; leave out --weights/,
  );
  expect(attempt(uneven, 'mean_area')).toMatch(/preprocessing|mean_area/);
  expect(
    attempt(
      write('zeros.csv', () => 0),
      'weight',
    ),
  ).toMatch(/training part: all 200 rows have weight 0/);
});

const HEAVY = readFileSync(modelPath('wdbc/split.csv'), 'utf8').split('\n').indexOf('train') - 1;

test('warnings name few effective rows and a heavy row', () => {
  const { stderr } = debkd(['distill', ...weighted(write('heavy.csv', (i) => (i === HEAVY ? 1000 : 1)))]);
  expect(stderr).toMatch(/warning: \w+: row \d+ of the part has \d+ % of the total weight/);
  expect(stderr).toMatch(
    /warning: \w+: by their weights, the \d+ rows of class \d count as [\d.]+ rows of equal weight/,
  );
  const evaluated = debkd(['evaluate', '--student', out, '--data', join(folder, 'heavy.csv'), '--weights', 'weight']);
  expect(evaluated.stderr).toMatch(/warning: data: row \d+ of the part has/);
});
