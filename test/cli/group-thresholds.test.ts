// Thresholds of groups on the command line: the choice, the report, the answers, and what is refused.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseResult } from '../../src/index.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { drawWorld } from '../simulator.ts';
import { debkd, temporary } from './run.ts';

const folder = temporary();
const { dataset, truth } = drawWorld(4000, 7);
const x = dataset.features.data;
const csv = join(folder, 'rows.csv');
const values = new Float32Array(x.buffer, x.byteOffset, 3 * dataset.rows);
/** Of 40 rows, 1 has no value and 1 a rare one; rows of m have lower log-odds by the student, not by the labels. */
const sexOf = (i: number): string => (i % 40 === 0 ? '' : i % 40 === 1 ? 'other' : i % 2 === 0 ? 'f' : 'm');
const rows = Array.from(truth, (v, i) => ({
  numbers: [...values.subarray(3 * i, 3 * i + 3)].join(','),
  sex: sexOf(i),
  p: sigmoid(1.5 * v - (sexOf(i) === 'm' ? 2 : 0)),
  label: dataset.labels[i],
}));
writeFileSync(
  csv,
  `a,b,c,sex,p,label\n${rows.map(({ numbers, sex, p, label }) => `${numbers},${sex},${p},${label}`).join('\n')}\n`,
);
const run = ['--soft-labels', 'p', '--data', csv, '--student', '4', '--epochs', '15', '--infuse', 'mix:0'];
const distill = (out: string, ...args: readonly string[]) => {
  const path = join(folder, out);
  const done = debkd(['distill', ...run, '--debias', 'none', '--select', 'labels', '--out', path, ...args]);
  const result = join(path, 'result.json');
  return {
    ...done,
    path,
    result: existsSync(result)
      ? (parseResult(JSON.parse(readFileSync(result, 'utf8')), 'result.json') as DistillRecord)
      : undefined,
  };
};
const fair = distill(
  'fair',
  '--threshold-per',
  'sex',
  '--groups',
  'sex',
  '--exclude',
  'sex',
  '--threshold-by',
  'youden',
);

test('each group has a threshold of its own, in the record, the file and the report', () => {
  const { result, stdout, status, stderr, path } = fair;
  expect(status, stderr).toBe(0);
  const record = result?.groupThresholds;
  expect(record).toMatchObject({ column: 'sex', for: 'equal-opportunity' });
  expect(record?.groups.map(({ group, own }) => [group, own])).toEqual([
    ['sex=', false],
    ['sex=f', true],
    ['sex=m', true],
    ['sex=other', false],
  ]);
  const common = result?.student.threshold;
  for (const { own, threshold } of record?.groups ?? []) expect(threshold === common).toBe(!own);
  expect(result?.student.groupThresholds?.thresholds.map(([value]) => value)).toEqual(['f', 'm']);
  const measured = record?.test;
  expect(measured?.groups.map(({ group }) => group)).toEqual(['sex=', 'sex=f', 'sex=m', 'sex=other']);
  // metrics and bias are those of the student's own labels
  expect(result?.metrics.test?.accuracy.value).toBeCloseTo(measured?.accuracy.after.value as number, 12);
  const biasOfM = result?.groups.find(({ student }) => student.group === 'sex=m')?.student;
  const ofM = measured?.groups.find(({ group }) => group === 'sex=m');
  expect(1 - (biasOfM?.falseNegativeRate.value as number)).toBeCloseTo(ofM?.truePositiveRate.after.value as number, 12);
  expect(stdout).toContain('thresholds by sex (equal-opportunity): each group has the threshold');
  expect(stdout).toContain('cost in accuracy: ');
  expect(stdout).toContain('unlawful in some places');
  expect(stderr).toMatch(
    /thresholds by "sex": sex=other has the common threshold, because \d+ labelled validation rows/,
  );
  expect(stderr).toMatch(/thresholds by "sex": the \d+ labelled validation rows without a value have the common/);
  const html = readFileSync(join(path, 'report.html'), 'utf8');
  expect(html).toContain('<h2>Thresholds of groups</h2>');
  expect(html).toContain('unlawful in some places');
  expect(readFileSync(join(path, 'student.debkd'), 'latin1')).toContain('"thresholdPer":{"column":"sex"');
});

const thresholdFor = (sex: string): number => {
  const { student } = fair.result as DistillRecord;
  return new Map(student.groupThresholds?.thresholds ?? []).get(sex) ?? student.threshold;
};

test('predict answers by the group of the row, and needs the column', () => {
  const { stdout } = debkd(['predict', '--student', fair.path, '--data', csv]);
  const lines = stdout.trimEnd().split('\n').slice(1);
  expect(lines).toHaveLength(rows.length);
  let differ = 0;
  lines.forEach((line, i) => {
    const [p = NaN, label] = line.split(',').map(Number);
    expect(label).toBe(p >= thresholdFor(rows[i]?.sex as string) ? 1 : 0);
    if (label !== (p >= (fair.result?.student.threshold as number) ? 1 : 0)) differ++;
  });
  expect(differ).toBeGreaterThan(20);
  const bare = join(folder, 'bare.csv');
  writeFileSync(bare, 'a,b,c\n0.1,0.2,0.3\n');
  const refused = debkd(['predict', '--student', fair.path, '--data', bare]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('no column "sex", which chooses the threshold');
  expect(refused.stdout).toBe('');
  // another threshold is for all rows
  const one = debkd(['predict', '--student', fair.path, '--data', bare, '--threshold', '0.4']);
  expect(one.status).toBe(0);
  expect(one.stderr).toContain('the thresholds of groups are left out');
});

test('evaluate and monitor measure with the stored thresholds', () => {
  const { stdout } = debkd(['evaluate', '--student', fair.path, '--data', csv, '--groups', 'sex', '--json']);
  const found = JSON.parse(stdout);
  expect(found.groupThresholds.column).toBe('sex');
  expect(found.metrics.accuracy.value).toBeCloseTo(found.groupThresholds.accuracy.after.value, 12);
  expect(found.metrics.accuracy.value).not.toBe(found.groupThresholds.accuracy.before.value);
  const predicted = debkd(['predict', '--student', fair.path, '--data', csv]).stdout.trimEnd().split('\n').slice(1);
  const called = predicted.map((line) => Number(line.split(',')[1]));
  const right = called.filter((label, i) => label === rows[i]?.label).length;
  expect(found.metrics.accuracy.value).toBeCloseTo(right / rows.length, 12);
  const text = debkd(['evaluate', '--student', fair.path, '--data', csv]).stdout;
  expect(text).toContain('common threshold ');
  expect(text).toContain('thresholds by sex');
  const monitored = JSON.parse(debkd(['monitor', '--student', fair.path, '--data', csv, '--json']).stdout);
  expect(monitored.positives).toBeCloseTo(called.filter((label) => label === 1).length / rows.length, 12);
  expect(
    monitored.labels.metrics.find(({ metric }: { metric: string }) => metric === 'accuracy').now.value,
  ).toBeCloseTo(right / rows.length, 12);
});

test('equalised odds brings false positive rates together as well', () => {
  const odds = distill(
    'odds',
    '--threshold-per',
    'sex',
    '--threshold-for',
    'equalised-odds',
    '--threshold-by',
    'youden',
  );
  expect(odds.stdout).toContain('equal ones would need answers by chance');
  const of = ({ result }: typeof odds) => {
    const measured = result?.groupThresholds?.test;
    return [measured?.falsePositiveGap, measured?.truePositiveGap].map((gap) => gap as NonNullable<typeof gap>);
  };
  const [fpr, tpr] = of(odds) as [ReturnType<typeof of>[0], ReturnType<typeof of>[0]];
  expect(fpr?.after.value).toBeLessThan(fpr?.before.value as number);
  expect(tpr?.after.value).toBeLessThan(tpr?.before.value as number);
});

test('a student that goes on from one with thresholds of groups has some, too', () => {
  const next = join(folder, 'next');
  const { status, stderr } = debkd(['distill', '--from', fair.path, '--data', csv, '--out', next]);
  expect(status, stderr).toBe(0);
  expect(stderr).toContain('thresholds by column "sex" are chosen again');
  const result = JSON.parse(readFileSync(join(next, 'result.json'), 'utf8'));
  expect(result.groupThresholds).toMatchObject({ column: 'sex', for: 'equal-opportunity' });
});

test('export checks records with the column', () => {
  const out = join(folder, 'deploy');
  const { status, stderr } = debkd(['export', '--student', fair.path, '--data', csv, '--to', 'js,onnx', '--out', out]);
  expect(status, stderr).toBe(0);
  expect(stderr).toContain('onnx: there is no label, because the threshold depends on column "sex"');
});

test.each([
  [['--threshold-per', 'sex', '--defer', '0.1'], 'both --threshold-per and a deferral band are asked for'],
  [['--threshold-per', 'sex', '--defer-rate', '0.1'], 'both --threshold-per and a deferral band are asked for'],
  [['--threshold-for', 'equalised-odds'], '--threshold-for is given without --threshold-per'],
  [['--threshold-per', 'Sex'], 'did you mean "sex"?'],
  [['--threshold-per', 'a'], 'choose a column with at most 20 values'],
  [['--threshold-per', 'sex', '--threshold-for', 'odds'], 'equalised-odds'],
] as const)('%s is refused, and nothing is written', (args, message) => {
  const { status, stderr, path } = distill('refused', ...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(existsSync(path)).toBe(false);
});
