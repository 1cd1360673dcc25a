// A comparison as CSV, one line a method and seed, and as Markdown, one line a method.
import { METRICS, type Metric } from '../metrics/evaluation.ts';
import { FEWEST_PAIRS } from '../metrics/paired.ts';
import type { Comparison } from './compare.ts';
import type { Method } from './methods.ts';
import type { Pair, Summary } from './summary.ts';

const NAMES: Readonly<Record<Metric, string>> = {
  ...{ auc: 'AUC', logLoss: 'log-loss', brier: 'Brier', ece: 'ECE', accuracy: 'accuracy', f1: 'F1' },
  ...{ precision: 'precision', recall: 'recall', ks: 'KS', prAuc: 'PR AUC' },
};
const SHOWN: readonly Metric[] = ['auc', 'logLoss', 'brier', 'ece', 'accuracy', 'f1', 'ks'];
const PAIRED: readonly Metric[] = ['auc', 'logLoss'];
const DIGITS = 4;

/** One line a method and seed: the chosen setting and every metric; why, where there is none. */
export function comparisonCsv({ results }: Comparison): string {
  const header = ['method', 'seed', 'settings', 'threshold', ...METRICS, 'note'];
  const lines = results.map(({ method, seed, settings, threshold, metrics, notApplicable, failed }) =>
    [
      ...[method, seed, settings ? JSON.stringify(settings) : '', threshold ?? ''],
      ...METRICS.map((metric) => metrics?.[metric] ?? ''),
      notApplicable ? `not applicable: ${notApplicable}` : failed ? `failed: ${failed}` : '',
    ].map(csvField),
  );
  return [header.join(','), ...lines.map((line) => line.join(','))].join('\n').concat('\n');
}

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Means over seeds with half-widths of their intervals, then the paired differences of our methods to the others. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { methods, summary, paired, results, rows, seeds, tuned, student } = comparison;
  const of = (method: Method, metric: Metric): Summary | undefined =>
    summary.find((entry) => entry.method === method && entry.metric === metric);
  const cell = (entry: Summary | undefined): string => {
    if (!entry) return '';
    const half = entry.high === null ? '' : ` ± ${(entry.high - entry.mean).toFixed(DIGITS)}`;
    return `${entry.mean.toFixed(DIGITS)}${half}`;
  };
  const notes = new Map<string, Set<string>>();
  for (const { method, notApplicable, failed } of results) {
    const why = notApplicable ? `not applicable: ${notApplicable}` : failed ? `failed: ${failed}` : undefined;
    if (why) notes.set(why, (notes.get(why) ?? new Set()).add(method));
  }
  const lines = [
    `${rows.train} training rows${rows.train < rows.pool ? ` of ${rows.pool}` : ''}, ${rows.validation} to choose by, ${rows.test} test rows; ` +
      `student ${student.hidden.length > 0 ? student.hidden.join(', ') : 'logistic'}; ${seeds.length} seed${seeds.length === 1 ? '' : 's'}; ${tuned ? 'tuned over equal budgets' : 'not tuned'}.`,
    '',
    ...table(
      ['method', ...SHOWN.map((metric) => NAMES[metric])],
      methods.map((method) => [method, ...SHOWN.map((metric) => cell(of(method, metric)))]),
    ),
    '',
  ];
  const ours = paired.filter(({ a, metric }) => a.startsWith('debiased') && PAIRED.includes(metric));
  if (ours.length > 0) {
    lines.push(
      ...table(
        ['difference', 'metric', 'mean (95 % over seeds)', 'rows resampled, too', 'p', 'p, Holm'],
        ours.map((pair) => [`${pair.a} − ${pair.b}`, NAMES[pair.metric], ...pairCells(pair)]),
      ),
      '',
    );
    if (ours.some(({ p }) => p === null))
      lines.push(`p: fewer than ${FEWEST_PAIRS} seeds with a difference are too few for a test.`, '');
  }
  for (const [why, set] of notes) lines.push(`${[...set].join(', ')}: ${why}`, '');
  return lines.join('\n');
}

function pairCells({ difference, resampled, p, pHolm }: Pair): string[] {
  const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(DIGITS)}`;
  const range = ({ low, high }: { low: number | null; high: number | null }): string =>
    low === null || high === null ? '' : `${signed(low)} .. ${signed(high)}`;
  const chance = (x: number | null): string => (x === null ? 'too few seeds' : x < 0.0001 ? '< .0001' : x.toFixed(4));
  const interval = range(difference);
  return [
    `${signed(difference.value)}${interval === '' ? '' : ` (${interval})`}`,
    ...[range(resampled), chance(p), pHolm === null ? '' : chance(pHolm)],
  ];
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}
