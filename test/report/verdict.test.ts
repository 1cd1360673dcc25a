// The verdict: every rule, with records that differ from each other in what the rule looks at.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GroupBias } from '../../src/metrics/group-bias.ts';
import type { Estimate } from '../../src/metrics/metric.ts';
import { withUnits } from '../../src/report/charts/units.ts';
import { changeOf, differenceOf, widening } from '../../src/report/difference.ts';
import { htmlReport } from '../../src/report/html.ts';
import { keyFigures } from '../../src/report/key-figures.ts';
import type { DistillRecord, Measured } from '../../src/report/result.ts';
import { percentText, sizeText } from '../../src/report/short-numbers.ts';
import { textReport } from '../../src/report/text.ts';
import { verdictOf } from '../../src/report/verdict.ts';
import { debkd, temporary, WDBC } from '../cli/run.ts';

const folder = temporary();
const out = join(folder, 'student');
const made = debkd(['distill', ...WDBC, '--out', out]);
const plain = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;

const around = (value: number, half = 0.005): Estimate => ({ value, low: value - half, high: value + half });
const measured = (logLoss: number, auc = 0.9): Measured => {
  const { test: known } = plain.metrics;
  if (!known) throw new Error('the run was measured');
  return { test: { ...known, logLoss: around(logLoss), auc: around(auc) } };
};
const bias = (group: string, missed: number, alarms: number, gap = 0): GroupBias => ({
  ...{ group, rows: 1000, positives: 300 },
  ...{ falseNegativeRate: around(missed), falsePositiveRate: around(alarms), calibrationGap: around(gap) },
});

interface Case {
  readonly student?: number;
  readonly teacher?: number;
  readonly hard?: number;
  readonly kd?: number;
  readonly auc?: number;
  readonly tested?: number;
  readonly labels?: number;
  readonly parameters?: number;
  readonly groups?: DistillRecord['groups'];
}

/** A record with these log-losses; those that are not given were not measured. */
function record({
  student = 0.3,
  teacher,
  hard,
  kd,
  auc = 0.9,
  tested = 1000,
  labels = 1000,
  parameters = 9000,
  groups = [],
}: Case): DistillRecord {
  const { differences: _, baselines: __, metricsWithTeacher: ___, label: ____, ...rest } = plain;
  const others = { hard, kd };
  const baselines = (['hard', 'kd'] as const).flatMap((method) => {
    const loss = others[method];
    return loss === undefined ? [] : [{ method, threshold: 0.5, metrics: measured(loss) }];
  });
  return {
    ...rest,
    metrics: measured(student, auc),
    teacher: { ...plain.teacher, metrics: teacher === undefined ? {} : measured(teacher) },
    ...(baselines.length > 0 && { baselines }),
    student: { ...plain.student, parameters, bytes: 19_456 },
    rows: { ...plain.rows, labelled: { train: labels, validation: 0, test: tested } },
    groups,
  };
}

test('the intervals of differences are those of Newcombe (1998), table II, 56/70 and 48/80', () => {
  // Wilson intervals of both shares by statsmodels.stats.proportion.proportion_confint
  const a = { value: 0.8, low: 0.6922, high: 0.8767 };
  const b = { value: 0.6, low: 0.4904, high: 0.7004 };
  const { value, low, high } = differenceOf(a, b);
  expect([value, low, high].map((x) => x.toFixed(3))).toEqual(['0.200', '0.053', '0.334']);
  expect(changeOf({ value, low, high }, false)).toBe('better');
  expect(changeOf({ value, low, high }, true)).toBe('worse');
  expect(changeOf({ value, low: -0.1, high }, true)).toBe('none');
  expect(changeOf({ value, low: null as never, high: null as never }, true)).toBeUndefined();
});

test('a student that is clearly better than its teacher and not worse than others ships', () => {
  const { level, advice, headline, next, reasons } = verdictOf(record({ teacher: 0.355, hard: 0.33, kd: 0.31 }));
  expect([level, advice, next]).toEqual(['ship', 'Ship this student.', undefined]);
  expect(headline).toBe('The student (19 KB) is better than its teacher: log-loss 0.300 instead of 0.355.');
  expect(reasons.slice(0, 3)).toEqual([
    'Against its teacher: log-loss 0.0550 lower (95 % interval 0.0479 to 0.0621).',
    'Against a student of the labels alone: log-loss 0.0300 lower (95 % interval 0.0229 to 0.0371).',
    'Against a student of plain KD: log-loss 0.0100 lower (95 % interval 0.0029 to 0.0171).',
  ]);
  expect(verdictOf(record({ teacher: 0.355 })).reasons.at(-1)).toMatch(/^Not compared with students of the labels/);
});

test('paired differences decide where the record has them', () => {
  const close = record({ teacher: 0.304 });
  expect(verdictOf(close).level).toBe('caution');
  const differences = { teacher: { logLoss: { value: -0.004, low: -0.005, high: -0.003 } } };
  expect(verdictOf({ ...close, differences }).level).toBe('ship');
  const worse = { teacher: { ...differences.teacher, auc: { value: -0.01, low: -0.02, high: -0.001 } } };
  expect(verdictOf({ ...close, differences: worse })).toMatchObject({
    level: 'caution',
    advice: expect.stringMatching(/^Its probabilities are no worse .* it ranks the rows worse/),
    next: 'Label more rows, and distil again.',
  });
});

test.each([
  [
    'no labelled test rows',
    { ...record({ teacher: 0.4 }), metrics: {} },
    'no',
    /nothing is known/,
    /Label some test rows/,
  ],
  [
    'no test rows',
    { ...record({ teacher: 0.4 }), metrics: {}, rows: { ...record({ teacher: 0.4 }).rows, test: 0 } },
    'no',
    /nothing is known/,
    /^Measure it on at least 100 labelled rows that it has not seen \(debkd evaluate\)/,
  ],
  ['few test rows', record({ teacher: 0.4, tested: 99 }), 'caution', /^Too few test rows.*only 99/, /at least 100/],
  [
    'hard labels win',
    record({ teacher: 0.4, hard: 0.28 }),
    'no',
    /labels alone is better/,
    /--debias none --infuse mix:1/,
  ],
  ['plain KD wins', record({ teacher: 0.4, kd: 0.29 }), 'no', /plain distillation is better/, /--debias none\.$/],
  [
    'the teacher wins, few labels',
    record({ teacher: 0.25, labels: 300 }),
    'no',
    /its teacher is better/,
    /from 300 labels/,
  ],
  [
    'the teacher wins, small',
    record({ teacher: 0.25, parameters: 100 }),
    'no',
    /its teacher is better/,
    /--student 64/,
  ],
  ['the teacher wins', record({ teacher: 0.25 }), 'no', /its teacher is better/, /^Keep the teacher/],
  [
    'a little worse',
    record({ teacher: 0.29 }),
    'caution',
    /^It is a little worse .* 0\.0100 of log-loss/,
    /^Label more rows/,
  ],
  [
    'no clear difference',
    record({ teacher: 0.301 }),
    'caution',
    /^No clear difference from its teacher/,
    /more labelled test rows/,
  ],
  ['nothing to compare', record({}), 'caution', /nothing was measured to compare/, /--baselines/],
  ['ranks worse', record({ teacher: 0.4, auc: 0.88 }), 'caution', /ranks the rows worse/, /Label more rows/],
] as const)('%s', (_, result, level, advice, next) => {
  const verdict = verdictOf(result);
  expect(verdict.level).toBe(level);
  expect(verdict.advice).toMatch(advice);
  expect(verdict.next).toMatch(next);
});

test('a handful of different test rows is no verdict', () => {
  const made = record({ teacher: 0.4 });
  const few = { ...made, rows: { ...made.rows, different: 4 } };
  expect(verdictOf(few)).toMatchObject({ level: 'caution', next: expect.stringContaining('--split-by group:COLUMN') });
  expect(verdictOf(few).advice).toBe(`No verdict: only 4 of the ${made.rows.test} test rows differ.`);
});

test('a loss is in the headline, that to hard labels first', () => {
  const { headline } = verdictOf(record({ teacher: 0.25, hard: 0.28, kd: 0.27 }));
  expect(headline).toBe(
    'The student (19 KB) is worse than a student of the labels alone: log-loss 0.300 instead of 0.280.',
  );
  expect(verdictOf(record({ teacher: 0.4, tested: 50 })).headline).toMatch(
    /^No clear difference between the student \(19 KB\) and its teacher: /,
  );
  expect(verdictOf(record({})).headline).toBe('The student (19 KB) has a log-loss of 0.300.');
});

test('the group that gains most is in the headline; one that loses is a caution; a moved threshold is neither', async () => {
  const female = { teacher: bias('sex=F', 0.94, 0.01, -0.2), student: bias('sex=F', 0.4, 0.04) };
  const traded = { teacher: bias('sex=M', 0.23, 0.2), student: bias('sex=M', 0.27, 0.16) };
  const better = verdictOf(record({ teacher: 0.4, groups: [traded, female] }));
  expect(better.headline).toContain(
    '. In sex=F it misses 40 % of class 1 instead of 94 %, but takes 4 % of class 0 for class 1 instead of 1 %.',
  );
  expect(better.level).toBe('ship');
  expect(better.next).toMatch(
    /^In sex=F one kind of error falls and the other rises: .* --threshold-by cost:FP=1,FN=5\)\.$/,
  );
  expect(better.reasons.slice(-2)).toEqual([
    'sex=F: missed positives 40 % instead of 94 %, false alarms 4 % instead of 1 %, a trade-off; mean probability minus share 0 % instead of −20 % (better).',
    'sex=M: missed positives 27 % instead of 23 %, false alarms 16 % instead of 20 %, a trade-off; mean probability minus share 0 % instead of 0 %.',
  ]);
  const miscalibrated = { teacher: bias('sex=F', 0.4, 0.1), student: bias('sex=F', 0.1, 0.5, 0.2) };
  // the classes of the table, where they are known and short
  const names = { name: 'granted', positive: 'yes', negative: 'no' };
  expect(verdictOf(record({ teacher: 0.4, groups: [traded, female] }), names).headline).toContain(
    'it misses 40 % of granted =\u00a0yes instead of 94 %, but takes 4 % of granted =\u00a0no for granted =\u00a0yes',
  );
  // those of the record, in the terminal without no-break spaces
  const known = { ...record({ teacher: 0.4, groups: [traded, female] }), label: names };
  expect(verdictOf(known)).toEqual(verdictOf(record({ teacher: 0.4, groups: [traded, female] }), names));
  expect(textReport(known, undefined)).toContain('it misses 40 % of granted = yes instead of 94 %');
  expect(await htmlReport(known)).toContain('Share of granted =\u00a0yes that a model takes for granted =\u00a0no');
  const long = { ...names, name: 'a label of very many words that fill the line' };
  expect(verdictOf(record({ teacher: 0.4, groups: [traded, female] }), long)).toEqual(better);
  expect(verdictOf(record({ teacher: 0.4, groups: [miscalibrated] })).advice).toMatch(/^Look at sex=F first/);
  const closer = { teacher: bias('self-employed', 0.4, 0.11, -0.49), student: bias('self-employed', 0.08, 0.54, 0.02) };
  expect(verdictOf(record({ teacher: 0.4, groups: [closer] })).level).toBe('ship');
  expect(verdictOf(record({ teacher: 0.4, groups: [closer] })).headline).toContain(
    'it misses 8 % of class 1 instead of 40 %, but takes 54 % of class 0 for class 1 instead of 11 %',
  );
  const worse = { teacher: bias('age', 0.2, 0.1), student: bias('age', 0.2, 0.3) };
  expect(verdictOf(record({ teacher: 0.4, groups: [female, worse] }))).toMatchObject({
    level: 'caution',
    advice: 'Look at age first: on its 1000 test rows the student is worse than its teacher.',
    next: 'Label more rows of age, and distil again.',
  });
  const sure = { teacher: bias('sure', 0.2, 0.1, -0.03), student: bias('sure', 0.2, 0.1, 0.3) };
  expect(verdictOf(record({ teacher: 0.4, groups: [female, sure] })).advice).toMatch(/^Look at sure first/);
  expect(verdictOf(record({ teacher: 0.4, groups: [sure] })).reasons.at(-1)).toMatch(
    /^sure: missed positives .*, mean probability minus share 30 % instead of −3 % \(worse\)\.$/,
  );
  // those that are worse are all named
  const losing = Array.from({ length: 6 }, () => worse);
  expect(verdictOf(record({ teacher: 0.4, groups: losing })).reasons.filter((text) => /worse/.test(text))).toHaveLength(
    6,
  );
  const many = Array.from({ length: 7 }, () => traded);
  expect(verdictOf(record({ teacher: 0.4, groups: many })).reasons.at(-1)).toBe('3 more groups are below.');
});

test('the key figures have directions, changes and sizes, and leave out what was not measured', () => {
  const figures = keyFigures({
    ...record({ teacher: 0.4, auc: 0.95 }),
    teacher: { ...plain.teacher, metrics: measured(0.4), bytes: 921_600 },
  });
  expect(figures.map(({ name, value, teacher, change }) => [name, value, teacher, change])).toEqual([
    ['AUC', '0.950', '0.900', 'better'],
    ['Log-loss', '0.300', '0.400', 'better'],
    ['Calibration error', expect.any(String), expect.any(String), 'no clear difference'],
    ['Size', '19 KB', '900 KB', 'better'],
  ]);
  const sizeChange = (bytes: number) =>
    keyFigures({ ...record({}), teacher: { ...plain.teacher, bytes } }).at(-1)?.change;
  // the student has 19,456 bytes
  expect([15_000, 15_700, 24_300, 24_400].map(sizeChange)).toEqual([
    ...['worse', 'about the same', 'about the same', 'better'],
  ]);
  expect(figures.map(({ better }) => better?.split(' ')[0])).toEqual(['higher', 'lower', 'lower', 'smaller']);
  // given soft labels have no file
  const alone = {
    ...record({ teacher: 0.4 }),
    teacher: { ...plain.teacher, metrics: measured(0.4), bytes: undefined },
  };
  expect(keyFigures(alone as never).at(-1)).toEqual({ name: 'Size', value: '19 KB' });
  const { bytes: _, ...unsized } = record({}).student;
  expect(keyFigures({ ...record({}), student: unsized, metrics: {} })).toEqual([]);
});

test('the text and the page begin with the verdict, and the summary of de-biasing is said once', async () => {
  expect(made.status, made.stderr).toBe(0);
  const { advice, headline } = verdictOf(plain);
  expect(made.stdout.startsWith(`${advice} ${headline}\n`)).toBe(true);
  expect(textReport(record({ teacher: 0.25 }), undefined).split('\n')[1]).toMatch(/^Next: Keep the teacher/);
  const page = await htmlReport(plain);
  expect(page.indexOf(withUnits(headline))).toBeGreaterThan(0);
  expect(page.indexOf(withUnits(headline))).toBeLessThan(page.indexOf('<figure'));
  expect(page.split(plain.summary.slice(0, 40)).length).toBe(2);
});

test('the record has the sizes, the name of the teacher and paired differences', () => {
  expect(plain.teacher.name).toBe('teacher.onnx');
  expect(plain.student.bytes).toBe(readFileSync(join(out, 'student.debkd')).length);
  const { logLoss, auc } = plain.differences?.teacher ?? {};
  const [before, after] = [plain.teacher.metrics.test, plain.metrics.test];
  expect(logLoss?.value).toBeCloseTo((after?.logLoss.value ?? 0) - (before?.logLoss.value ?? 0), 9);
  expect(auc?.value).toBeCloseTo((after?.auc.value ?? 0) - (before?.auc.value ?? 0), 9);
});

test('intervals for several comparisons are those of Bonferroni', () => {
  // scipy.stats.norm.ppf(1 - .025 / m) / norm.ppf(.975)
  for (const [m, ratio] of [
    [1, 1],
    [2, 1.1436],
    [10, 1.4322],
    [24, 1.5705],
  ] as const)
    expect(Math.abs(widening(m) - ratio)).toBeLessThan(4e-4);
  const difference = { value: 0.2, low: 0.04, high: 0.36 };
  expect(changeOf(difference, true)).toBe('worse');
  expect(changeOf(difference, true, 10)).toBe('none');
});

test('short numbers', () => {
  expect([840, 6717, 19_456, 921_075, 1_258_291].map(sizeText)).toEqual([
    '840 B',
    '6.6 KB',
    '19 KB',
    '899 KB',
    '1.2 MB',
  ]);
  expect([0.94, 0.042, 0.04, 0.002, -0.064, -0.0001, 0].map(percentText)).toEqual([
    '94 %',
    '4.2 %',
    '4 %',
    '0.2 %',
    '−6.4 %',
    '0 %',
    '0 %',
  ]);
});

test('a number and its unit stay on one line', () => {
  expect(withUnits('from 43 % to 7.4 %; 19 KB, 840 B and 5 Boxes')).toBe(
    'from 43\u00a0% to 7.4\u00a0%; 19\u00a0KB, 840\u00a0B and 5 Boxes',
  );
});

test('in the report the headline and captions keep units on the line', async () => {
  const html = await htmlReport(record({ teacher: 0.4, groups: [] }));
  expect(html).toMatch(/<p class="headline">[^<]*\u00a0KB\) is [^<]*<\/p>/);
  for (const [caption] of html.matchAll(/<figcaption>[^<]*<\/figcaption>/g)) expect(caption).not.toMatch(/\d %/);
});
