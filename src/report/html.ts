// A distillation as one HTML page: no scripts, no requests.
import { type Estimate, METRICS, type Metric } from '../metrics/evaluation.ts';
import type { DistillResult } from './result.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}
td.n{text-align:right;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600}.w{border-left:4px solid #b45309;padding-left:.8rem}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td{border-color:#444}}`;
const NAMES: Record<Metric, string> = {
  ...{ auc: 'AUC', logLoss: 'Log-loss', brier: 'Brier score', ece: 'Calibration error (ECE)', accuracy: 'Accuracy' },
  ...{ f1: 'F1', precision: 'Precision', recall: 'Recall', ks: 'Kolmogorov-Smirnov', prAuc: 'Average precision' },
};

/**
 * The page of a result: metrics of teacher and student with intervals, what the de-biasing tried and moved.
 * @param summary what was found, in a sentence (describeChanges)
 */
export function htmlReport(result: DistillResult, summary: string = ''): string {
  const { debias, changes, student, infusion } = result;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Distilled student</title><style>${STYLE}</style>
<h1>Distilled student</h1>
<p>${escapeHtml(summary)}</p>
${result.warnings.map((warning) => `<p class="w">${escapeHtml(warning)}</p>`).join('\n')}
${table('On the test rows, with 95 % intervals', ['Metric', 'Teacher', 'Student'], metricRows(result))}
${table(
  'Label de-biasing: cross-fitted log-loss of each candidate',
  ['Method', 'Penalty', 'Log-loss', 'Difference to the best', 'Standard error'],
  debias.candidates.map((c) => [
    c.method,
    c.penalty ?? '',
    c.logLoss.toFixed(4),
    c.difference.toFixed(4),
    c.standardError.toFixed(4),
  ]),
)}
<p>Chosen: <strong>${escapeHtml(debias.method)}</strong>${debias.penalty === null ? '' : ` with penalty ${debias.penalty}`}; infusion <strong>${escapeHtml(infusion.form)}</strong> with strength ${infusion.strength}.</p>
${table(
  'Groups whose labels moved unlike the rest',
  ['Column', 'Value', 'Rows', 'Mean shift (log-odds)'],
  changes.groups.map((g) => [g.column, g.value, g.rows, g.meanShift.toFixed(3)]),
)}
${table(
  'Bias by group on the test rows, with 95 % intervals',
  ['Group', 'Rows', 'Model', 'Missed of class 1', 'False alarms', 'Probability minus share of class 1'],
  result.groups.flatMap((pair) =>
    (['teacher', 'student'] as const).map((model) => {
      const { group, rows, falseNegativeRate, falsePositiveRate, calibrationGap } = pair[model];
      return [group, rows, model, show(falseNegativeRate), show(falsePositiveRate), show(calibrationGap)];
    }),
  ),
)}
${table(
  'Student',
  ['What', 'Value'],
  [
    ['Architecture', student.architecture],
    ['Parameters', student.parameters],
    ['Threshold', student.threshold.toFixed(4)],
    ['SHA-256 of student.debkd', student.sha256],
    ['SHA-256 of the teacher', result.teacher.sha256],
    ...(['train', 'validation', 'test'] as const).map((part) => {
      return [`Rows to ${part} (labelled)`, `${result.rows[part]} (${result.rows.labelled[part]})`];
    }),
  ],
)}
</html>
`;
}

function metricRows({ teacher, metrics }: DistillResult): (string | number)[][] {
  const test =
    'test' in metrics && 'test' in teacher.metrics
      ? { student: metrics.test, teacher: teacher.metrics.test }
      : undefined;
  if (!test) return [];
  return METRICS.map((metric) => [NAMES[metric], show(test.teacher?.[metric]), show(test.student?.[metric])]);
}

/** `0.905 (0.899 .. 0.911)` */
export function show(estimate: Estimate | undefined): string {
  if (!estimate || Number.isNaN(estimate.value)) return 'not defined';
  return `${estimate.value.toFixed(4)} (${estimate.low.toFixed(4)} .. ${estimate.high.toFixed(4)})`;
}

function table(caption: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return '';
  const cell = (value: string | number): string =>
    `<td${/^-?[\d.]+$/.test(String(value)) ? ' class="n"' : ''}>${escapeHtml(String(value))}</td>`;
  const header = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${header}</tr></thead><tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}
</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
