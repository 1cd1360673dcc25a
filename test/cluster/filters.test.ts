// predict and label as filters, for Spark's pipe, Hadoop streaming and GNU parallel.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { debkd, modelPath, temporary, WDBC } from '../cli/run.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const TEACHER = [
  ...['--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--preprocessing', modelPath('wdbc/preprocessing.json')],
  '--no-cache',
];
const folder = temporary();
let header: string;
let rows: string[];

beforeAll(() => {
  const { status, stderr } = debkd(['distill', ...WDBC, '--out', 'student'], { cwd: folder });
  expect(status, stderr).toBe(0);
  const [first, ...lines] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trim().split('\n') as [
    string,
    ...string[],
  ];
  header = `id,${first}`;
  rows = Array.from({ length: 10 }, () => lines)
    .flat()
    .map((line, i) => `${i},${line}`);
  writeFileSync(join(folder, 'rows.csv'), `${header}\n${rows.join('\n')}\n`);
});

const filters = [
  ['predict', ['predict', '--student', 'student', '--keep', 'id']],
  ['label', ['label', ...TEACHER, '--keep', 'id']],
] as const;

describe.each(filters)('%s', (_, args) => {
  const filter = (input: string, ...more: string[]) => debkd([...args, ...more], { input, cwd: folder });

  test('with --columns: rows in, rows out, no header; parts give the lines of the whole', () => {
    const whole = filter(`${header}\n${rows.join('\n')}\n`)
      .stdout.split('\n')
      .slice(1);
    const parts = [0, 1000, 1001, 4000, rows.length].flatMap((to, i, all) => {
      const part = rows.slice(i === 0 ? 0 : all[i - 1], to).join('\n');
      const { status, stdout, stderr } = filter(part === '' ? '' : `${part}\n`, '--columns', header);
      const counts = args[0] === 'label' && part !== '' ? /^(soft labels, [\d,]+ rows\n)+$/ : /^$/;
      expect([status, stderr], stderr).toEqual([0, expect.stringMatching(counts)]);
      return stdout.split('\n').slice(0, -1);
    });
    // label counts the rows of its own input
    const bare = (lines: readonly string[]): string[] =>
      lines.map((line) => (args[0] === 'label' ? line.split(',').toSpliced(1, 1).join(',') : line));
    expect(bare(parts)).toEqual(bare(whole.slice(0, -1)));
  });

  test('tabs, as in Hadoop streaming; NDJSON needs no names', () => {
    const tabs = filter(`${rows.slice(0, 9).join('\n').replaceAll(',', '\t')}\n`, '--columns', header).stdout;
    expect(tabs).toBe(filter(`${rows.slice(0, 9).join('\n')}\n`, '--columns', header).stdout);
    const names = header.split(',');
    const records = rows.slice(0, 3).map((row) => {
      const cells = row.split(',');
      return JSON.stringify(Object.fromEntries(names.map((name, j) => [name, Number(cells[j])])));
    });
    const { stdout } = filter(`${records.join('\n')}\n`);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual([0, 1, 2]);
  });

  test('too many names, duplicate names', () => {
    expect(filter(`${rows[0]}\n`, '--columns', `${header},more`)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/row 1: 32|row 1: \d+ fields, the names given for them are \d+/),
    });
    expect(filter(`${rows[0]}\n`, '--columns', 'a,a').stderr).toMatch(/column "a" appears twice in the given names/);
  });

  const parallel = spawnSync('parallel', ['--version'], { encoding: 'utf8' });
  if (!/GNU parallel/.test(parallel.stdout ?? '')) console.warn('skipped: GNU parallel is not installed');
  test.runIf(/GNU parallel/.test(parallel.stdout ?? ''))('GNU parallel: the recipe of docs/scale.md', () => {
    const quoted = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    const recipe = `tail -n +2 rows.csv | parallel --pipe --keep-order --block 200k ${quoted} --columns "$(head -n 1 rows.csv)"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', recipe], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    expect(status, stderr).toBe(0);
    const ids = stdout
      .trim()
      .split('\n')
      .map((line) => Number(line.split(',')[0]));
    expect(ids).toEqual(rows.map((_, i) => i));
    const whole = filter(`${header}\n${rows.join('\n')}\n`)
      .stdout.split('\n')
      .slice(1, -1);
    const last = (line: string): string =>
      line
        .split(',')
        .slice(args[0] === 'label' ? 2 : 1)
        .join(',');
    expect(stdout.trim().split('\n').map(last)).toEqual(whole.map(last));
  });
});
