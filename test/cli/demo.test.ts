// debkd demo: its verdict, its numbers, and the commands it prints, which give the same numbers.
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { debkd, temporary } from './run.ts';

const cwd = temporary();
// paths of models/ are then as in a checkout
symlinkSync(fileURLToPath(new URL('../../models', import.meta.url)), join(cwd, 'models'));
const lending = debkd(['demo'], { cwd });
type Shown = { value: number; low: number; high: number };

/** The numbers of a row of the table. */
function row(stdout: string, name: string): Shown[] {
  const line = stdout.split('\n').find((text) => text.startsWith(`${name} `)) as string;
  return [...line.matchAll(/([\d.]+) \(([\d.]+) \.\. ([\d.]+)\)/g)].map(([, value, low, high]) => ({
    ...{ value: Number(value), low: Number(low), high: Number(high) },
  }));
}

/** The printed command that begins so, without `debkd`. */
function command(stdout: string, start: string): string[] {
  const line = stdout.split('\n').find((text) => text.startsWith(`  debkd ${start}`)) as string;
  return line.trim().split(' ').slice(1);
}

test('lending: the de-biased student is ahead of all others in log-loss and in the group', () => {
  expect(lending.status).toBe(0);
  const { stdout } = lending;
  expect(stdout.split('\n')[0]).toMatch(
    /^The de-biased student is better than its teacher, than plain distillation and/,
  );
  expect(stdout).toMatch(/teacher +hard labels +plain KD +de-biased\nlog-loss/);
  expect(stdout).toMatch(/Simulated loans, all invented/);
  for (const name of ['log-loss', 'missed']) {
    const [teacher, hard, kd, debiased] = row(stdout, name) as [Shown, Shown, Shown, Shown];
    // even the intervals are apart
    for (const other of [teacher, hard, kd]) expect(other.low).toBeGreaterThan(debiased.high);
  }
  const line = stdout.split('\n').find((text) => text.startsWith('distance ')) as string;
  const [teacher = 0, hard = 0, kd = 0, debiased = 1] = line.trim().split(/ +/).slice(1).map(Number);
  expect(Math.min(teacher, hard, kd)).toBeGreaterThan(2 * debiased);
});

test('lending: the printed commands give the same numbers', () => {
  const { stdout } = lending;
  const again = debkd([...command(stdout, 'distill'), '--json'], { cwd });
  expect(again.stderr).not.toMatch(/^debkd: /m);
  const earlier = JSON.parse(readFileSync(join(cwd, 'debkd-demo/result.json'), 'utf8'));
  // the file of the student also records options, so that its hash and size differ; the demo names its teacher otherwise
  const figures = ({ student, metrics, teacher, baselines }: typeof earlier): unknown => {
    const { name: _, bytes: __, ...known } = teacher;
    return { student: { ...student, sha256: 0, bytes: 0 }, metrics, teacher: known, baselines };
  };
  expect(figures(JSON.parse(again.stdout))).toEqual(figures(earlier));
  const places = { 'debkd-demo ': 3, 'debkd-demo/hard-labels.debkd': 1, 'debkd-demo/plain-kd.debkd': 2 };
  for (const [place, model] of Object.entries(places)) {
    const measured = debkd([...command(stdout, `evaluate --student ${place}`), '--json'], { cwd });
    const { metrics: found, groups } = JSON.parse(measured.stdout);
    const of = groups.find(({ group }: { group: string }) => group === 'employment=self-employed');
    expect(found.logLoss.value.toFixed(4)).toBe(row(stdout, 'log-loss')[model]?.value.toFixed(4));
    expect(of.bias.falseNegativeRate.value.toFixed(4)).toBe(row(stdout, 'missed')[model]?.value.toFixed(4));
  }
  const input = readFileSync(join(cwd, 'debkd-demo/test.csv'));
  const { stdout: answers } = debkd(['predict', '--student', 'debkd-demo', '--keep', 'truth'], { cwd, input });
  const [header = '', ...rows] = answers.trimEnd().split('\n');
  const [p, truth] = ['probability', 'truth'].map((name) => header.split(',').indexOf(name)) as [number, number];
  const gaps = rows.map((line) => Math.abs(Number(line.split(',')[p]) - Number(line.split(',')[truth])));
  const distance = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  expect(stdout).toMatch(new RegExp(`^distance .* ${distance.toFixed(4)}$`, 'm'));
});

test('text: a second demo takes the folder of the first; the student is ahead of the teacher and of plain distillation', () => {
  const { status, stdout } = debkd(['demo', '--data', 'text'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toMatch(/Simulated support tickets, all invented/);
  for (const name of ['log-loss', 'missed']) {
    const [teacher, , kd, debiased] = row(stdout, name) as [Shown, Shown, Shown, Shown];
    for (const other of [teacher, kd]) expect(other.low).toBeGreaterThan(debiased.high);
  }
  expect(stdout).toMatch(/Written to debkd-demo: student\.debkd/);
});

/** Three students of images train in some 30 seconds of a core that is free. */
const SLOW = 400_000;

describe('images', () => {
  let stdout = '';

  test(
    'the student is ahead of all in log-loss, and of its teacher and plain distillation at night',
    () => {
      const made = debkd(['demo', '--data', 'images', '--out', 'plates'], { cwd });
      expect(made.status, made.stderr).toBe(0);
      stdout = made.stdout;
      expect(stdout).toMatch(/Simulated pictures of metal plates: \d+ training rows; of only 400 /);
      const [teacher, hard, kd, debiased] = row(stdout, 'log-loss') as [Shown, Shown, Shown, Shown];
      for (const other of [teacher, hard, kd]) expect(other.low).toBeGreaterThan(debiased.high);
      const missed = row(stdout, 'missed') as [Shown, Shown, Shown, Shown];
      for (const other of [missed[0], missed[2]]) expect(other.low).toBeGreaterThan(missed[3].high);
      expect(stdout).toMatch(/Written to plates: .*rows\.zip, test\.zip, hard-labels\.debkd, plain-kd\.debkd/);
    },
    SLOW,
  );

  test('the printed commands of each student give the same numbers', () => {
    const places = { 'plates ': 3, 'plates/hard-labels.debkd': 1, 'plates/plain-kd.debkd': 2 };
    for (const [place, model] of Object.entries(places)) {
      const measured = debkd([...command(stdout, `evaluate --student ${place}`), '--json'], { cwd });
      const { metrics: found, groups } = JSON.parse(measured.stdout);
      const of = groups.find(({ group }: { group: string }) => group === 'shift=night');
      expect(found.logLoss.value.toFixed(4)).toBe(row(stdout, 'log-loss')[model]?.value.toFixed(4));
      expect(of.bias.falseNegativeRate.value.toFixed(4)).toBe(row(stdout, 'missed')[model]?.value.toFixed(4));
    }
    const { stdout: answers } = debkd(command(stdout, 'predict'), { cwd });
    const [header = '', ...rows] = answers.trimEnd().split('\n');
    const [p, truth] = ['probability', 'truth'].map((name) => header.split(',').indexOf(name)) as [number, number];
    const gaps = rows.map((line) => Math.abs(Number(line.split(',')[p]) - Number(line.split(',')[truth])));
    const distance = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(stdout).toMatch(new RegExp(`^distance .* ${distance.toFixed(4)}$`, 'm'));
  });

  test(
    'distill again gives the same numbers; another demo takes the folder, and leaves no archive of this one behind',
    () => {
      const earlier = JSON.parse(readFileSync(join(cwd, 'plates/result.json'), 'utf8'));
      const again = JSON.parse(debkd([...command(stdout, 'distill'), '--json'], { cwd }).stdout);
      expect([again.metrics, again.baselines]).toEqual([earlier.metrics, earlier.baselines]);
      expect(debkd(['demo', '--out', 'plates'], { cwd }).status).toBe(0);
      expect(readdirSync(join(cwd, 'plates')).filter((name) => name.endsWith('.zip'))).toEqual([]);
    },
    SLOW,
  );
});

test('wdbc: four models side by side, what de-biasing found, and that labels alone do as well', () => {
  const { status, stdout } = debkd(['demo', '--data', 'wdbc', '--out', 'real'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toMatch(/teacher +hard labels +plain KD +de-biased\nAUC/);
  expect(stdout).toMatch(/De-biasing found .*class 1 too likely on average.*moved \d+ of 200 targets/);
  expect(stdout).toMatch(/training on the labels does as well/);
  expect(stdout).toMatch(/Written to real: student\.debkd/);
});

test('other data: one clear error', () => {
  const { status, stdout, stderr } = debkd(['demo', '--data', 'lendings'], { cwd });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd()).toBe(
    'debkd: option --data: "lendings", expected one of lending, text, images, wdbc; did you mean lending?',
  );
});
