// The comparison of new rows with the reference: what is planted is found, and nothing else.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { sha256 } from '../../src/io/sha256.ts';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { METRICS } from '../../src/metrics/metric.ts';
import { monitor } from '../../src/monitor/monitor.ts';
import { monitorPage } from '../../src/monitor/page.ts';
import { comparePromise } from '../../src/monitor/promise.ts';
import { textMonitoring } from '../../src/monitor/text.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { temporary } from '../cli/run.ts';
import { referenceOf, rowsOf, tableOf } from './rows.ts';

const { student, statistics } = referenceOf(await tableOf({ rows: 4000, seed: 1, missing: 0.02 }));
const compare = async (draw: Omit<Parameters<typeof tableOf>[0], 'missing'> & { missing?: number }) =>
  monitor(student, unlabelled(await tableOf({ missing: 0.02, ...draw })), { reference: statistics });
const unlabelled = (table: Table): Table => ({ ...table, labels: new Int8Array(table.rows).fill(-1) });

test('a shift of one column is found, and that of the margins which follows from it', async () => {
  const found = await compare({ rows: 1500, seed: 2, shift: 0.6 });
  expect(found.columns.filter(({ shifted }) => shifted).map(({ column }) => column)).toEqual(['age']);
  const [age] = found.columns;
  expect(age?.psi).toBeGreaterThan(0.25);
  expect(age?.reading).toBe('large shift');
  expect(age?.adjusted).toBeLessThan(1e-10);
  expect(found.margins.shifted).toBe(true);
  expect(found.verdict).toMatch(/^1 of 4 columns has shifted: age \(PSI \.\d\d\)\. The student's margins have shifted/);
});

test('missing and unknown values are found', async () => {
  const found = await compare({ rows: 1500, seed: 3, missing: 0.3, astronauts: 0.2 });
  const [, income, , job] = found.columns;
  expect(income?.shifted).toBe(true);
  expect(income?.missing.now).toBeCloseTo(0.3, 1);
  expect(income?.missing.reference).toBeCloseTo(0.02, 1);
  expect(job?.unknown?.reference).toBe(0);
  expect(job?.unknown?.now).toBeCloseTo(0.2, 1);
  expect(job?.bins.at(-1)).toMatchObject({ bin: 'other', reference: 0 });
  expect(found.verdict).toContain('Values that the student does not know: job (');
  expect(found.verdict).toContain('More missing values: income (');
  expect(found.columns.filter(({ shifted }) => shifted).map(({ column }) => column)).toEqual(['income', 'job']);
});

test('without a shift, at most 5 of 100 draws raise a false alarm', async () => {
  let alarms = 0;
  for (let seed = 100; seed < 200; seed++) {
    const { columns, margins, verdict } = await compare({ rows: 400, seed });
    const isAlarm = margins.shifted || columns.some(({ shifted }) => shifted);
    expect(verdict.startsWith('No shift seen in 4 columns and the margins.')).toBe(!isAlarm);
    if (isAlarm) alarms++;
  }
  expect(alarms).toBeLessThanOrEqual(5);
});

test('without a shift, a corrected p-value is below .05 in about 5 of 100 draws', async () => {
  let low = 0;
  for (let seed = 300; seed < 500; seed++) {
    const { columns, margins } = await compare({ rows: 200, seed });
    if ([...columns, margins].some(({ adjusted }) => adjusted < 0.05)) low++;
  }
  // 10 are expected; a test that never rejects would be as wrong
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThanOrEqual(20);
});

test('a table in a file is compared chunk by chunk, with the same result', async () => {
  const csv = rowsOf({ rows: 20000, seed: 4, shift: 0.1, missing: 0.05 });
  const path = join(temporary(), 'new.csv');
  writeFileSync(path, csv);
  using stored = await storeTable(path, { target: 'label' });
  expect(stored.chunks).toBe(2);
  const table = await tableOf({ rows: 20000, seed: 4, shift: 0.1, missing: 0.05 });
  expect(await monitor(student, stored, { reference: statistics })).toEqual(
    await monitor(student, table, { reference: statistics }),
  );
});

test('labels: metrics are compared with those promised', async () => {
  const table = await tableOf({ rows: 1500, seed: 6 });
  const good = Object.fromEntries(METRICS.map((name) => [name, { value: 0.99, low: 0.985, high: 0.995 }]));
  const promised = { metrics: { test: good } } as never;
  const { labels, verdict } = await monitor(student, table, { reference: statistics, promised });
  expect(labels?.rows).toBe(1500);
  const { metrics } = await evaluate(student.predictProba(encode(table, student.preprocessing)), table.labels, {
    threshold: student.threshold,
  });
  const auc = labels?.metrics.find(({ metric }) => metric === 'auc');
  expect(auc?.now.value).toBeCloseTo(metrics.auc.value, 12);
  expect(auc?.verdict).toBe('worse');
  // a log-loss below .99 is better
  expect(labels?.metrics.find(({ metric }) => metric === 'brier')?.verdict).toBe('better');
  expect(verdict).toContain('Worse than promised: AUC');
  const same = await monitor(student, table, { reference: statistics, promised: { metrics: { test: metrics } } });
  expect(same.verdict).toContain('The metrics are as promised.');
  const none = await monitor(student, table, { reference: statistics });
  expect(none.labels?.metrics.every((one) => one.verdict === 'not compared')).toBe(true);
});

test('a metric that is not defined is not compared', () => {
  const undefinedOnes = Object.fromEntries(METRICS.map((name) => [name, { value: NaN, low: NaN, high: NaN }]));
  const found = comparePromise({ metrics: undefinedOnes } as never, { metrics: { test: undefinedOnes } } as never);
  expect(found.every(({ verdict }) => verdict === 'not compared')).toBe(true);
});

test('a student with a band has the share deferred, others have no such field', async () => {
  const table = await tableOf({ rows: 200, seed: 7 });
  expect(await monitor(student, table, { reference: statistics })).not.toHaveProperty('deferred');
  const deferring = student.with({ defer: { from: 0, to: 1 } });
  const own = { ...statistics, student: sha256(encodeStudent(deferring)) };
  const { deferred } = await monitor(deferring, table, { reference: own });
  expect(deferred).toEqual({ rows: 200, share: 1 });
});

/** A student that defers in a band, with a promise, and its statistics. */
const promising = (promise: { readonly target: number; readonly by?: 'class' }, defer = { from: 0.4, to: 0.6 }) => {
  const deferring = student.with({ defer, provenance: { deferral: promise } });
  return { deferring, reference: { ...statistics, student: sha256(encodeStudent(deferring)) } };
};

test('with labels, a broken promise of the deferral band is named in verdict, text and page', async () => {
  const table = await tableOf({ rows: 600, seed: 11 });
  const { deferring, reference } = promising({ target: 0.05 });
  const p = deferring.predictProba(encode(table, student.preprocessing));
  const answered = [...p.keys()].filter((row) => !((p[row] as number) > 0.4 && (p[row] as number) < 0.6));
  const wrong = answered.filter((row) => (p[row] as number) >= 0.5 !== (table.labels[row] === 1)).length;
  const found = await monitor(deferring, table, { reference });
  const promise = found.deferred?.promise;
  expect(promise).toMatchObject({ target: 0.05, answered: [{ rows: answered.length }], broken: true });
  expect(promise?.answered[0]?.errors.value).toBeCloseTo(wrong / answered.length, 12);
  const rate = `${((100 * wrong) / answered.length).toFixed(1)} %`;
  expect(found.verdict).toContain(
    `The promise of the deferral band is broken: ${rate} of the rows that the student answers are wrong, not at most 5.0 %.`,
  );
  const line = `rong among the rows that the student answers: ${rate} (`;
  expect(textMonitoring(found, undefined)).toContain(`w${line}`);
  expect(textMonitoring(found, undefined)).toContain('promised: at most 5.0 %, broken');
  expect(await monitorPage(found)).toContain(`W${line}`);

  // the error rate is above this target, and its interval reaches below
  const near = promising({ target: (wrong - 1) / answered.length });
  const kept = await monitor(near.deferring, table, { reference: near.reference });
  expect(kept.deferred?.promise?.broken).toBe(false);
  expect(kept.verdict).not.toContain('deferral');
  expect(textMonitoring(kept, undefined)).toContain('above it, perhaps by chance');
  const bare = await monitor(deferring, unlabelled(table), { reference });
  expect(bare.deferred).not.toHaveProperty('promise');
});

test('a promise by class is broken by one class, and weights count', async () => {
  const table = await tableOf({ rows: 600, seed: 12 });
  const p = student.predictProba(encode(table, student.preprocessing));
  const rateOf = (label: number): number => {
    const rows = [...p.keys()].filter((row) => table.labels[row] === label);
    return rows.filter((row) => (p[row] as number) >= 0.5 !== (label === 1)).length / rows.length;
  };
  const rates = [rateOf(0), rateOf(1)] as const;
  const worse = rates[0] > rates[1] ? 0 : 1;
  const { deferring, reference } = promising(
    { target: (rates[0] + rates[1]) / 2, by: 'class' },
    { from: 0.5, to: 0.5 },
  );
  const { deferred, verdict } = await monitor(deferring, table, { reference });
  expect(deferred?.promise?.answered.map(({ label }) => label)).toEqual([0, 1]);
  deferred?.promise?.answered.forEach(({ errors }, y) => {
    expect(errors.value).toBeCloseTo(rates[y] as number, 12);
  });
  expect(verdict).toMatch(
    new RegExp(`is broken: [0-9.]+ % of the rows of class ${worse} that the student answers are wrong, not at most`),
  );
  expect(verdict).not.toContain(`of class ${1 - worse}`);
  // without the weight of the wrong rows, nothing is wrong
  const isWrong = [...p.keys()].map((row) => (p[row] as number) >= 0.5 !== (table.labels[row] === 1));
  const weight = { name: 'w', texts: ['1', '0'], codes: Uint32Array.from(isWrong, Number) };
  const weighed = { ...table, dropped: [weight] } as Table;
  const none = await monitor(deferring, weighed, { reference, weights: 'w' });
  expect(none.deferred?.promise).toMatchObject({ broken: false, answered: [{ errors: { value: 0, low: 0 } }, {}] });
});

test('text and page', async () => {
  const found = await compare({ rows: 1500, seed: 2, shift: 0.6, missing: 0.1 });
  const text = textMonitoring(found, 'there');
  expect(text.startsWith(found.verdict)).toBe(true);
  expect(text).toMatch(/^age +\.\d\d +< 0\.0001 +yes$/m);
  expect(text).toMatch(/^income .* -> /m);
  expect(text).toContain('Written to there: monitor.json, monitor.html');
  const page = await monitorPage(found);
  expect(page).toContain('<strong>age</strong>');
  expect(page).toContain('<meta name="generator" content="debkd">');
  expect(page).toContain('<summary>age: bins</summary>');
  expect(page).not.toContain('<script');
});

test('refusals: another student, too few rows, a table without a column', async () => {
  const other = referenceOf(await tableOf({ rows: 400, seed: 8 }));
  const table = await tableOf({ rows: 100, seed: 9 });
  const refused = (given: Promise<unknown>) =>
    given.then(
      () => 'accepted',
      ({ code, message }) => `${code}: ${message}`,
    );
  expect(await refused(monitor(student, table, { reference: other.statistics }))).toMatch(
    /^value: statistics "reference": they are of the student with SHA-256 "[0-9a-f]{12}\.\.\."/,
  );
  const small = await tableOf({ rows: 29, seed: 9 });
  expect(await refused(monitor(student, small, { reference: statistics }))).toMatch(
    /^rows: .*29 rows, expected at least 30/,
  );
  const lacking = { ...table, columns: table.columns.filter(({ name }) => name !== 'job') };
  expect(await refused(monitor(student, lacking, { reference: statistics }))).toMatch(/^column: .*no column "job"/);
  const fewer = { ...statistics, columns: statistics.columns.slice(1) };
  expect(await refused(monitor(student, table, { reference: fewer }))).toMatch(/^value: .*not those of the student/);
});
