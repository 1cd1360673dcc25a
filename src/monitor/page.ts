// The HTML page of a comparison.
import { METRIC_NAMES } from '../metrics/metric.ts';
import { escapeHtml, folded, note, page, table } from '../report/page.ts';
import { show } from '../report/show.ts';
import { histogramName } from './histogram.ts';
import type { Monitoring } from './monitoring.ts';
import type { ShiftBin } from './shift.ts';
import { answeredLines, changeText, pText, shiftText } from './text.ts';
import { percent, psiText } from './verdict.ts';

/** Makes the page: self-contained, without scripts and requests. */
export async function monitorPage(found: Monitoring): Promise<string> {
  const { rows, columns, margins, positives, deferred, labels, student } = found;
  const all = [
    ...columns.map((one) => ({ name: histogramName(one), ...one })),
    { name: "The student's margins", ...margins, missing: undefined, unknown: undefined },
  ];
  const { draw } = await import('../report/charts/draw.ts');
  return page(`Monitoring of student ${student.slice(0, 8)}: ${rows.now} rows`, [
    `<p>${escapeHtml(found.verdict)}</p>`,
    table(
      `${rows.now} rows, compared with ${rows.reference} training rows`,
      ['Column', 'PSI', 'Reading', 'p (Holm)', 'Shift', 'Missing', 'Unknown'],
      all.map((row) => [
        row.shifted ? { strong: row.name } : row.name,
        psiText(row),
        row.reading,
        pText(row.adjusted),
        shiftText(row),
        changeText(row.missing),
        changeText(row.unknown),
      ]),
    ),
    note(
      'PSI is the population stability index: below .1 stable, from .1 some shift, from .25 a large shift. p is that of a chi-squared test on the bins, corrected for all columns (Holm). A column has shifted if its PSI is at least .1 and p is below .05.',
    ),
    answersPart(positives, deferred),
    ...all.map((row) => folded(`${row.name}: bins`, binsTable(row.bins))),
    labels ? labelsPart(labels) : '',
    labels ? draw(reliabilityChart(labels)) : '',
  ]);
}

function answersPart(positives: number | undefined, deferred: Monitoring['deferred']): string {
  const parts = [
    ...(positives === undefined ? [] : [`The student labels ${percent(positives)} of the rows 1.`]),
    ...(deferred ? [`It defers ${percent(deferred.share)} of them (${deferred.rows} rows).`] : []),
    ...answeredLines(deferred).map((line) => `${line.slice(0, 1).toUpperCase()}${line.slice(1)}.`),
  ];
  return parts.length === 0 ? '' : `<p>${escapeHtml(parts.join(' '))}</p>`;
}

function binsTable(bins: readonly ShiftBin[]): string {
  const rows = bins.map(({ bin, reference, now }) => [bin, percent(reference), percent(now)]);
  return table('Share of the rows', ['Bin', 'Reference', 'Now'], rows);
}

function labelsPart({ rows, share, probability, threshold, metrics }: NonNullable<Monitoring['labels']>): string {
  return [
    '<h2>Metrics and calibration</h2>',
    `<p>${rows} rows have a label: ${percent(share)} are class 1, and the student's mean probability is ${percent(probability)}.</p>`,
    table(
      'Metrics with 95 % intervals',
      ['Metric', 'Promised (test rows)', 'Now', 'p (Holm)', 'Verdict'],
      metrics.map(({ metric, promised, now, adjusted, verdict }) => [
        METRIC_NAMES[metric],
        promised ? show(promised) : '',
        show(now),
        adjusted === undefined ? '' : pText(adjusted),
        verdict === 'worse' ? { strong: verdict } : verdict,
      ]),
    ),
    note(`Threshold of class 1: ${threshold.toFixed(4)}. A difference counts from a corrected p below .05.`),
  ].join('\n');
}

function reliabilityChart({ calibration: { promised, now } }: NonNullable<Monitoring['labels']>) {
  const series = [
    ...(promised.length > 0 ? [{ name: 'promised', style: 'teacher' as const, bins: promised }] : []),
    { name: 'now', style: 'student' as const, bins: now },
  ];
  return [['Reliability', { series, rows: 'the labelled rows and the test rows' }] as const];
}
