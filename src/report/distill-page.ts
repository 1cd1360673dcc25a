// A distillation as one HTML page.
import { METRIC_NAMES, METRICS } from '../metrics/metric.ts';
import { resultFigures } from './figures.ts';
import { groupFigures } from './group-figures.ts';
import { escapeHtml, madeBy, page, table } from './page.ts';
import { loadDraw } from './plot.ts';
import type { DistillResult } from './result.ts';
import { show } from './text.ts';

const DIGITS = 4;

export async function distillPage(result: DistillResult): Promise<string> {
  const { debias, changes, student, infusion, figures } = result;
  const draw = await loadDraw();
  const chosen = debias.parts.map(({ method, penalty, on, weight }) => {
    const where = on === 'features' ? " on the teacher's features" : '';
    const how = method === 'residual' ? ` ${penalty ?? 'by evidence'}` : '';
    return `${method}${how}${where}${weight === 1 ? '' : ` (${weight.toFixed(2)})`}`;
  });
  return page('Distilled student', [
    `<p>${escapeHtml(result.summary)}</p>`,
    ...result.warnings.map((warning) => `<p class="w">${escapeHtml(warning)}</p>`),
    table('On the test rows, with 95 % intervals', ['Metric', 'Teacher', 'Student'], metricRows(result)),
    figures ? resultFigures(draw, figures) : '',
    `<h2>What moved</h2><p>De-biasing: <strong>${escapeHtml(debias.method)}</strong> (${escapeHtml(chosen.join(', '))}). Infusion: <strong>${escapeHtml(infusion.form)}</strong>, strength ${escapeHtml(String(infusion.strength))}.</p>`,
    groupFigures(draw, result),
    table(
      'Groups whose labels moved unlike the rest',
      ['Column', 'Value', 'Rows', 'Mean shift (log-odds)'],
      changes.groups.map((g) => [g.column, g.value, g.rows, g.meanShift.toFixed(3)]),
    ),
    table(
      'Bias by group on the test rows, with 95 % intervals',
      ['Group', 'Rows', 'Model', 'Missed of class 1', 'False alarms', 'Probability minus share of class 1'],
      result.groups.flatMap((pair) =>
        (['teacher', 'student'] as const).map((model) => {
          const { group, rows, falseNegativeRate, falsePositiveRate, calibrationGap } = pair[model];
          return [group, rows, model, show(falseNegativeRate), show(falsePositiveRate), show(calibrationGap)];
        }),
      ),
    ),
    table(
      'Label de-biasing: cross-fitted log-loss of each candidate',
      ['Method', 'Penalty or trees', 'On', 'Log-loss', 'Difference to the best', 'Standard error'],
      debias.candidates.map((c) => [
        ...[c.method, c.penalty ?? (c.method === 'residual' ? 'by evidence' : (c.count ?? '')), c.on ?? ''],
        c.logLoss.toFixed(DIGITS),
        ...[c.difference.toFixed(DIGITS), c.standardError.toFixed(DIGITS)],
      ]),
    ),
    table(
      'Missing values',
      ['Column', 'Rows', 'Written as'],
      result.missing.map(({ column, count, spellings }) => [
        ...[column, count, spellings.map(({ text }) => (text === '' ? 'empty' : text)).join(', ')],
      ]),
    ),
    table(
      'How it was made',
      ['What', 'Value'],
      [
        ['Student', student.architecture],
        ['Parameters', student.parameters],
        ['Threshold', student.threshold.toFixed(DIGITS)],
        ['Epoch kept', student.epoch ?? ''],
        ...(['train', 'validation', 'test'] as const).map((part) => {
          return [`Rows to ${part} (labelled)`, `${result.rows[part]} (${result.rows.labelled[part]})`];
        }),
        ['SHA-256 of student.debkd', student.sha256],
        ['SHA-256 of the teacher', result.teacher.sha256],
        ["The teacher's output", `${result.teacher.convention}: ${result.teacher.reason}`],
      ],
    ),
    madeBy(result.command),
  ]);
}

function metricRows({ teacher, metrics }: DistillResult): (string | number)[][] {
  if (!('test' in metrics && 'test' in teacher.metrics)) return [];
  const [before, after] = [teacher.metrics.test, metrics.test];
  return METRICS.map((metric) => [METRIC_NAMES[metric], show(before?.[metric]), show(after?.[metric])]);
}
