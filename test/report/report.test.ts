// Reports: the data of the charts, and self-contained pages without scripts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { METHODS } from '../../src/compare/method-names.ts';
import { methodSpec } from '../../src/compare/methods.ts';
import { meansTable } from '../../src/compare/tables.ts';
import { rocAuc } from '../../src/metrics/ranking.ts';
import { marginTick } from '../../src/report/charts/margins.tsx';
import { pointRadius } from '../../src/report/charts/reliability.tsx';
import { curves, histogram, reliability } from '../../src/report/figures-data.ts';
import { LEARNS_FROM, settingWords } from '../../src/report/glossary.ts';
import { changedGroups, groupWords } from '../../src/report/group-changes.ts';
import { groupMeasures } from '../../src/report/group-figures.ts';
import { groupName, isGlobal, withCuts } from '../../src/report/group-shifts.ts';
import { chosenLines } from '../../src/report/group-threshold-words.ts';
import { htmlReport as madePage } from '../../src/report/html.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { biasLines, textReport } from '../../src/report/text.ts';
import { commandLine } from '../../src/settings/command-line.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { debkd, temporary, WDBC } from '../cli/run.ts';
import { model, wdbc } from '../models.ts';
import { dice } from '../random.ts';

const d = dice(9);
const p = Float64Array.from({ length: 3000 }, () => d.real(0, 1) ** 2);
const y = Int8Array.from(p, (q, i) => (i % 50 === 0 ? -1 : d.real(0, 1) < q ? 1 : 0));
const labelled = y.filter((label) => label >= 0).length;

test('reliability has every labelled row once, with Wilson intervals (scipy.stats: 8 of 10 gives .4902 .. .9433)', () => {
  const bins = reliability(p, y);
  expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(labelled);
  for (const { low, share, high, probability } of bins) {
    expect(low).toBeLessThanOrEqual(share);
    expect(share).toBeLessThanOrEqual(high);
    expect(probability).toBeGreaterThanOrEqual(0);
  }
  const [bin] = reliability(new Float64Array(10).fill(0.75), [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  expect(bin).toMatchObject({ rows: 10, probability: 0.75, share: 0.8 });
  expect([bin?.low.toFixed(4), bin?.high.toFixed(4)]).toEqual(['0.4902', '0.9433']);
  expect(reliability([1, 1], [1, -1])[0]).toMatchObject({ rows: 1, high: 1 });
});

test('the ROC curve goes from (0, 0) to (1, 1), its area is the AUC, and ties are one step', () => {
  const { roc, precisionRecall } = curves(p, y);
  expect([roc[0], roc.at(-1)]).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(roc.length).toBeLessThan(250);
  const area = roc.slice(1).reduce((sum, [x, t], k) => {
    const [x0, t0] = roc[k] as readonly [number, number];
    return sum + ((x - x0) * (t + t0)) / 2;
  }, 0);
  expect(Math.abs(area - rocAuc(p, y))).toBeLessThan(2e-3);
  expect(precisionRecall.at(-1)?.[0]).toBe(1);
  expect(curves([0.5, 0.5, 0.5], [1, 0, 1]).roc).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(curves([0.1, 0.2], [1, 1])).toEqual({ roc: [], precisionRecall: [] });
});

test('a histogram has every labelled row once, and its outermost bins include margins beyond the limit', () => {
  const { from, width, negatives, positives } = histogram(
    Float64Array.of(-100, -8, 0, 7.99, 100, 3),
    [0, 1, 1, 0, 1, -1],
  );
  expect([from[0], from.length, width]).toEqual([-8, 40, 0.4]);
  expect([negatives[0], negatives[39], positives[0], positives[20], positives[39]]).toEqual([1, 1, 1, 1, 1]);
});

/** A page without the labels of cells and the marks of intervals, which are for narrow screens. */
const bare = (html: string): string =>
  html.replace(/ data-label="[^"]*"/g, '').replace(/<small>(\([^<]*\))<\/small>/g, '$1');
const htmlReport = async (result: Parameters<typeof madePage>[0]): Promise<string> => bare(await madePage(result));

const folder = temporary();
const out = join(folder, 'student');
const made = debkd(['distill', ...WDBC, '--groups', 'mean_radius', '--out', out]);
const page = bare(readFileSync(join(out, 'report.html'), 'utf8'));

test('the page of a distillation has charts, tables and the command, but no scripts and no requests', () => {
  expect(made.status, made.stderr).toBe(0);
  expect(page.match(/<figure class="chart">/g)).toHaveLength(9);
  const curves = ['Reliability', 'Margins', 'ROC', 'Precision and recall', 'Training loss', 'Validation cross-entropy'];
  const groups = ['Missed positives', 'False alarms', 'Calibration'];
  for (const title of [...curves, ...groups]) expect(page).toContain(`role="img" aria-label="${title}. `);
  expect(page).toMatch(/Command: <code>debkd distill --teacher .*wdbc-mlp-biased\/teacher\.onnx/);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|javascript:|\son\w+=/i);
  const outside = page.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', '');
  expect(outside).not.toMatch(/https?:/);
  const text = page.replace(/<style[\s\S]*?<\/style>/g, '');
  for (const tag of ['div', 'figure', 'svg', 'g', 'table', 'tr', 'td', 'p']) {
    const count = (pattern: string): number => text.match(new RegExp(pattern, 'g'))?.length ?? 0;
    expect(count(`<${tag}[\\s>]`) - count(`<${tag}(?:\\s[^>]*)?/>`), tag).toBe(count(`</${tag}>`));
  }
});

test('the page of a distillation names the teacher, the better model and the thresholds', async () => {
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
  const { teacher, student } = result;
  const digest = teacher.sha256.slice(0, 8);
  expect(page).toContain(
    `<h1>Student of teacher.onnx</h1>\n<p class="sub">200 training rows, 30 columns; student 30-8-1 with 257 parameters; teacher ${digest}</p>`,
  );
  const { name: _, ...unnamed } = teacher;
  expect(await htmlReport({ ...result, teacher: unnamed })).toContain(`<h1>Student of teacher ${digest}</h1>`);
  expect(page).toMatch(/<td>Log-loss<\/td><td>lower<\/td><td class="n">[\d. ()]+<\/td><td class="n"><strong>/);
  // fewer than 100 validation labels of one class
  const [before, after] = [teacher, student].map(({ threshold }) => threshold.toFixed(4));
  const calls = `teacher ${before} (best F1 on the validation rows), student ${after} (best F1 expected by corrected labels).`;
  expect(page.split(calls)).toHaveLength(3);
  expect(page).toContain('<td>Training rows (labelled)</td><td>200 (200)</td>');
  for (const text of ['class 0', 'class 1', '≤ −8', '−4', '≥ 8']) expect(page).toContain(text);
});

test('a common correction shows no groups; the chosen candidate is marked, empty columns are left out', () => {
  expect(page).toContain('De-biasing: <strong>platt</strong>.');
  expect(page).toMatch(/All rows have the same correction, -\d\.\d\d log-odds on average/);
  expect(page).not.toContain('differently from the rest');
  expect(page).toMatch(/<strong>platt<\/strong><\/td>.*<strong>chosen<\/strong>/);
  expect(page).not.toContain('Setting (ridge');
});

test('groups are named by their cut and sorted by their distance from the mean shift', () => {
  const place = join(folder, 'residual');
  expect(debkd(['distill', ...WDBC, '--debias', 'residual', '--out', place]).status).toBe(0);
  const html = bare(readFileSync(join(place, 'report.html'), 'utf8'));
  const result = JSON.parse(readFileSync(join(place, 'result.json'), 'utf8')) as DistillRecord;
  expect(html).toContain('role="img" aria-label="Mean shift by group. ');
  const table = /<caption>Groups whose soft labels moved[\s\S]*?<\/table>/.exec(html)?.[0] ?? '';
  const rows = Array.from(
    table.matchAll(/<tr><td>(.*?)<\/td>.*<td class="n">(.*)<\/td><\/tr>/g),
    ([, ...cells]) => cells,
  );
  expect(rows).toHaveLength(result.changes.groups.length);
  for (const [name] of rows) expect(name).toMatch(/^\w+ [≤>] \d[\d.]*$/);
  const distances = rows.map(([, distance]) => Math.abs(Number(distance)));
  expect(distances).toEqual([...distances].sort((a, b) => b - a));
});

test('a stack has its own row, and its parts show their weights', async () => {
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
  const parts = [
    { method: 'none', weight: 0.25 },
    { method: 'platt', weight: 0.75 },
  ] as const;
  const html = await htmlReport({ ...result, debias: { ...result.debias, method: 'stack', parts, logLoss: 0.125 } });
  expect(html).toContain('De-biasing: <strong>stack of none 25 %, platt 75 %</strong>.');
  expect(html).toMatch(/<td>none<\/td>.*<td>25 % of the stack<\/td>/);
  expect(html).toMatch(/<strong>stack of 2<\/strong><\/td><td class="n"><strong>0\.1250<\/strong>.*<strong>chosen</);
});

test('the log-loss of the chosen map is that of its candidate', () => {
  const { debias } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
  expect(debias.logLoss).toBeCloseTo(debias.candidates.find(({ method }) => method === 'platt')?.logLoss as number, 12);
});

test('a group is named by its category or by the cut of its column', () => {
  const { groups } = withCuts(
    {
      ...{ rows: 9, moved: 0, flipped: 0, meanShift: 0, meanProbabilityShift: 0, meanInfusion: 0 },
      groups: ['sex', 'age', 'gain'].map((column) => ({ column, value: 'above mean', rows: 3, meanShift: 1 })),
    },
    {
      ...{ clip: 5, encodedWidth: 3 },
      columns: [
        { name: 'sex', kind: 'categorical', categories: ['above mean'], offset: 0, width: 1 },
        { name: 'age', kind: 'numeric', transform: 'none', mean: 38.58165, std: 1, offset: 1, width: 1 },
        { name: 'gain', kind: 'numeric', transform: 'symlog', mean: Math.log(11), std: 1, offset: 2, width: 1 },
      ],
    },
  );
  expect(groups.map(groupName)).toEqual(['sex above its mean', 'age > 38.58', 'gain > 10']);
  expect(groupName({ column: 'sex', value: 'Female', rows: 3, meanShift: 1 })).toBe('sex = Female');
  expect(groupName({ column: 'sex', value: '', rows: 3, meanShift: 1 })).toBe('sex missing');
  expect(isGlobal({ parts: [{ method: 'platt' }, { method: 'beta' }] })).toBe(true);
  expect(isGlobal({ parts: [{ method: 'platt' }, { method: 'trees' }] })).toBe(false);
});

test('undefined values are shown as such, in memory and after JSON', async () => {
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
  const none = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const bias = { group: 'g=1', rows: 1, positives: 0, falseNegativeRate: none, falsePositiveRate: none };
  const one = { ...bias, calibrationGap: { ...none, value: 0.25 } };
  const page = await htmlReport({ ...result, groups: [{ teacher: one, student: one }] });
  expect(page).toMatch(/<td>teacher<\/td><td>not defined<\/td>.*<td class="n">0\.2500<\/td>/);
  expect(await htmlReport(JSON.parse(JSON.stringify({ ...result, groups: [{ teacher: one, student: one }] })))).toBe(
    page,
  );
});

test('points grow with the rows of their bin; ticks mark the open ends of the margins', () => {
  const radii = [1, 10, 100].map((rows) => pointRadius(rows, 100));
  expect(radii).toEqual([...radii].sort((a, b) => a - b));
  expect([-8, -4, 0, 4, 8].map((margin) => marginTick(margin, 8))).toEqual(['≤ −8', '−4', '0', '4', '≥ 8']);
});

test('the report command makes the same page from the JSON', () => {
  const again = debkd(['report', join(out, 'result.json'), '--out', 'again.html'], { cwd: folder });
  expect([again.status, again.stdout]).toEqual([0, 'Written to again.html\n']);
  expect(bare(readFileSync(join(folder, 'again.html'), 'utf8'))).toBe(page);
});

test('the page of a comparison has a chart for each de-biased method and metric', async () => {
  const data = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing: data.preprocessing });
  const options = {
    teacher,
    data,
    student: { hidden: [4] },
    epochs: 5,
    replicates: 20,
    seeds: 3,
    command: 'debkd <compare>',
  };
  const html = await htmlReport(await compare(['hard', 'kd', 'debiased'], options));
  expect(html.match(/<figure class="chart">/g)).toHaveLength(2);
  expect(html).toMatch(/debiased − kd/);
  expect(html).toContain('debkd &#60;compare&#62;');
  expect(html).toMatch(/too few seeds/);
  expect(html).toMatch(/Mean log-loss, best first: \w+ \.\d{4}, \w+ \.\d{4}, \w+ \.\d{4}\./);
  const [before = '', after = ''] = html.split('<details>');
  const isPair = /<td>debiased − \w+<\/td><td>(\S+)<\/td>/g;
  expect(new Set(Array.from(before.matchAll(isPair), ([, metric]) => metric))).toEqual(new Set(['AUC', 'log-loss']));
  expect(Array.from(after.matchAll(isPair), ([, metric]) => metric)).toContain('KS');
  expect(html).not.toContain('p (Holm)');
  expect(html).toContain('<td>hard</td><td>learning rate × 1, weight decay × 1 (3 seeds)</td>');
  expect(html).toContain('the labels only, without a teacher');
  expect(html).not.toContain('as kd, plus a hint');
});

test('the best mean of each column is bold, as in the Markdown', async () => {
  const data = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing: data.preprocessing });
  const options = { teacher, data, student: { hidden: [4] }, epochs: 5, replicates: 20, seeds: 2 };
  const result = await compare(['hard', 'kd', 'debiased'], options);
  const bold = Array.from((await htmlReport(result)).matchAll(/<strong>(.*?)<\/strong>/g), ([, text]) => text);
  expect(bold).toEqual(
    Array.from(
      meansTable(result)
        .join()
        .matchAll(/\*\*(.*?)\*\*/g),
      ([, text]) => text,
    ),
  );
  expect(bold.length).toBeGreaterThanOrEqual(7);
});

test('every method and setting has a description', () => {
  for (const method of METHODS) {
    expect(LEARNS_FROM[method]).toBeTruthy();
    for (const setting of methodSpec(method).settings) expect(settingWords(setting)).not.toMatch(/^$|undefined/);
  }
});

test('names from a file are escaped', async () => {
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
  const evil = '<img src=x onerror=alert(1)>';
  const html = await htmlReport({
    ...{ ...result, summary: evil, command: evil, warnings: [evil] },
    changes: { ...result.changes, groups: [{ column: evil, value: evil, rows: 3, meanShift: 1 }] },
    groupCorrections: [{ column: evil, value: evil, labels: 3, positives: 0, meanShift: 1 }],
    missing: [{ column: evil, count: 1, spellings: [{ text: evil, count: 1 }] }],
  });
  expect(html).not.toContain('<img');
});

test('the corrections of the named groups are a table of the page and of the text, and absent without them', async () => {
  const plain = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
  const result: DistillRecord = {
    ...plain,
    groupCorrections: [
      { column: 'age', value: 'above mean', cut: 38.581, labels: 12345, positives: 9, meanShift: 9, made: -0.004 },
      ...[{ own: 1.919, standardError: 0.2, made: 1.19 }, {}, { own: -3.5, standardError: 51.25, made: -2 }].map(
        (found, k) => ({
          column: `sex${' of one'.repeat(20 * k)}`,
          value: 'F',
          labels: 20,
          positives: 4,
          meanShift: 9,
          ...found,
        }),
      ),
    ],
  };
  const text = textReport(result, undefined).split('\n');
  const start = text.findIndex((line) => line.startsWith('correction by group'));
  const lines = text.slice(start, start + 6);
  expect(lines.map((line) => line.split(/ {2,}/).slice(1))).toEqual([
    ['labels', "by the group's labels alone", 'made'],
    ['12345 (9 of class 1)', 'not defined', '0.00'],
    ['20 (4 of class 1)', '+1.92 ± 0.39', '+1.19'],
    ['20 (4 of class 1)', 'not defined', 'not defined'],
    ['20 (4 of class 1)', '-3.50 ± 100.45', '-2.00'],
    [],
  ]);
  expect(lines[1]).toMatch(/^age > 38\.58 /);
  for (const line of lines) expect(line.length).toBeLessThan(120);
  expect(text[start + 6]).toMatch(/^bias by group/);
  const html = await htmlReport(result);
  const table = /<caption>Corrections of the named groups[\s\S]*?<\/p>/.exec(html)?.[0] ?? '';
  const cells = Array.from(table.matchAll(/<tr>(<td>.*)<\/tr>/g), ([, row = '']) =>
    Array.from(row.matchAll(/<td(?: class="n")?>(.*?)<\/td>/g), ([, cell]) => cell),
  );
  expect(cells.slice(0, 2)).toEqual([
    ['age &#62; 38.58', '12345', '9', 'not defined', '0.00'],
    ['sex = F', '20', '4', '+1.92 ± 0.39', '+1.19'],
  ]);
  expect(table).toContain('With few labels, the correction of a group is drawn towards that of all rows.');
  expect(html.indexOf('What de-biasing changed')).toBeLessThan(html.indexOf(table));
  // a number that the student takes is no group of its own
  expect(plain.groupCorrections).toBeUndefined();
  expect(textReport(plain, undefined)).not.toContain('correction by group');
  expect(await htmlReport(plain)).not.toContain('Corrections of the named groups');
});

test('another schema is refused by the command line and by htmlReport', async () => {
  writeFileSync(join(folder, 'other.json'), '{"schema": "debkd/inspect@1"}');
  const { status, stderr } = debkd(['report', 'other.json', '--out', 'x.html'], { cwd: folder });
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/schema is "debkd\/inspect@1", expected debkd\/distill@1 or/),
  ]);
  await expect(htmlReport({ schema: 'debkd/inspect@1' } as never)).rejects.toThrow(
    /^result: schema is "debkd\/inspect@1", expected debkd\/distill@1 or /,
  );
});

test('the command is quoted for a shell', () => {
  expect(commandLine('compare', { data: "o'neil data.csv", tune: true, seeds: '3' })).toBe(
    "debkd compare --data 'o'\\''neil data.csv' --tune --seeds 3",
  );
});

test('rows without a value are a group in words', () => {
  const estimate = { value: 0.25, low: 0.2, high: 0.3 };
  const rates = { falseNegativeRate: estimate, falsePositiveRate: estimate, calibrationGap: estimate };
  const bias = (group: string) => ({ group, rows: 9, positives: 4, ...rates });
  const groups = ['sex=', 'sex=F'].map((group) => ({ teacher: bias(group), student: bias(group) }));
  expect(biasLines(groups).join('\n')).toContain('\nsex missing: 9 rows, 4 of class 1\n');
  expect(changedGroups({ groups }).map(groupWords)[0]).toMatch(/^sex missing: missed positives 25 %/);
  expect(groupMeasures({ groups })[0]?.groups.map(({ name }) => name)).toEqual(['missing', 'F']);
  expect(chosenLines({ groups: [{ group: 'sex=', rows: 9, positives: 4, threshold: 0.5, own: false }] })).toEqual([
    'sex missing: 0.5000, the common threshold',
  ]);
});
