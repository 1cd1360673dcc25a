// The HTML page of a comparison.
import type { Comparison } from '../compare/comparison.ts';
import { baseOf, DEBIASED_METHODS, isCalibrated } from '../compare/methods.ts';
import type { Pair } from '../compare/summary.ts';
import {
  chances,
  meanCells,
  notesOf,
  PAIRED,
  range,
  SHOWN,
  short,
  signed,
  whatWasCompared,
} from '../compare/tables.ts';
import { METRIC_NAMES, SHORT_NAMES } from '../metrics/metric.ts';
import { FEWEST_PAIRS } from '../metrics/paired.ts';
import { comparisonCharts } from './compare-figures.ts';
import { LEARNS_FROM, settingWords } from './glossary.ts';
import { capital, escapeHtml, folded, madeBy, note, page, table } from './page.ts';
import { softLabelsWords } from './soft-labels-words.ts';
import { termsPart } from './terms-part.ts';

/** Settings to list for each method, the most frequent first. */
const MAX_SETTINGS = 5;

export async function comparePage(result: Comparison): Promise<string> {
  const { methods, paired, teacher } = result;
  const { draw } = await import('./charts/draw.ts');
  const pairs = paired.filter(({ a, metric }) => DEBIASED_METHODS.includes(a) && SHOWN.includes(metric));
  const rest = SHOWN.filter((metric) => !PAIRED.includes(metric));
  return page(`Method comparison: teacher ${teacher.sha256.slice(0, 8)}, ${result.rows.train} training rows`, [
    `<p>${escapeHtml(inOrder(result))}</p><p>${escapeHtml(whatWasCompared(result))}</p>`,
    ...notesOf(result).map((text) => `<p class="w">${escapeHtml(text)}</p>`),
    table(
      'Means over seeds (best in bold)',
      ['Method', ...SHOWN.map((metric) => capital(SHORT_NAMES[metric]))],
      meanCells(result).map(({ method, cells }) => [
        method,
        ...cells.map(({ text, best }) => (best ? { strong: text } : text)),
      ]),
    ),
    note(
      `Lower is better for log-loss, Brier and ECE, higher for the others. ${rest
        .map((metric) => METRIC_NAMES[metric])
        .filter((name) => name.includes('('))
        .join(
          ', ',
        )}. Accuracy and F1 use the threshold with the best F1 on the validation rows. With fewer than 100 validation labels of one class, de-biased methods use the best F1 expected by their corrected labels.`,
    ),
    table(
      'What each method learns from',
      ['Method', 'Learns from'],
      methods.map((method) => [
        method,
        `${LEARNS_FROM[baseOf(method)]}${method.includes('@') ? '; one teacher alone' : ''}${isCalibrated(method) ? '; then calibrated on labelled rows' : ''}`,
      ]),
      { prose: true },
    ),
    pairs.length > 0 ? '<h2>Paired differences</h2>' : '',
    draw(comparisonCharts(result)),
    pairTable(
      'Paired differences in AUC and log-loss',
      pairs.filter(({ metric }) => PAIRED.includes(metric)),
    ),
    ...(pairs.length > 0 ? footnotes(pairs) : []),
    folded(
      `Paired differences in ${rest.map((metric) => SHORT_NAMES[metric]).join(', ')}`,
      pairTable(
        'Paired differences in the other metrics',
        pairs.filter(({ metric }) => !PAIRED.includes(metric)),
      ),
    ),
    table('Chosen settings', ['Method', 'Settings (number of seeds)'], settingRows(result), {
      prose: true,
    }),
    table(
      'Details',
      ['Property', 'Value'],
      [
        ...(teacher.softLabels ? [['Soft labels', softLabelsWords(teacher.softLabels)]] : []),
        [teacher.softLabels ? 'SHA-256 of the soft labels' : 'SHA-256 of the teacher', teacher.sha256],
        ...(teacher.runtime === undefined ? [] : [["The teacher's runtime", teacher.runtime]]),
        ...(teacher.teachers ?? []).flatMap(({ name, sha256, runtime }) => [
          [`SHA-256 of ${name}`, sha256],
          ...(runtime === undefined ? [] : [[`The runtime of ${name}`, runtime]]),
        ]),
        ["The teacher's hidden layer", teacher.layer ?? 'not used'],
      ],
      { prose: true },
    ),
    termsPart(['kd', 'softLabel', 'debiasing', 'infusion', 'logLoss', 'auc', 'calibration']),
    madeBy(result.command),
  ]);
}

/** The methods in the order of their mean log-loss. */
function inOrder({ summary }: Comparison): string {
  const means = summary.filter(({ metric }) => metric === 'logLoss').sort((a, b) => a.mean - b.mean);
  if (means.length === 0) return 'No method has results.';
  const list = means.map(({ method, mean }) => `${method} ${short(mean)}`).join(', ');
  return `Mean log-loss, best first: ${list}. A difference whose interval contains 0 may be chance.`;
}

function pairTable(caption: string, pairs: readonly Pair[]): string {
  return table(
    caption,
    ['a − b', 'Metric', 'Mean', '95 % over seeds', '95 % over seeds and test rows', 'p', 'p (Holm)'],
    pairs.map(({ a, b, metric, difference, resampled, ...tests }) => [
      ...[`${a} − ${b}`, SHORT_NAMES[metric], signed(difference.value), range(difference), range(resampled)],
      ...chances(tests),
    ]),
  );
}

function footnotes(pairs: readonly Pair[]): string[] {
  return [
    note(
      '95 % over seeds: t interval of the mean of the differences per seed. 95 % over seeds and test rows: bootstrap interval that resamples both and includes the sampling error of the test set.',
    ),
    note(
      `p: two-sided Wilcoxon signed-rank test over seeds.${pairs.some(({ pHolm }) => pHolm !== null) ? " p (Holm): with Holm's correction for multiple comparisons." : ''}${pairs.some(({ p }) => p === null) ? ` Too few seeds: the test needs at least ${FEWEST_PAIRS} seeds with a difference.` : ''}`,
    ),
  ];
}

function settingRows({ methods, results }: Comparison): string[][] {
  return methods.flatMap((method) => {
    const counts = new Map<string, number>();
    for (const row of results) {
      if (row.method !== method || !row.settings) continue;
      const text = settingWords(row.settings);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, MAX_SETTINGS);
    const words = sorted.map(([text, n]) => `${text} (${n} seed${n === 1 ? '' : 's'})`);
    return words.length > 0 ? [[method, words.join('; ')]] : [];
  });
}
