// A comparison as CSV, one line a method and seed, and as Markdown, one line a method.
import { quoteField } from '../data/csv-field.ts';
import { LOWER_IS_BETTER, METRICS, type Metric, SHORT_NAMES } from '../metrics/metric.ts';
import { FEWEST_PAIRS } from '../metrics/paired.ts';
import type { Comparison } from './comparison.ts';
import type { Method } from './method.ts';
import { DEBIASED_METHODS } from './methods.ts';
import type { Pair } from './summary.ts';

/** Metrics in tables of means, and those that methods are compared by. */
export const SHOWN: readonly Metric[] = ['auc', 'logLoss', 'brier', 'ece', 'accuracy', 'f1', 'ks'];
export const PAIRED: readonly Metric[] = ['auc', 'logLoss'];
const DIGITS = 4;

/** One line a method and seed: the chosen setting and every metric; why, where there is none. */
export function comparisonCsv({ results }: Comparison): string {
  const header = ['method', 'seed', 'settings', 'threshold', ...METRICS, 'note'];
  const lines = results.map(({ method, seed, settings, threshold, metrics, notApplicable, failed }) =>
    [
      method,
      seed,
      settings ? JSON.stringify(settings) : '',
      threshold ?? '',
      ...METRICS.map((metric) => metrics?.[metric] ?? ''),
      notApplicable ? `not applicable: ${notApplicable}` : failed ? `failed: ${failed}` : '',
    ].map((value) => quoteField(String(value))),
  );
  return [header.join(','), ...lines.map((line) => line.join(','))].join('\n').concat('\n');
}

/** What was compared, means over seeds, paired differences of our methods to the others, and notes. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { paired } = comparison;
  const lines = [whatWasCompared(comparison), '', ...meansTable(comparison), ''];
  const ours = paired.filter(({ a, metric }) => DEBIASED_METHODS.includes(a) && PAIRED.includes(metric));
  if (ours.length > 0) {
    lines.push(
      ...table(
        ['difference', 'metric', 'mean (95 % over seeds)', 'rows resampled, too', 'p', 'p, Holm'],
        ours.map((pair) => [`${pair.a} − ${pair.b}`, SHORT_NAMES[pair.metric], ...pairCells(pair)]),
      ),
      '',
    );
    if (ours.some(({ p }) => p === null))
      lines.push(`p: fewer than ${FEWEST_PAIRS} seeds with a difference are too few for a test.`, '');
  }
  for (const note of notesOf(comparison)) lines.push(note, '');
  return lines.join('\n');
}

/** Rows, student, seeds, tuning, in a line. */
export function whatWasCompared({ rows, seeds, tuned, student }: Comparison): string {
  return (
    `${rows.train} training rows${rows.train < rows.pool ? ` of ${rows.pool}` : ''}, ${rows.validation} to choose by, ${rows.test} test rows; ` +
    `student ${student.hidden.length > 0 ? student.hidden.join(', ') : 'logistic'}; ${seeds.length} seed${seeds.length === 1 ? '' : 's'}; ${tuned ? 'tuned over equal budgets' : 'not tuned: the first setting of each method'}. ± is half the 95 % t interval over seeds.`
  );
}

/** Why methods have no numbers: one line a reason. */
export function notesOf({ results }: Comparison): string[] {
  const notes = new Map<string, Set<string>>();
  for (const { method, notApplicable, failed } of results) {
    const why = notApplicable ? `not applicable: ${notApplicable}` : failed ? `failed: ${failed}` : undefined;
    if (why) notes.set(why, (notes.get(why) ?? new Set()).add(method));
  }
  return [...notes].map(([why, set]) => `${[...set].join(', ')}: ${why}`);
}

/** A mean with the half-width of its interval, `.9874 ± .0090`; best of its column or not. */
export interface MeanCell {
  readonly text: string;
  readonly best: boolean;
}

/** A row a method, a cell for each of SHOWN; where there are no numbers, the first says what became of it. */
export function meanCells({ methods, summary, results }: Comparison): { method: Method; cells: MeanCell[] }[] {
  const best = new Map(
    SHOWN.map((metric) => {
      const means = summary.filter((entry) => entry.metric === metric).map(({ mean }) => mean);
      return [metric, LOWER_IS_BETTER.has(metric) ? Math.min(...means) : Math.max(...means)];
    }),
  );
  return methods.map((method) => {
    const row = results.find((known) => known.method === method && (known.notApplicable ?? known.failed));
    const cells = SHOWN.map((metric, j): MeanCell => {
      const entry = summary.find((known) => known.method === method && known.metric === metric);
      if (!entry) return { text: j > 0 || !row ? '' : row.notApplicable ? 'not applicable' : 'failed', best: false };
      const half = entry.high === null ? '' : ` ± ${short(entry.high - entry.mean)}`;
      return { text: `${short(entry.mean)}${half}`, best: entry.mean === best.get(metric) };
    });
    return { method, cells };
  });
}

/** Markdown lines: a row a method, means over seeds with half-widths of their 95 % intervals, the best of each column bold. */
export function meansTable(comparison: Comparison): string[] {
  const body = meanCells(comparison).map(({ method, cells }) => [
    method,
    ...cells.map(({ text, best }) => (best ? `**${text}**` : text)),
  ]);
  return table(['method', ...SHOWN.map((metric) => SHORT_NAMES[metric])], body);
}

/**
 * Markdown lines: a row a rival of method a, the mean differences of AUC and log-loss with their 95 % intervals over seeds, and
 * `won` or `lost` where the interval lies wholly on one side.
 */
export function differencesTable({ paired }: Comparison, a: Method): string[] {
  const rivals = [...new Set(paired.filter((pair) => pair.a === a).map(({ b }) => b))];
  const cell = (b: Method, metric: Metric): string => {
    const pair = paired.find((known) => known.a === a && known.b === b && known.metric === metric);
    if (!pair) return '';
    const { value, low, high } = pair.difference;
    if (low === null || high === null) return signed(value);
    const lower = LOWER_IS_BETTER.has(metric);
    const verdict = (lower ? high < 0 : low > 0) ? ' won' : (lower ? low > 0 : high < 0) ? ' lost' : '';
    return `${signed(value)} (${signed(low)} .. ${signed(high)})${verdict}`;
  };
  return table(
    [`${a} −`, ...PAIRED.map((metric) => SHORT_NAMES[metric])],
    rivals.map((b) => [b, ...PAIRED.map((metric) => cell(b, metric))]),
  );
}

/** Four digits, without the 0 before the point. */
export function short(x: number): string {
  return x.toFixed(DIGITS).replace(/^(-?)0\./, '$1.');
}

/** With a sign. */
export function signed(x: number): string {
  return `${x < 0 ? '−' : '+'}${short(Math.abs(x))}`;
}

/** `−.0027 .. −.0020`; empty where there is none. */
export function range({ low, high }: { readonly low: number | null; readonly high: number | null }): string {
  return low === null || high === null ? '' : `${signed(low)} .. ${signed(high)}`;
}

/** p and its correction, in words where there is none. */
export function chances({ p, pHolm }: Pick<Pair, 'p' | 'pHolm'>): [p: string, holm: string] {
  const text = (x: number): string => (x < 0.0001 ? '< .0001' : short(x));
  return [p === null ? 'too few seeds' : text(p), pHolm === null ? '' : text(pHolm)];
}

function pairCells(pair: Pair): string[] {
  const interval = range(pair.difference);
  return [
    `${signed(pair.difference.value)}${interval === '' ? '' : ` (${interval})`}`,
    range(pair.resampled),
    ...chances(pair),
  ];
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}
