// The charts of reports and of the app: their marks, descriptions, colours and tooltips.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ColorName } from '../../src/report/charts/chart.tsx';
import { type ChartOf, draw } from '../../src/report/charts/draw.ts';
import { shortName } from '../../src/report/charts/names.ts';
import { pointRadius } from '../../src/report/charts/reliability.tsx';
import { linearScale, paddedDomain, roundTicks, tickTexts } from '../../src/report/charts/scale.ts';
import { CHART_STYLE } from '../../src/report/charts/style.ts';
import { TOKENS } from '../../src/report/charts/tokens.ts';
import { shiftsOf } from '../../src/report/group-shifts.ts';
import { dice } from '../random.ts';

/** Attributes of all elements with this name, in order. */
function elements(html: string, name: string): Record<string, string>[] {
  return Array.from(html.matchAll(new RegExp(`<${name}((?:\\s[^>]*)?)/?>`, 'g')), ([, text = '']) =>
    Object.fromEntries(Array.from(text.matchAll(/([\w-]+)="([^"]*)"/g), ([, key, value]) => [key, value])),
  );
}

/** Renders one chart, without the marks of its legend. */
const chart = <Name extends ChartOf[0]>(name: Name, props: Extract<ChartOf, readonly [Name, unknown]>[1]): string =>
  draw([[name, props] as ChartOf]).replace(/<svg [^>]*aria-hidden="true".*?<\/svg>/g, '');
const numbers = (html: string, name: string, key: string): number[] =>
  elements(html, name).map((attributes) => Number(attributes[key]));
const titles = (html: string): string[] =>
  Array.from(html.matchAll(/<title>(.*?)<\/title>/g), ([, text]) => text ?? '');
/** The texts at axes, legends and marks. */
const texts = (html: string): string[] =>
  Array.from(html.matchAll(/<(?:text|span)[^>]*>(.*?)</g), ([, text]) => text ?? '');

test('three to seven round ticks inside the axis, with exact texts', () => {
  const d = dice(4);
  for (let i = 0; i < 500; i++) {
    const low = d.real(-1, 1) * 10 ** d.below(5);
    const high = low + 10 ** (d.below(8) - 3) * d.real(0.1, 1);
    const ticks = roundTicks([low, high]);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticks.length).toBeLessThanOrEqual(7);
    for (const tick of ticks) {
      expect(tick).toBeGreaterThanOrEqual(low - 1e-6 * (high - low));
      expect(tick).toBeLessThanOrEqual(high + 1e-6 * (high - low));
    }
    const back = tickTexts(ticks).map((text) => Number(text.replace('−', '-').replaceAll(',', '')));
    expect(back).toEqual(ticks.map((tick) => (tick === 0 ? 0 : tick)));
  }
  expect(roundTicks([0, 1])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(tickTexts([-0.005, 0, 0.01])).toEqual(['−0.005', '0.000', '0.010']);
  expect(tickTexts([0, 5000, 10_000])).toEqual(['0', '5000', '10,000']);
});

test('scales map ends to ends in either direction; the domain of one number is not empty', () => {
  const down = linearScale([0, 4], 300, 20);
  expect([down(0), down(1), down(4)]).toEqual([300, 230, 20]);
  const [low, high] = paddedDomain([2, 2]);
  expect(low).toBeLessThan(2);
  expect(high).toBeGreaterThan(2);
  expect(paddedDomain([])).toEqual([0, 1]);
});

const bin = { rows: 50, probability: 0.25, share: 0.5, low: 0.25, high: 0.75 };
const reliability = chart('Reliability', {
  series: [
    { name: 'teacher', style: 'teacher', bins: [bin] },
    { name: 'student', style: 'student', bins: [{ ...bin, probability: 0.75, rows: 200 }] },
  ],
});

test('a chart has a title, a description for screen readers, axis labels and a legend', () => {
  expect(reliability).toContain('<figure class="chart"><h3>Reliability</h3>');
  expect(reliability).toMatch(
    /<svg [^>]*role="img" aria-label="Reliability\. Reliability on the test rows in ten bins, /,
  );
  expect(reliability).toMatch(/<figcaption>Reliability on the test rows in ten bins, .*<\/figcaption>/);
  const unit = ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0'];
  expect(texts(reliability)).toEqual([
    ...['teacher', 'student', ...unit, ...unit, 'Mean probability →', '↑ Share of class 1'],
  ]);
});

test('reliability has a point for each bin, larger with more rows, with a tooltip', () => {
  const [square] = elements(reliability, 'rect').filter((rect) => rect['class'] === 'mark');
  const [circle] = elements(reliability, 'circle');
  const [diagonal, ...intervals] = elements(reliability, 'line');
  const [x0, x1, y0, y1] = ['x1', 'x2', 'y1', 'y2'].map((key) => Number(diagonal?.[key])) as [
    ...[number, number, number, number],
  ];
  const at = (share: number): number => y0 + share * (y1 - y0);
  expect(Number(circle?.['cx'])).toBeCloseTo(x0 + 0.75 * (x1 - x0), 0);
  expect(Number(circle?.['cy'])).toBeCloseTo(at(0.5), 0);
  expect(Number(circle?.['r'])).toBeCloseTo(pointRadius(200, 200), 1);
  expect(Number(square?.['width'])).toBeCloseTo(2 * pointRadius(50, 200), 0);
  expect(intervals).toHaveLength(2);
  for (const interval of intervals) {
    expect(Number(interval['y1'])).toBeCloseTo(at(0.25), 0);
    expect(Number(interval['y2'])).toBeCloseTo(at(0.75), 0);
  }
  expect(titles(reliability)).toEqual([
    'teacher: 50 rows, mean probability 0.250, share of class 1 0.500 (0.250 to 0.750)',
    'student: 200 rows, mean probability 0.750, share of class 1 0.500 (0.250 to 0.750)',
  ]);
});

test('ROC has a line for each model from corner to corner', () => {
  const points = [
    [0, 0],
    [0.5, 1],
    [1, 1],
  ] as const;
  const html = chart('Roc', {
    series: [
      { name: 'teacher', style: 'teacher', points },
      { name: 'hard labels', style: 'hard', points },
    ],
  });
  const lines = elements(html, 'path').filter((path) => path['class']?.startsWith('line'));
  expect(lines.map((line) => line['class'])).toEqual(['line teacher', 'line hard']);
  const [diagonal] = elements(html, 'line');
  const [x0, x1, y0, y1] = ['x1', 'x2', 'y1', 'y2'].map((key) => diagonal?.[key]);
  expect(lines[0]?.['d']).toBe(`M${x0} ${y0}L${(Number(x0) + Number(x1)) / 2} ${y1}L${x1} ${y1}`);
});

test('margins have bars as high as their rows, class 1 stacked on class 0, the teacher up and the de-biased down', () => {
  const from = [-8, 0];
  const html = chart('Margins', {
    margins: {
      teacher: { from, width: 8, negatives: [30, 0], positives: [10, 20] },
      debiased: { from, width: 8, negatives: [40, 0], positives: [0, 20] },
    },
  });
  const [heights, tops] = [numbers(html, 'rect', 'height'), numbers(html, 'rect', 'y')] as [number[], number[]];
  expect(heights).toHaveLength(5);
  const row = (heights[3] as number) / 40;
  for (const [i, rows] of [30, 10, 20, 40, 20].entries()) expect(heights[i]).toBeCloseTo(rows * row, 0);
  const zero = Number(elements(html, 'line').at(-1)?.['y1']);
  for (const [i, rows] of [30, 40, 20, 0, 0].entries()) expect(tops[i]).toBeCloseTo(zero - rows * row, 0);
  expect(titles(html)).toEqual([
    'teacher, class 0: 30 rows below 0.0',
    'teacher, class 1: 10 rows below 0.0',
    'teacher, class 1: 20 rows from 0.0 on',
    'de-biased, class 0: 40 rows below 0.0',
    'de-biased, class 1: 20 rows from 0.0 on',
  ]);
  for (const text of ['class 0', 'class 1', '≤ −8', '≥ 8', 'Margin (log-odds of class 1) →', 'teacher', 'de-biased'])
    expect(texts(html)).toContain(text);
});

test('losses have whole epochs on the axis and leave out epochs without a loss', () => {
  const series = [{ name: 'validation', style: 'student', values: [0.5, null, 0.25] }] as const;
  const html = chart('Losses', { title: 'Loss', caption: 'By epoch.', label: 'Loss', series, epochs: 3 });
  const line = elements(html, 'path').find((path) => path['class'] === 'line student')?.['d'];
  expect(line?.match(/[ML]/g)).toEqual(['M', 'L']);
  expect(texts(html).slice(0, 3)).toEqual(['1', '2', '3']);
  expect(texts(html)).toContain('Epoch →');
});

test('intervals draw no mark for an undefined value, no line for an undefined interval, and a line at 0', () => {
  const style = 'student' satisfies ColorName;
  const marks = [
    { name: 'whole', style, value: 0.5, low: 0.25, high: 0.75 },
    { name: 'alone', style, value: 0.5, low: null, high: null },
    { name: 'none', style, value: Number.NaN, low: Number.NaN, high: Number.NaN },
  ] as const;
  const html = chart('Intervals', {
    ...{ title: 'Rate', caption: 'By group.', x: { label: 'Rate' }, zero: true, groups: [{ name: 'g = 1', marks }] },
    legend: [{ name: 'student', style }],
  });
  expect(elements(html, 'circle')).toHaveLength(2);
  expect(elements(html, 'line').map((line) => line['class'])).toEqual(['zero', 'interval']);
  expect(titles(html)).toEqual(['g = 1, whole: 0.5000 (0.2500 to 0.7500)', 'g = 1, alone: 0.5000']);
  expect(html).not.toMatch(/NaN|null|undefined/);
});

test('shifts have bars from 0, sorted by their distance from the mean, and escape names from a file', () => {
  const groups = [
    { column: 'sex', value: '<img src=x>', rows: 3, meanShift: 1 },
    { column: 'age', value: 'above mean', cut: 38, rows: 5, meanShift: -3 },
  ];
  const counts = { rows: 9, moved: 0, flipped: 0, meanShift: 0.5, meanProbabilityShift: 0, meanInfusion: 0 };
  const html = chart('Shifts', {
    groups: shiftsOf({ ...counts, groups }),
    all: counts.meanShift,
    meaning: 'Furthest first.',
  });
  expect(titles(html)).toEqual([
    'age > 38: 5 rows, mean shift -3.000',
    'sex = &lt;img src=x>: 3 rows, mean shift 1.000',
  ]);
  expect(html).not.toContain('<img');
  const zero = Number(elements(html, 'line')[0]?.['x1']);
  const [left, right] = elements(html, 'rect').map((rect) => [Number(rect['x']), Number(rect['width'])]);
  expect((left?.[0] ?? 0) + (left?.[1] ?? 0)).toBeCloseTo(zero, 1);
  expect(right?.[0]).toBe(zero);
  expect(left?.[1]).toBeCloseTo(3 * (right?.[1] ?? 0), 0);
  expect(html).toContain('the dashed line that of all rows (0.50). Furthest first.');
});

test('a map of cells: colours by direction, strength by size, every cell named', () => {
  const map = { title: 'Cells', caption: 'By hand.', rows: 2, columns: 3, shares: [0.5, -1, 0, 0.25, 0, 0] };
  const html = chart('Occlusion', map);
  expect(html).toContain('role="img" aria-label="Cells. By hand."');
  const cells = elements(html, 'rect').filter((rect) => rect['fill-opacity'] !== undefined);
  expect(cells.map((rect) => rect['fill-opacity'])).toEqual(['0.5', '1', '0', '0.25', '0', '0']);
  expect(cells.map((rect) => rect['class'])).toEqual(['up', 'down', 'up', 'up', 'up', 'up']);
  const [first, second, , fourth] = cells.map(({ x, y, width, height }) => [x, y, width, height].map(Number));
  const [x = 0, y = 0, width = 0, height = 0] = first as number[];
  expect(second?.[0]).toBeCloseTo(x + width, 0);
  expect(second?.[1]).toBe(y);
  expect(fourth?.[0]).toBe(x);
  expect(fourth?.[1]).toBeCloseTo(y + height, 0);
  expect(titles(html)).toHaveLength(6);
  expect(titles(html).slice(0, 2)).toEqual(['Row 1, column 1: +0.500', 'Row 1, column 2: -1.000']);
  for (const text of ['towards class 1', 'towards class 0', '1', '2', '3', 'Column →', '↑ Row'])
    expect(texts(html)).toContain(text);
  const sizes = chart('Occlusion', { ...map, shares: [0, 0, 0, 0, 0, 0], signed: false });
  expect(sizes).not.toMatch(/NaN|towards class/);
});

test('a long name is shortened in the middle and keeps its value', () => {
  expect(shortName('sex = Female', ' (12)')).toBe('sex = Female (12)');
  const short = shortName(`${'a'.repeat(60)} = Female`, ' (12)');
  expect(short).toMatch(/^aaaaaaaaaa….*a = Female \(12\)$/);
  expect(short).toHaveLength(44);
});

test('every colour has a rule for light and dark mode', () => {
  const names: Record<ColorName, true> = {
    ...{ teacher: true, student: true, plain: true, hard: true, neutral: true, class0: true, class1: true },
    ...{ up: true, down: true },
  };
  const [light = '', dark = ''] = TOKENS.split('@media(prefers-color-scheme:dark)');
  for (const name of Object.keys(names)) {
    const variable = new RegExp(`\\.chart \\.${name}[,{][^}]*color:var\\((--\\w+)\\)`).exec(CHART_STYLE)?.[1];
    expect(light, name).toContain(`${variable}:#`);
    expect(dark.split('}}')[0], name).toContain(`${variable}:#`);
  }
  expect(CHART_STYLE).not.toMatch(/url\(|@import|https?:/);
});

test('charts import only types from the rest of debkd, which lets a bundler keep it in one piece', () => {
  const folder = new URL('../../src/report/charts/', import.meta.url);
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(8);
  for (const file of files)
    expect(readFileSync(new URL(file, folder), 'utf8'), file).not.toMatch(/^import (?!type )[^;]*from '\.\.\//m);
});
