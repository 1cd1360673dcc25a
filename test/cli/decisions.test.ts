// How a student decides on the command line: rules of the threshold, deferral, the table of thresholds.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sigmoid } from '../../src/kernels/elementary.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { drawWorld } from '../simulator.ts';
import { debkd, temporary } from './run.ts';

const folder = temporary();
const { dataset, truth } = drawWorld(4000, 7);
const x = dataset.features.data;
const csv = join(folder, 'rows.csv');
const values = new Float32Array(x.buffer, x.byteOffset, 3 * dataset.rows);
writeFileSync(
  csv,
  `a,b,c,p,label\n${Array.from(truth, (v, i) => [...values.subarray(3 * i, 3 * i + 3), sigmoid(1.5 * v), dataset.labels[i]].join(',')).join('\n')}\n`,
);
const distill = (out: string, ...args: readonly string[]) => {
  const path = join(folder, out);
  const run = debkd([
    ...['distill', '--soft-labels', 'p', '--data', csv, '--student', '4', '--epochs', '15', '--infuse', 'mix:0.3'],
    ...['--debias', 'platt', '--out', path, ...args],
  ]);
  const result = join(path, 'result.json');
  return {
    ...run,
    path,
    result: existsSync(result) ? (JSON.parse(readFileSync(result, 'utf8')) as DistillRecord) : undefined,
  };
};

test('a rule chooses the threshold, in words, in the record and in the file', () => {
  const plain = distill('plain');
  const { result, stdout, path } = distill('recall', '--threshold-by', 'recall>=0.95');
  const choice = result?.student.thresholdChoice;
  expect(choice).toMatchObject({ rule: 'recall>=0.95' });
  expect(choice?.value.value).toBeGreaterThanOrEqual(0.95);
  expect(choice?.threshold.low).toBeLessThan(choice?.threshold.high as number);
  // the teacher's by the same rule
  expect(result?.teacher.threshold).not.toBe(0.5);
  expect(result?.teacher.metrics.test?.recall.value).toBeGreaterThan(0.92);
  // what it promises on the test rows
  expect(choice?.test?.value).toBeCloseTo(result?.metrics.test?.recall.value as number, 10);
  expect(choice?.test?.value).toBeGreaterThan(0.92);
  expect(stdout).toContain('best precision with a recall of at least 0.95: recall 0.95');
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toContain('best precision with a recall of at least 0.95');
  expect(readFileSync(join(path, 'student.debkd'), 'latin1')).toContain('"threshold":"recall>=0.95"');
  // the default is the best F1, and its file does not change
  expect(plain.result?.student.thresholdChoice?.rule).toBe('f1');
  expect(plain.stdout).not.toContain('best F1');
  expect(distill('f1', '--threshold-by', 'f1').result?.student.sha256).toBe(plain.result?.student.sha256);
});

test('a precision out of reach is refused with the best one, and nothing is written', () => {
  const { status, stderr, path } = distill('precise', '--threshold-by', 'precision>=0.999');
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /threshold by precision>=0\.999: the best precision on the validation rows is 0\.\d{4} with at least 10 rows/,
  );
  expect([path, `${path}.checkpoint`].filter(existsSync)).toEqual([]);
});

test('a deferral band: the promise, what it gives, and the answers', () => {
  const { result, stdout, path } = distill('deferring', '--defer', '0.15');
  expect(result?.deferral).toMatchObject({ target: 0.15, confidence: 0.95 });
  const found = result?.deferral?.test;
  expect(found?.answeredErrors.value).toBeLessThan(0.15);
  expect(found?.student.value).toBeGreaterThan(found?.answeredErrors.value as number);
  expect(stdout).toContain('promise: at most 15 % of the rows that it answers are wrong, with 95 % confidence');
  expect(stdout).toContain('error rate if the teacher answers what the student defers');
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toContain('When the student defers');
  // half of the validation labels are kept apart
  const held = result?.deferral?.rows as number;
  expect(held / ((result?.rows.labelled.validation as number) + held)).toBeCloseTo(0.5, 1);

  const predicted = debkd(['predict', '--student', path, '--data', csv]).stdout.trimEnd().split('\n');
  expect(predicted[0]).toBe('probability,label,defer');
  const band = result?.student.defer as { from: number; to: number };
  for (const line of predicted.slice(1)) {
    const [p = NaN, , defer] = line.split(',').map(Number);
    expect(defer).toBe(p > band.from && p < band.to ? 1 : 0);
  }
  const ndjson = join(folder, 'one.ndjson');
  writeFileSync(ndjson, '{"a":0,"b":0,"c":0}\n');
  expect(JSON.parse(debkd(['predict', '--student', path, '--data', ndjson]).stdout)).toMatchObject({
    defer: expect.any(Boolean),
  });

  const evaluated = debkd(['evaluate', '--student', path, '--data', csv, '--split', 'hash', '--drop', 'p']);
  expect(evaluated.stdout).toContain('promise: at most 15 % of the rows');
  expect(evaluated.stdout).toContain(`error rate on them: ${found?.answeredErrors.value.toFixed(4)}`);
  const other = debkd(['evaluate', '--student', path, '--data', csv, '--threshold', '0.9', '--drop', 'p']);
  expect(other.stderr).toContain('the deferral band is left out: it was chosen for another threshold');
  expect(other.stdout).not.toContain('deferral');
});

test('a share of rows, and classes apart', () => {
  const share = distill('share', '--defer-rate', '0.2');
  expect(share.stdout).toMatch(/ {2}chosen to defer at most 20 % of the \d+ held-out validation rows\n/);
  expect(share.stdout).not.toMatch(/promise/i);
  expect(share.result?.deferral?.deferred).toBeLessThanOrEqual(0.2);
  const apart = distill('apart', '--defer', '0.3', '--defer-by', 'class');
  expect(apart.stdout).toContain('of the rows of each class that it answers are wrong');
  expect(Math.max(...(apart.result?.deferral?.test?.classErrors ?? []).map(({ value }) => value))).toBeLessThan(0.3);
});

test('refuses what cannot be shown, and options that do not fit', () => {
  const impossible = distill('impossible', '--defer', '0.001');
  expect(impossible.status).toBe(2);
  expect(impossible.stderr).toMatch(
    /deferral with an error rate of at most 0\.001: \d+ held-out labelled rows, expected at least \d+/,
  );
  // before anything was trained
  expect(impossible.stderr).not.toContain('distilling');
  const tight = distill('tight', '--defer', '0.013');
  expect(tight.stderr).toMatch(/^debkd: deferral with an error rate of at most 0\.013: of the \d+ held-out rows/m);
  const refused = [impossible, tight].map(({ path }) => path);
  expect(refused.flatMap((path) => [path, `${path}.checkpoint`]).filter(existsSync)).toEqual([]);
  const both = distill('both', '--defer', '0.1', '--defer-rate', '0.1');
  expect(both.stderr).toContain('both --defer and --defer-rate are given');
  expect(distill('alone', '--defer-by', 'class').stderr).toContain('--defer-by is given without --defer');
  expect(distill('words', '--threshold-by', 'precision').stderr).toContain("put quotes around 'precision>=0.9'");
});

test('thresholds by a column that is not there', () => {
  const { status, stderr, path } = distill('lacking', '--threshold-per', 'sex');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^debkd: thresholds of groups: no column "sex", expected one of "a", "b", "c", "p"/m);
  expect([path, `${path}.checkpoint`].filter(existsSync)).toEqual([]);
});

test('evaluate: the table of thresholds and the one of a rule', () => {
  const { path } = distill('swept');
  const rule = ['--threshold-by', 'cost:FP=1,FN=4'];
  const { stdout } = debkd(['evaluate', '--student', path, '--data', csv, '--drop', 'p', ...rule]);
  expect(stdout).toMatch(
    /lowest cost, 1 for a false positive and 4 for a false negative on these rows: threshold 0\.\d+ \(/,
  );
  const table = stdout.split('\n').filter((line) => /^ {5}0\.\d{4} /.test(line));
  expect(table.length).toBeGreaterThanOrEqual(19);
  expect(table.filter((line) => line.endsWith("the student's"))).toHaveLength(1);
  const json = JSON.parse(
    debkd(['evaluate', '--student', path, '--data', csv, '--drop', 'p', ...rule, '--json']).stdout,
  );
  const costs = json.sweep.map(({ cost }: { cost: number }) => cost);
  expect(json.chosen.value.value).toBeLessThanOrEqual(Math.min(...costs));
  expect(debkd(['evaluate', '--student', path, '--data', csv, '--drop', 'p', '--sweep']).stdout).not.toContain('cost');
});
