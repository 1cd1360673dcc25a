// A comparison as one HTML page.
import type { Comparison } from '../compare/compare.ts';
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

/** Settings named of each method, the most frequent first. */
const MAX_SETTINGS = 5;

export async function comparePage(result: Comparison): Promise<string> {
  const { methods, paired, teacher } = result;
  const { draw } = await import('./charts/draw.ts');
  const pairs = paired.filter(({ a, metric }) => DEBIASED_METHODS.includes(a) && SHOWN.includes(metric));
  const rest = SHOWN.filter((metric) => !PAIRED.includes(metric));
  return page(`Methods compared: teacher ${teacher.sha256.slice(0, 8)}, ${result.rows.train} training rows`, [
    `<p>${escapeHtml(inOrder(result))}</p><p>${escapeHtml(whatWasCompared(result))}</p>`,
    ...notesOf(result).map((text) => `<p class="w">${escapeHtml(text)}</p>`),
    table(
      'Means over seeds; in bold the best',
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
        .join(', ')}. Accuracy and F1 are at the threshold with the best F1 on the validation rows.`,
    ),
    table(
      'What each method learns from',
      ['Method', 'Learns from'],
      methods.map((method) => [
        method,
        `${LEARNS_FROM[baseOf(method)]}${isCalibrated(method) ? '; then calibrated on the validation labels' : ''}`,
      ]),
      { prose: true },
    ),
    pairs.length > 0 ? '<h2>Paired differences</h2>' : '',
    draw(comparisonCharts(result)),
    pairTable(
      'In AUC and log-loss',
      pairs.filter(({ metric }) => PAIRED.includes(metric)),
    ),
    ...(pairs.length > 0 ? footnotes(pairs) : []),
    folded(
      `The same in ${rest.map((metric) => SHORT_NAMES[metric]).join(', ')}`,
      pairTable(
        'In the other metrics',
        pairs.filter(({ metric }) => !PAIRED.includes(metric)),
      ),
    ),
    table('Settings that were chosen', ['Method', 'Settings, and by how many seeds'], settingRows(result), {
      prose: true,
    }),
    table(
      'How it was made',
      ['What', 'Value'],
      [
        ['SHA-256 of the teacher', teacher.sha256],
        ["The teacher's hidden layer", teacher.layer ?? 'none was used'],
      ],
      { prose: true },
    ),
    madeBy(result.command),
  ]);
}

/** The methods by their log-loss, the best first. */
function inOrder({ summary }: Comparison): string {
  const means = summary.filter(({ metric }) => metric === 'logLoss').sort((a, b) => a.mean - b.mean);
  if (means.length === 0) return 'No method has numbers.';
  const list = means.map(({ method, mean }) => `${method} ${short(mean)}`).join(', ');
  return `By log-loss, the best first: ${list}. Differences whose interval holds 0 may be chance.`;
}

function pairTable(caption: string, pairs: readonly Pair[]): string {
  return table(
    caption,
    ['a − b', 'Metric', 'Mean', '95 % over seeds', 'Test rows resampled, too', 'p', 'p, Holm'],
    pairs.map(({ a, b, metric, difference, resampled, ...tests }) => [
      ...[`${a} − ${b}`, SHORT_NAMES[metric], signed(difference.value), range(difference), range(resampled)],
      ...chances(tests),
    ]),
  );
}

function footnotes(pairs: readonly Pair[]): string[] {
  return [
    note(
      '95 % over seeds: t interval of the mean difference, seed by seed. Test rows resampled, too: seeds and test rows are drawn again with replacement, so that the interval also holds the chance of which test rows there were.',
    ),
    note(
      `p: Wilcoxon's signed-rank test over seeds, two-sided.${pairs.some(({ pHolm }) => pHolm !== null) ? " p, Holm: after Holm's correction for comparing with several methods at once." : ''}${pairs.some(({ p }) => p === null) ? ` Too few seeds: fewer than ${FEWEST_PAIRS} with a difference, too few for a test.` : ''}`,
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
