// Options of the student's columns and of the split, from the command line to the records.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseResult } from '../../src/report/parse-result.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { debkd, modelPath, start, temporary } from './run.ts';

const folder = temporary();
const [header, ...lines] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trim().split('\n') as [string, ...string[]];
const features = header.split(',').slice(0, -1);
const [first, second] = features as [string, string];
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
// each patient has two rows; the visits are in no order
const day = (i: number): string =>
  `2024-${String(1 + ((i * 7) % 12)).padStart(2, '0')}-${String(1 + ((i * 5) % 28)).padStart(2, '0')}`;
const data = file(
  'rows.csv',
  `patient,day,${header}\n${lines.map((line, i) => `p${i >> 1},${day(i)},${line}`).join('\n')}\n`,
);
const rows = ['--data', data, '--drop', 'patient,day'];
const given = [
  ...['--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--preprocessing', modelPath('wdbc/preprocessing.json')],
  ...[...rows, '--no-cache'],
];
const quick = [...given, '--student', '4', '--epochs', '3'];
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, path), 'utf8'));

describe('columns of the student', () => {
  const out = join(folder, 'withheld');
  const run = debkd(['distill', ...quick, '--exclude', `${first},patient`, '--groups', first, '--out', out]);

  test('the notes, the record and both reports name the withheld column; bias is measured by it', () => {
    expect(run.status, run.stderr).toBe(0);
    expect(run.stderr).toContain(`note: "${first}": withheld from the student (--exclude); the teacher takes it\n`);
    expect(run.stderr).toContain('note: "patient": the label or a dropped column, which the student never takes');
    expect(run.stdout).toContain(`columns that only the teacher takes: ${first}\n`);
    expect(run.stdout).toContain(`${first} `); // the groups
    const record = json('withheld/result.json') as unknown as DistillRecord;
    expect(record.columns).toEqual({ teacher: features, student: features.slice(1) });
    expect(record.groups.map(({ student }) => student.group.split(' ')[0])).toEqual(Array(4).fill(first));
    const { groupCorrections = [], rows } = record;
    const [, mean] = new RegExp(`^${first} ≤ ([\\d.]+) +\\d+ \\(\\d+ of class 1\\) `, 'm').exec(run.stdout) ?? [];
    expect(groupCorrections.map(({ column, value, cut }) => [column, value, cut?.toPrecision(4)])).toEqual(
      ['below mean', 'above mean'].map((side) => [first, side, mean]),
    );
    expect(groupCorrections.reduce((sum, { labels }) => sum + labels, 0)).toBe(rows.train + rows.validation);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(`<td>${first} &#62; ${mean}</td>`);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(
      `<td>Columns that only the teacher takes</td><td>${first}</td>`,
    );
    expect(parseResult(record, 'r')).toEqual(record);
    // records of earlier versions have no corrections by group, and the number of columns
    const { groupCorrections: _, ...earlier } = record;
    expect(parseResult(earlier, 'r')).toEqual(earlier);
    expect(() => parseResult({ ...record, groupCorrections: [{ ...groupCorrections[0], labels: -1 }] }, 'r')).toThrow(
      'groupCorrections.0.labels is -1, expected a whole number of at least 0',
    );
    expect(parseResult({ ...record, columns: 29 }, 'r')).toEqual({ ...record, columns: 29 });
    expect(() => parseResult({ ...record, columns: { teacher: features } }, 'r')).toThrow(
      /columns is an object, expected the columns of teacher and student, or a number|columns\.student is missing/,
    );
  });

  test('evaluate and predict take tables with and without the column', () => {
    const without = file(
      'without.csv',
      `${header.split(',').slice(1).join(',')}\n${lines.map((line) => line.replace(/^[^,]*,/, '')).join('\n')}\n`,
    );
    const measure = (...args: string[]) => debkd(['evaluate', '--student', out, '--json', ...args]);
    const both = [measure(...rows), measure('--data', without)];
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both[1]?.stdout).toBe(both[0]?.stdout);
    expect(both[0]?.stderr).toMatch(/all 569 rows; the student was trained on \d+ of them/);
    expect(both[1]?.stderr).toMatch(/it is unknown whether the student was trained on some of them/);
    expect(measure(...rows, '--split', 'hash').stderr).toMatch(/the student was trained on none of them/);
    expect(debkd(['predict', '--student', out, '--data', without]).stdout).toBe(
      debkd(['predict', '--student', out, '--data', data]).stdout,
    );
  });

  test('the other columns of a student are named by --features; the split stays that of the whole table', () => {
    const run = debkd(['distill', ...quick, '--features', `${second},${first}`, '--json']);
    const record = JSON.parse(run.stdout) as Record<string, { student?: unknown }>;
    expect(record['columns']?.student).toEqual([first, second]);
    expect(record['rows']).toEqual(json('withheld/result.json')['rows']);
    expect(run.stderr).toMatch(/withheld from the student \(--features\); the teacher takes them$/m);
  });

  test('warnings about a column do not concern a student that does not get it', () => {
    const counted = file('id.csv', `id,${header}\n${lines.map((line, i) => `${i},${line}`).join('\n')}\n`);
    const plain = ['distill', ...quick.filter((arg) => arg !== '--drop' && arg !== 'patient,day')].map((arg) =>
      arg === data ? counted : arg,
    );
    expect(debkd(plain).stderr).toMatch(/warning: column "id": its integers rise/);
    expect(debkd([...plain, '--exclude', 'id']).stderr).not.toMatch(/column "id"/);
  });

  test('compare withholds the columns from every student and names them', () => {
    const args = [
      'compare',
      ...quick,
      '--exclude',
      first,
      '--split',
      '70/15/15',
      '--methods',
      'hard,kd',
      '--seeds',
      '2',
    ];
    const run = debkd([...args, '--threads', '1', '--out', join(folder, 'study')]);
    expect(run.status, run.stderr).toBe(0);
    const record = json('study/compare.json');
    expect(record['columns']).toEqual({ teacher: features, student: features.slice(1) });
    expect(record['command']).toContain(`--exclude ${first} --split 70/15/15`);
    expect(parseResult(record, 'r')).toEqual(record);
    const { columns: _, ...earlier } = record;
    expect(parseResult(earlier, 'r')).toEqual(earlier);
    expect(readFileSync(join(folder, 'study/compare.md'), 'utf8')).toContain(`Only the teacher takes "${first}".`);
    expect(readFileSync(join(folder, 'study/report.html'), 'utf8')).toContain('Only the teacher takes');
  });

  test('--withhold: as --exclude, and the record says what tells the column; bias is measured by it', () => {
    const run = debkd(['distill', ...quick, '--withhold', first, '--groups', first, '--json']);
    expect(run.status, run.stderr).toBe(0);
    expect(run.stderr).toContain(`note: "${first}": withheld from the student (--withhold); the teacher takes it\n`);
    expect(run.stderr).toMatch(/^warning: withheld column "mean_radius": .* above 0\.7\); by themselves "mean_/m);
    const record = JSON.parse(run.stdout) as DistillRecord;
    const excluded = json('withheld/result.json') as unknown as DistillRecord;
    expect(record.student.sha256).toBe(excluded.student.sha256);
    expect(record.groups).toEqual(excluded.groups);
    expect(excluded).not.toHaveProperty('withheld');
    expect(record.withheld).toMatchObject([
      {
        column: first,
        groups: [{ group: expect.stringMatching(/^mean_radius > 1\d/), auc: { value: expect.any(Number) } }],
      },
    ]);
    expect(record.withheld?.[0]?.groups[0]?.proxies[0]?.auc).toBeGreaterThan(0.95);
    expect(record.command).toContain(`--withhold ${first}`);
  });

  test.each<[string[], RegExp]>([
    [
      ['--features', first, '--withhold', first],
      /"mean_radius" is among the features and is withheld, expected one of/,
    ],
    [['--withhold', `${first}x`], new RegExp(`no column "${first}x" to withhold; did you mean "${first}"\\?`)],
    [['--withhold', 'label'], /column "label" is the label, expected a column to withhold from the student/],
    [['--features', first, '--exclude', second], /leave out --features, or leave out --exclude$/m],
    [['--exclude', `${first}x`], new RegExp(`no column "${first}x" to exclude; did you mean "${first}"\\?`)],
    [['--features', 'patient'], /column "patient" is dropped, expected a feature; leave out --drop$/m],
  ])('%s is refused', (args, message) => {
    const run = debkd(['distill', ...quick, ...args]);
    expect([run.status, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toMatch(message);
  });
});

describe('the split', () => {
  test.each<[string[], RegExp]>([
    [
      ['--split', '70/15/15'],
      /^note: the 70\/15\/15 split by hash: \d+ training rows, \d+ validation rows, \d+ test rows$/m,
    ],
    [
      ['--split-by', 'group:patient'],
      /^note: the split by group "patient": \d+ training rows in \d+ groups, \d+ validation rows in \d+ groups, \d+ test rows in \d+ groups$/m,
    ],
    [
      ['--split-by', 'time:day', '--split', '50/25/25'],
      /^note: the 50\/25\/25 split by time "day": \d+ training rows from 2024-01-\d\d to 2024-\d\d-\d\d, \d+ validation rows from .*, \d+ test rows from .* to 2024-12-\d\d$/m,
    ],
  ])(
    '%s: distill notes the parts, and evaluate and export measure rows that the student has not seen',
    (split, note) => {
      const out = join(folder, `by${split.join('').replaceAll(/\W/g, '')}`);
      const run = debkd(['distill', ...quick, ...split, '--out', out]);
      expect(run.status, run.stderr).toBe(0);
      expect(run.stderr).toMatch(note);
      const [line] = note.exec(run.stderr) as unknown as [string];
      const record = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
      expect(record.command).toContain(split.join(' '));
      const measured = debkd(['evaluate', '--student', out, ...rows, ...split]);
      expect(measured.stderr).toContain(line);
      expect(measured.stderr).toMatch(
        /measured on the \d+ test rows of the .*split by .*; by its record, the student was trained on (none of them|at most 1 of them \(about .*\))$/m, // the filter takes one in a thousand rows for another
      );
      expect(measured.stdout).toMatch(new RegExp(`^${record.rows.test} labelled rows`));
      const exported = debkd([
        'export',
        '--student',
        out,
        ...rows,
        ...split,
        '--to',
        'safetensors',
        '--out',
        `${out}-export`,
      ]);
      expect([exported.status, exported.stderr.includes(line)]).toEqual([0, true]);
    },
  );

  test('few groups, and rows without one, are noted', () => {
    const few = file(
      'few.csv',
      `ward,${header}\n${lines.map((line, i) => `${i < 9 ? 'NA' : `w${i % 12}`},${line}`).join('\n')}\n`,
    );
    const args = quick.map((arg) => (arg === data ? few : arg === 'patient,day' ? 'ward' : arg));
    const run = debkd(['distill', ...args, '--split-by', 'group:ward']);
    expect(run.status, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/; 9 rows have no value, and each is a group of its own$/m);
    expect(run.stderr).toMatch(/^warning: the split by group leaves fewer than 10 groups for .*test: they say little/m);
    expect(debkd(['distill', ...quick, '--split-by', 'group:patient']).stderr).not.toMatch(
      /no value|fewer than 10 groups/,
    );
  });

  test('the notes say that the column is a feature of the student, unless it is withheld or dropped', () => {
    const args = ['distill', ...quick, '--split-by', `time:${first}`];
    const said = `note: "${first}", the column of --split-by, is a feature of the student`;
    expect(debkd(args).stderr).toContain(said);
    expect(debkd([...args, '--exclude', first]).stderr).not.toContain(said);
  });

  test.each<[string[], RegExp]>([
    [['--split', '70/20/5'], /^debkd: shares of the split: 70\/20\/5, which add up to 95, expected shares/m],
    [['--split', '70/30'], /^debkd: shares of the split: 70\/30, expected shares of training, validation and test/m],
    [['--split-by', 'patient'], /^debkd: split-by: "patient", expected group:COLUMN or time:COLUMN$/m],
    [['--split-by', 'group:patients'], /no column "patients" for the split; did you mean "patient"\?$/m],
    [
      ['--split-by', 'time:patient'],
      /^debkd: option --split-by: data ".*", column "patient", row 1: "p0" is not a time/m,
    ],
    [
      ['--split-by', 'group:day', '--split', 'parts.csv'],
      /split "parts.csv" is a file .*leave out --split, or leave out --split-by$/m,
    ],
  ])('%s is refused', (args, message) => {
    const run = debkd(['distill', ...quick, ...args]);
    expect([run.status, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toMatch(message);
  });

  test('--config takes the same names, and rows in files have the same parts', () => {
    const config = file(
      'config.json',
      JSON.stringify({ splitBy: 'group:patient', split: '70/15/15', exclude: [first, second] }),
    );
    const memory = debkd(['distill', ...quick, '--config', config, '--json']);
    const files = debkd(['distill', ...quick, '--config', config, '--json', '--temp-dir', folder]);
    const record = ({ stdout }: { stdout: string }) => {
      const { student, rows, columns, metrics } = JSON.parse(stdout);
      return { student, rows, columns, metrics };
    };
    expect(memory.status, memory.stderr).toBe(0);
    expect(record(files)).toEqual(record(memory));
    expect(record(memory).columns.student).toEqual(features.slice(2));
  });

  test('an interrupted run is not continued with other columns or parts', async () => {
    const out = join(folder, 'interrupted');
    const long = ['distill', ...given, '--student', '64,64', '--epochs', '3000', '--out', out];
    const child = start(long, folder);
    while (!existsSync(join(`${out}.checkpoint`, 'run.json'))) await wait(50);
    child.kill('SIGKILL');
    for (const [args, part] of [
      [['--exclude', first], 'options'],
      [['--split', '70/15/15'], 'rows'],
      [['--split-by', 'group:patient'], 'rows'],
    ] as const) {
      const run = debkd([...long, ...args, '--resume']);
      expect([run.status, run.stderr.includes(`it belongs to a run that differs in ${part};`)]).toEqual([2, true]);
    }
  });
});
