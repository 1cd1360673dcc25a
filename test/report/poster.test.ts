// The pictures by group: dumbbells of a page, and the poster of `debkd report --poster`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { draw } from '../../src/report/charts/draw.ts';
import { biasCharts, byChange } from '../../src/report/group-figures.ts';
import { htmlReport } from '../../src/report/html.ts';
import { posterOf } from '../../src/report/poster.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { debkd, temporary, WDBC } from '../cli/run.ts';

const folder = temporary();
const out = join(folder, 'student');
const made = debkd(['distill', ...WDBC, '--groups', 'mean_radius', '--baselines', '--out', out]);
const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;

/** Runs `debkd report` in the folder. */
const report = (...args: string[]) => debkd(['report', ...args], { cwd: folder });

test('a dumbbell has a mark of its own shape for each model, a band for each interval and a link from teacher to student', () => {
  const mark = (name: string, style: 'teacher' | 'plain' | 'student', value: number) => ({
    name,
    style,
    value,
    low: value - 0.1,
    high: value + 0.1,
  });
  const marks = [mark('teacher', 'teacher', 0.9), mark('plain KD', 'plain', 0.6), mark('student', 'student', 0.4)];
  const none = { ...mark('student', 'student', 0), value: null as never, low: null, high: null };
  const html = draw([
    [
      'Dumbbells',
      {
        ...{
          title: 'Missed',
          caption: 'By group.',
          x: { domain: [0, 1], label: '' },
          text: (x) => `${(100 * x).toFixed(0)} %`,
        },
        legend: [{ name: 'teacher', style: 'teacher' }],
        groups: [
          { name: 'sex=F', values: '90 % → 40 %', marks },
          { name: 'sex=M', values: 'none', marks: [...marks.slice(0, 2), none] },
        ],
      },
    ],
  ]).replace(/<svg [^>]*aria-hidden="true".*?<\/svg>/g, '');
  const count = (pattern: RegExp): number => html.match(pattern)?.length ?? 0;
  expect([count(/<rect class="mark"/g), count(/<path class="mark"/g), count(/<circle class="mark"/g)]).toEqual([
    2, 2, 1,
  ]);
  expect([count(/class="band"/g), count(/class="link"/g)]).toEqual([5, 1]);
  // the bands of a group's models are at heights of their own, so that none hides another
  const heights = [...html.matchAll(/class="band"[^>]* y1="([\d.]+)"/g)].map(([, y]) => Number(y));
  expect(heights).toHaveLength(5);
  expect(new Set(heights).size).toBe(5);
  expect(html).toContain('<title>sex=F, student: 40 % (30 % to 50 %)</title>');
  expect(html).not.toMatch(/NaN|null|undefined/);
});

/** The number of names at the left, and of lines of ticks that cross one. */
function crossed(html: string): [names: number, crossing: number] {
  const heights = [...html.matchAll(/class="halo" x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
  const [, grid = ''] = /<path class="grid" d="([^"]+)"/.exec(html) ?? [];
  const lines = [...grid.matchAll(/M[\d.]+ ([\d.]+)V([\d.]+)/g)].map(([, from, to]) => [Number(from), Number(to)]);
  const crossing = lines.filter(([from = 0, to = 0]) => heights.some((y) => from <= y && to >= y - 10));
  return [heights.length, lines.length < 2 * heights.length ? Number.NaN : crossing.length];
}

test('the groups of a page have their rows, a key to their values and the largest change first, and no line crosses a name', async () => {
  const called = (names: readonly string[]): DistillRecord => ({
    ...result,
    groups: result.groups.map((models, i) => ({
      ...models,
      teacher: { ...models.teacher, group: names[i] ?? `g=${i}` },
      student: { ...models.student, group: names[i] ?? `g=${i}` },
    })),
  });
  const named = called([]);
  const sizes = byChange(named.groups).map(({ teacher, student }) =>
    Math.max(
      Math.abs(student.falseNegativeRate.value - teacher.falseNegativeRate.value),
      Math.abs(student.falsePositiveRate.value - teacher.falsePositiveRate.value),
    ),
  );
  expect(new Set(sizes).size).toBeGreaterThan(2);
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  // whatever the order of the record
  const reversed = { ...named, groups: named.groups.toReversed() };
  const names = (of: DistillRecord): unknown[] =>
    biasCharts(of).map(([, props]) =>
      (props as { groups: readonly { name: string }[] }).groups.map(({ name }) => name),
    );
  expect(names(reversed)[0]).toEqual(names(named)[2]);
  // ranges of numbers keep their order
  const { groups: ranges } = called(['age 18 .. <30', 'age 30 .. <45', 'age 45 .. <60', 'age 60 .. 90']);
  for (const groups of [ranges, ranges.toReversed()]) {
    expect(byChange(groups)).toEqual(groups);
    expect(JSON.stringify(biasCharts({ ...result, groups }))).not.toContain('come first');
  }
  expect(JSON.stringify(biasCharts(named))).toContain('The largest changes of an error rate come first');
  const html = draw(biasCharts(result).slice(0, 1));
  for (const { teacher } of result.groups) expect(html).toContain(` (${teacher.rows})</text>`);
  expect(html).toMatch(/>teacher → de-biased<\/text>/);
  expect(crossed(html)).toEqual([result.groups.length, 0]);
  const groups = ['a', 'b', 'c'].map((name) => ({
    name,
    marks: [{ name, style: 'teacher', value: name.charCodeAt(0), low: 90, high: 110 } as const],
  }));
  const chart = { title: 'AUC', caption: 'Of models.', x: { label: 'AUC' }, zero: false, groups };
  expect(crossed(draw([['Intervals', chart]]))).toEqual([3, 0]);
  const shifts = ['a', 'b'].map((name, i) => ({ name, rows: 5, meanShift: i - 0.5 }));
  expect(crossed(draw([['Shifts', { groups: shifts, all: 0.2, meaning: '' }]]))).toEqual([2, 0]);
  // a page without groups does not explain their words
  const term = '<dt>Missed positive</dt>';
  const pages = await Promise.all([result, { ...result, groups: [] }].map(htmlReport));
  expect(pages.map((one) => one.includes(term))).toEqual([true, false]);
});

test('the record has plain KD and hard labels by group, and the page shows plain KD', () => {
  expect(made.status, made.stderr).toBe(0);
  for (const { teacher, student, hard, kd } of result.groups)
    for (const model of [student, hard, kd]) expect([model?.group, model?.rows]).toEqual([teacher.group, teacher.rows]);
  expect(made.stdout).toMatch(/\n {2}plain KD +\d\.\d{3} \(/);
});

test('the poster is one SVG for light and dark, without scripts or requests, and says what it shows', async () => {
  const first = report('student', '--poster', 'groups.svg');
  expect([first.status, first.stdout]).toEqual([0, 'Written to groups.svg\n']);
  const svg = readFileSync(join(folder, 'groups.svg'), 'utf8');
  expect(svg).toBe(await posterOf(result));
  expect(svg).toMatch(/^<!--debkd-->\n<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 960 \d+" width="960"/);
  expect(svg).toMatch(/role="img" aria-label="[^"]{60,}"/);
  expect(svg).toContain('@media(prefers-color-scheme:dark)');
  expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|url\(|@import|\son\w+=/);
  for (const text of ['Missed positives', 'False alarms', 'Calibration', 'plain KD', 'teacher.onnx'])
    expect(svg).toContain(text);
  // texts are at least 12 px high
  for (const [, size] of svg.matchAll(/(\d+)px system-ui|font-size:(\d+)px/g))
    if (size) expect(Number(size)).toBeGreaterThanOrEqual(12);
  // a later one replaces it, and both files are written at once
  const both = report('student', '--poster', 'groups.svg', '--out', 'page.html');
  expect([both.status, both.stdout]).toEqual([0, 'Written to page.html\nWritten to groups.svg\n']);
});

test('names of groups are escaped, and at most eight groups are shown', async () => {
  const [one] = result.groups;
  if (!one) throw new Error('the run has groups');
  const many = Array.from({ length: 10 }, (_, k) => {
    const group = `<g${k}>&"`;
    return { teacher: { ...one.teacher, group }, student: { ...one.student, group } };
  });
  const svg = await posterOf({ ...result, groups: many });
  expect(svg).toContain('2 more groups change less.');
  expect(svg).not.toMatch(/<g\d>/);
  expect(svg).not.toContain('plain KD');
});

test('wrong names, results without groups and files of others are refused; nothing is written', () => {
  writeFileSync(join(folder, 'own.svg'), '<svg/>');
  const { groups: _, ...rest } = result;
  writeFileSync(join(folder, 'bare.json'), JSON.stringify({ ...rest, groups: [] }));
  for (const [args, message] of [
    [['student'], /--out F\.html or --poster F\.svg (is|are) missing/],
    [['student', '--poster', 'x.png'], /option --poster: "x\.png", expected a name that ends in \.svg/],
    [['student', '--poster', 'own.svg'], /own\.svg/],
    [['bare.json', '--poster', 'new.svg', '--out', 'new.html'], /poster: the result has no groups.*--groups/],
  ] as const) {
    const { status, stderr } = report(...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  }
  expect(readFileSync(join(folder, 'own.svg'), 'utf8')).toBe('<svg/>');
  for (const name of ['new.svg', 'new.html', 'x.png']) expect(existsSync(join(folder, name))).toBe(false);
});
