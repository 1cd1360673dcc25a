// Writes a comparison as CSV (one line per method and seed) and as Markdown (one line per method).
import { quoteField } from '../data/csv-field.ts';
import { listed, quote } from '../io/errors.ts';
import { LOWER_IS_BETTER, METRICS, type Metric, SHORT_NAMES } from '../metrics/metric.ts';
import { FEWEST_PAIRS } from '../metrics/paired.ts';
import { type WeightsRecord, weightedBy, weightLines } from '../report/weights-text.ts';
import { withheldColumns } from '../teacher/model-columns.ts';
import type { Comparison } from './comparison.ts';
import type { Method } from './method.ts';
import { DEBIASED_METHODS } from './methods.ts';
import type { Pair } from './summary.ts';

/** Metrics in tables of means, and metrics in tables of differences. */
export const SHOWN: readonly Metric[] = ['auc', 'logLoss', 'brier', 'ece', 'accuracy', 'f1', 'ks'];
export const PAIRED: readonly Metric[] = ['auc', 'logLoss'];
const DIGITS = 4;
/** Columns that a note names. */
const MAX_NAMED = 12;

/**
 * Writes a comparison as CSV: one line for each method and seed, with the chosen setting, all metrics, and a note where there are
 * none.
 * @example
 * await writeFile('comparison.csv', comparisonCsv(comparison));
 */
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

/**
 * Writes a comparison as Markdown: rows and seeds, means over seeds, paired differences of the de-biased methods to the others, notes.
 * @example
 * console.log(comparisonMarkdown(comparison));
 */
export function comparisonMarkdown(comparison: Comparison): string {
  const { paired } = comparison;
  const lines = [whatWasCompared(comparison), '', ...meansTable(comparison), ''];
  const ours = paired.filter(({ a, metric }) => DEBIASED_METHODS.includes(a) && PAIRED.includes(metric));
  if (ours.length > 0) {
    lines.push(
      ...table(
        ['difference', 'metric', 'mean (95 % over seeds)', 'rows also resampled', 'p', 'p, Holm'],
        ours.map((pair) => [`${pair.a} − ${pair.b}`, SHORT_NAMES[pair.metric], ...pairCells(pair)]),
      ),
      '',
    );
    if (ours.some(({ p }) => p === null))
      lines.push(`p: a test needs ${FEWEST_PAIRS} or more seeds with a difference.`, '');
  }
  for (const note of notesOf(comparison)) lines.push(note, '');
  return lines.join('\n');
}

/** Describes rows, student, seeds and tuning in one line. */
export function whatWasCompared({ rows, weights, seeds, tuned, student }: Comparison): string {
  return (
    `${rows.train} training rows${rows.train < rows.pool ? ` of ${rows.pool}` : ''}, ${rows.validation} validation rows, ${rows.test} test rows; ` +
    `student ${student.hidden.length > 0 ? student.hidden.join(', ') : 'logistic'}; ${seeds.length} seed${seeds.length === 1 ? '' : 's'}; ${tuned ? 'tuned with equal budgets' : 'not tuned: the first setting of each method'}. ± is half the 95 % t interval over seeds.` +
    (weights ? ` ${weightedBy(weights)}: ${weightWords(weights, rows)}.` : '')
  );
}

function weightWords(weights: WeightsRecord, { pool, validation, test }: Comparison['rows']): string {
  const lines = weightLines(weights, { train: pool, validation, test });
  return lines.map(({ part, text }) => `${part} rows, ${text}`).join('; ');
}

/** Lists the columns that only the teacher takes, and the reasons why methods have no metrics, one line for each reason. */
export function notesOf({ results, columns }: Comparison): string[] {
  const notes = new Map<string, Set<string>>();
  for (const { method, notApplicable, failed } of results) {
    const why = notApplicable ? `not applicable: ${notApplicable}` : failed ? `failed: ${failed}` : undefined;
    if (why) notes.set(why, (notes.get(why) ?? new Set()).add(method));
  }
  const withheld = columns ? withheldColumns(columns) : [];
  return [
    ...(withheld.length > 0
      ? [
          `Only the teacher takes ${listed(
            withheld.map((name) => quote(name)),
            MAX_NAMED,
          )}.`,
        ]
      : []),
    ...[...notes].map(([why, set]) => `${[...set].join(', ')}: ${why}`),
  ];
}

/** A mean with the half-width of its interval, `.9874 ± .0090`, and whether it is the best of its column. */
export interface MeanCell {
  readonly text: string;
  readonly best: boolean;
}

/** Returns one row for each method with a cell for each of SHOWN; without metrics, the first cell says `not applicable` or `failed`. */
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

/** Returns Markdown lines: one row per method, means over seeds with half-widths of 95 % intervals, the best of each column bold. */
export function meansTable(comparison: Comparison): string[] {
  const body = meanCells(comparison).map(({ method, cells }) => [
    method,
    ...cells.map(({ text, best }) => (best ? `**${text}**` : text)),
  ]);
  return table(['method', ...SHOWN.map((metric) => SHORT_NAMES[metric])], body);
}

/**
 * Returns Markdown lines: one row for each rival of method a, with the mean differences of AUC and log-loss, their 95 % intervals over
 * seeds, and `won` or `lost` where the interval excludes 0.
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

/** Formats a number with four digits, without the 0 before the point. */
export function short(x: number): string {
  return x.toFixed(DIGITS).replace(/^(-?)0\./, '$1.');
}

/** Formats a number as `short` does, with its sign. */
export function signed(x: number): string {
  return `${x < 0 ? '−' : '+'}${short(Math.abs(x))}`;
}

/** Formats an interval as `−.0027 .. −.0020`; empty where there is none. */
export function range({ low, high }: { readonly low: number | null; readonly high: number | null }): string {
  return low === null || high === null ? '' : `${signed(low)} .. ${signed(high)}`;
}

/** Formats p and its correction; a missing p is `too few seeds`. */
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
