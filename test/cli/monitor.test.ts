// debkd monitor on the command line: from distill to the page, and what it refuses.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const cwd = temporary();
const DATA = modelPath('wdbc/data.csv');
const made = debkd(['distill', ...WDBC, '--debias', 'none', '--out', 'student'], { cwd });
const lines = readFileSync(DATA, 'utf8').trimEnd().split('\n');
const header = (lines[0] as string).split(',');

/** The rows of the data with one column changed. */
function changed(name: string, column: string, change: (value: number) => string): string {
  const place = header.indexOf(column);
  const rows = lines.slice(1).map((line) => {
    const fields = line.split(',');
    fields[place] = change(Number(fields[place]));
    return fields.join(',');
  });
  writeFileSync(join(cwd, name), `${[lines[0], ...rows].join('\n')}\n`);
  return name;
}

test('distill writes statistics of its student, which two runs share', () => {
  expect([made.status, made.stderr.includes('bug in debkd')]).toEqual([0, false]);
  const bytes = readFileSync(join(cwd, 'student/student.debkd'));
  const text = readFileSync(join(cwd, 'student/statistics.json'), 'utf8');
  const statistics = JSON.parse(text);
  expect(statistics).toMatchObject({
    schema: 'debkd/statistics@1',
    student: createHash('sha256').update(bytes).digest('hex'),
    rows: 200,
  });
  expect(statistics.columns).toHaveLength(30);
  expect(debkd(['distill', ...WDBC, '--debias', 'none', '--threads', '1', '--out', 'again'], { cwd }).status).toBe(0);
  expect(readFileSync(join(cwd, 'again/statistics.json'), 'utf8')).toBe(text);
});

test('the same rows show no shift, and keep the promise', () => {
  const { status, stdout, stderr } = debkd(['monitor', '--student', 'student', '--data', DATA, '--out', 'same'], {
    cwd,
  });
  expect([status, stderr.includes('bug')]).toEqual([0, false]);
  expect(stdout).toMatch(/^No shift seen in 30 columns and the margins\. The metrics are as promised\.\n/);
  expect(stdout).toMatch(/^AUC +0\.\d{4} \(.*\) +0\.\d{4} \(.*\) +as promised$/m);
  expect(stderr).toContain('warning: measured on all 569 rows; the student was trained on');
  expect(readdirSync(join(cwd, 'same')).sort()).toEqual(['monitor.html', 'monitor.json']);
  const record = JSON.parse(readFileSync(join(cwd, 'same/monitor.json'), 'utf8'));
  expect(record).toMatchObject({ schema: 'debkd/monitor@1', rows: { now: 569, reference: 200 } });
  expect(readFileSync(join(cwd, 'same/monitor.html'), 'utf8')).toContain('Reliability on the labelled rows');
  const json = debkd(['monitor', '--student', 'student/student.debkd', '--data', DATA, '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toEqual(record);
  const stored = debkd(['monitor', '--student', 'student', '--data', DATA, '--json', '--temp-dir', '.'], { cwd });
  expect(JSON.parse(stored.stdout)).toEqual(record);
});

test('a planted shift is named first', () => {
  const data = changed('shifted.csv', 'mean_radius', (x) => String(x * 1.3));
  const { stdout } = debkd(['monitor', '--student', 'student', '--data', data], { cwd });
  expect(stdout).toMatch(/^1 of 30 columns has shifted: mean_radius \(PSI \d?\.\d\d\)\./);
  const empty = changed('empty.csv', 'mean_texture', (x) => (Math.round(x * 100) % 4 === 0 ? '' : String(x)));
  const missing = debkd(['monitor', '--student', 'student', '--data', empty], { cwd });
  expect(missing.stdout).toMatch(/More missing values: mean_texture \(2\d\.\d %\)\./);
});

test('rows without labels, and a later page in the place of an earlier one', () => {
  const place = header.indexOf('label');
  const rows = lines.map((line) => line.split(',').toSpliced(place, 1).join(','));
  writeFileSync(join(cwd, 'unlabelled.csv'), rows.join('\n'));
  const args = ['monitor', '--student', 'student', '--data', 'unlabelled.csv'];
  const { status, stdout } = debkd([...args, '--out', 'same'], { cwd });
  expect(status).toBe(0);
  expect(stdout).not.toContain('metric');
  expect(JSON.parse(readFileSync(join(cwd, 'same/monitor.json'), 'utf8'))).not.toHaveProperty('labels');
  const asked = debkd([...args, '--target', 'label'], { cwd });
  expect([asked.status, asked.stderr]).toEqual([2, expect.stringContaining('no column "label" for the target')]);
});

test.each([
  [
    'statistics of another student',
    ['--reference', 'other/statistics.json'],
    /they are of the student with SHA-256 .*give the statistics.json of the same run/,
  ],
  [
    'no JSON of statistics',
    ['--reference', 'student/result.json'],
    /schema is "debkd\/distill@1", expected debkd\/statistics@1/,
  ],
  ['no such reference', ['--reference', 'none.json'], /option --reference.*none\.json/],
  ['a table without a column', ['--data', 'narrow.csv'], /no column "mean_radius"/],
  ['too few rows', ['--data', 'few.csv'], /20 rows, expected at least 30/],
  ['a folder of other files', ['--out', 'student'], /--out/],
  ['no statistics', ['--student', 'bare'], /its folder holds no statistics\.json.*--reference/],
])('refused with one line: %s', (_, args, message) => {
  if (!existsSync(join(cwd, 'other'))) {
    debkd(['distill', ...WDBC, '--debias', 'none', '--seed', '2', '--out', 'other'], { cwd });
    cpSync(join(cwd, 'student'), join(cwd, 'bare'), { recursive: true });
    rmSync(join(cwd, 'bare/statistics.json'));
    writeFileSync(
      join(cwd, 'narrow.csv'),
      lines.map((line) => line.split(',').toSpliced(header.indexOf('mean_radius'), 1).join(',')).join('\n'),
    );
    writeFileSync(join(cwd, 'few.csv'), lines.slice(0, 21).join('\n'));
  }
  const usual = ['--student', 'student', '--data', DATA];
  const kept = usual.flatMap((arg, i) => (i % 2 === 0 && !args.includes(arg) ? [arg, usual[i + 1] as string] : []));
  const { status, stdout, stderr } = debkd(['monitor', ...kept, ...args], { cwd });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(stderr.split('\n').filter((line) => line.startsWith('debkd: '))).toHaveLength(1);
});

test('an export that counts, and what it has counted', async () => {
  const made = debkd(['export', '--student', 'student', '--to', 'node,js', '--statistics', '--out', 'deploy'], { cwd });
  expect(made.status).toBe(0);
  expect(existsSync(join(cwd, 'deploy/js/bins.js'))).toBe(false);
  const { respond } = await import(pathToFileURL(join(cwd, 'deploy/node/src/service.js')).href);
  const records = lines.slice(1).map((line) => Object.fromEntries(line.split(',').map((text, j) => [header[j], text])));
  const ask = async (method: string, path: string, value: unknown = []) => {
    const body = new TextEncoder().encode(JSON.stringify(value));
    return (
      await respond({
        method,
        path,
        header: (name: string) => (name === 'content-type' ? 'application/json' : undefined),
        read: async () => body,
      })
    ).body;
  };
  expect(JSON.parse(await ask('POST', '/predict', records))).toHaveLength(569);
  writeFileSync(join(cwd, 'counts.json'), await ask('GET', '/statistics'));
  const args = ['monitor', '--student', 'student', '--counts', 'counts.json'];
  const { status, stdout, stderr } = debkd([...args, '--target', 'label'], { cwd });
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'No shift seen in 30 columns and the margins.']);
  expect(stdout).toContain('569 rows, compared with 200 training rows');
  expect(stderr).toContain('note: ignoring --target: --counts takes the place of rows');
  const refused = debkd(['monitor', '--student', 'student'], { cwd });
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('--data')]);
  // a copy of the student without statistics
  cpSync(join(cwd, 'student/student.debkd'), join(cwd, 'alone/student.debkd'));
  const lacking = debkd(['export', '--student', 'alone', '--to', 'node', '--statistics', '--out', 'deploy'], { cwd });
  expect([lacking.status, lacking.stderr]).toEqual([2, expect.stringContaining('holds no statistics.json')]);
});
