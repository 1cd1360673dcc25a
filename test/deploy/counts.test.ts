// Projects that count what they answer, on their own runtimes: the counts are those of the same rows in a table.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { toEdge } from '../../src/deploy/edge/project.ts';
import { PLATFORMS } from '../../src/deploy/targets.ts';
import { monitor, monitorCounts } from '../../src/monitor/monitor.ts';
import { referenceOf, rowsOf, tableOf } from '../monitor/rows.ts';

interface Runtime {
  readonly project: (typeof PLATFORMS)[number];
  readonly why?: string;
  start(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
}
const { PLATFORM_RUNTIMES } = (await import('../runtime/platforms.mjs' as string)) as {
  PLATFORM_RUNTIMES: Readonly<Record<string, Runtime>>;
};
const runtimes = Object.entries(PLATFORM_RUNTIMES).filter(([name, { why }]) => {
  if (why) console.warn(`skipped: ${name}: ${why}`);
  return !why;
});

const root = mkdtempSync(join(tmpdir(), 'debkd-counts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { student, statistics } = referenceOf(await tableOf({ rows: 2000, seed: 1, missing: 0.05 }));
const DRAW = { rows: 600, seed: 2, shift: 0.5, missing: 0.1, astronauts: 0.1 };
const [header = '', ...lines] = rowsOf(DRAW).trimEnd().split('\n');
const names = header.split(',').slice(0, 4);
const records = lines.map((line) => {
  const fields = line.split(',');
  return Object.fromEntries(names.map((name, j) => [name, fields[j]]));
});

for (const platform of PLATFORMS)
  for (const [kind, options] of [
    ['counting', { statistics }],
    ['plain', {}],
  ] as const) {
    const { files } = await toEdge(student, platform, options);
    for (const { path, bytes } of files) {
      const file = join(root, kind, platform, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    const paths = files.map(({ path }) => path);
    test(`${platform}: ${kind}`, () => {
      expect(paths.includes('src/counts.js')).toBe(kind === 'counting');
      expect(paths.includes('src/bins.js')).toBe(kind === 'counting');
    });
  }

test('a number or a boolean counts as the category that the student takes', async () => {
  const place = join(root, 'alone');
  mkdirSync(place);
  const listed = ['True', 'False', '1.0', '2', '2.0'];
  const bins = { missing: ['na', '-9'], columns: [{ column: 'a', kind: 'category', categories: listed, listed }] };
  const margins = { margins: [0], probabilities: [0.5], student: '' };
  writeFileSync(join(place, 'bins.mjs'), `export const bins = ${JSON.stringify({ ...bins, ...margins })};`);
  const source = readFileSync(new URL('../../src/deploy/shipped/common/counts.js', import.meta.url), 'utf8');
  writeFileSync(join(place, 'counts.mjs'), source.replace('./bins.js', './bins.mjs'));
  const { counted, statistics: counts } = await import(join(place, 'counts.mjs'));
  // of each: enough to be told
  const values = [true, false, 1, 2, 2.5, '1', 'true', -9].flatMap((a) => new Array(10).fill({ a }));
  counted(
    values,
    values.map(() => ({ probability: 0.7 })),
  );
  expect(counts().columns).toEqual([
    { column: 'a', kind: 'category', categories: listed, counts: [10, 10, 10, 10, 0, 30], missing: 10, unknown: 30 },
  ]);
});

test.each(runtimes)('%s: counts of the answered records', async (_, { project, start }) => {
  const { url, stop } = await start(join(root, 'counting', project));
  try {
    const post = (value: unknown) =>
      fetch(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(value),
      });
    expect((await post(records.slice(0, 500))).status).toBe(200);
    for (const record of records.slice(500)) await (await post(record)).text();
    // a refused request counts nothing
    expect((await post([records[0], { age: 'old' }])).status).toBe(400);
    const response = await fetch(`${url}/statistics`);
    expect(response.status).toBe(200);
    const counts = await response.json();
    expect(counts).toMatchObject({ schema: 'debkd/statistics@1', rows: 600, student: statistics.student });
    const sha256 = statistics.student;
    const found = monitorCounts({ reference: statistics, counts, sha256 }, { reference: 's.json', counts: 'c.json' });
    const wanted = await monitor(student, await tableOf(DRAW), { reference: statistics });
    expect(found.columns.map(({ column, shifted }) => [column, shifted])).toEqual(
      wanted.columns.map(({ column, shifted }) => [column, shifted]),
    );
    // counts from 1 to 9 are null, which is read as 5
    for (const [i, { psi, missing, unknown }] of found.columns.entries()) {
      expect(psi).toBeCloseTo(wanted.columns[i]!.psi, 1);
      expect(missing.now).toBeCloseTo(wanted.columns[i]!.missing.now, 1);
      if (unknown) expect(unknown.now).toBeCloseTo(wanted.columns[i]!.unknown!.now, 2);
    }
    expect(found.margins.psi).toBeCloseTo(wanted.margins.psi, 1);
    expect(found).not.toHaveProperty('positives');
  } finally {
    await stop();
  }
});

test('a project without the option has no such path, and its own tests pass with it', async () => {
  for (const kind of ['counting', 'plain']) {
    const { status, stdout } = spawnSync('npm', ['test'], { cwd: join(root, kind, 'node'), encoding: 'utf8' });
    expect([status, /counts what it answers/.test(stdout)]).toEqual([0, kind === 'counting']);
  }
  const [[, { start }]] = runtimes.filter(([, { project }]) => project === 'node') as [(typeof runtimes)[number]];
  const { url, stop } = await start(join(root, 'plain', 'node'));
  expect((await fetch(`${url}/statistics`)).status).toBe(404);
  await stop();
});

test('counts of other bins or of another student are refused', () => {
  const [first, ...rest] = statistics.columns;
  const counts = { ...statistics, columns: [{ ...first, edges: [1], counts: [20, 30] }, ...rest] };
  const compare = (given: unknown, sha256 = statistics.student) =>
    monitorCounts({ reference: statistics, counts: given, sha256 }, { reference: 's.json', counts: 'c.json' });
  expect(() => compare(counts)).toThrow('their bins are not those of the reference');
  expect(() => compare({ ...statistics, student: 'ab' })).toThrow('they are of the student with SHA-256 "ab"');
  expect(() => compare({ ...statistics, rows: 29 })).toThrow('29 rows, expected at least 30');
});
