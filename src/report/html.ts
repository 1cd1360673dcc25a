// A distillation, or a comparison, as one HTML page.
import type { Comparison } from '../compare/compare.ts';
import { OURS } from '../compare/methods.ts';
import { chances, meanCells, notesOf, range, SHOWN, signed, whatWasCompared } from '../compare/tables.ts';
import { DebkdError } from '../io/errors.ts';
import { METRIC_NAMES, METRICS, SHORT_NAMES } from '../metrics/metric.ts';
import { comparisonFigures, resultFigures } from './figures.ts';
import { groupFigures } from './group-figures.ts';
import { escapeHtml, page, table } from './page.ts';
import { loadDraw } from './plot.ts';
import type { DistillResult } from './result.ts';
import { show } from './text.ts';

const DIGITS = 4;

/**
 * The page of what distill or compare recorded: self-contained, without scripts or requests.
 * @throws DebkdError `value` when it is neither
 */
export async function htmlReport(result: DistillResult | Comparison): Promise<string> {
  if (result.schema === 'debkd/distill@1') return distillPage(result);
  if (result.schema === 'debkd/compare@1') return comparePage(result);
  throw new DebkdError(
    'value',
    'report: neither a result of distill nor of compare; give the JSON that one of them wrote',
  );
}

async function distillPage(result: DistillResult): Promise<string> {
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
    commandOf(result.command),
  ]);
}

async function comparePage(result: Comparison): Promise<string> {
  const { methods, paired, results } = result;
  return page('Methods compared', [
    `<p>${escapeHtml(whatWasCompared(result))}</p>`,
    table(
      'Means over seeds, with 95 % intervals',
      ['Method', ...SHOWN.map((metric) => SHORT_NAMES[metric])],
      meanCells(result).map(({ method, cells }) => [method, ...cells.map(({ text }) => text)]),
    ),
    ...notesOf(result).map((note) => `<p class="w">${escapeHtml(note)}</p>`),
    comparisonFigures(await loadDraw(), result),
    table(
      'Paired differences',
      ['a − b', 'Metric', 'Mean', '95 % over seeds', 'Test rows resampled, too', 'p', 'p, Holm'],
      paired
        .filter(({ a, metric }) => OURS.includes(a) && SHOWN.includes(metric))
        .map(({ a, b, metric, difference, resampled, ...tests }) => [
          ...[`${a} − ${b}`, SHORT_NAMES[metric], signed(difference.value), range(difference), range(resampled)],
          ...chances(tests),
        ]),
    ),
    table(
      'Settings that were chosen',
      ['Method', 'Settings and how often'],
      methods.flatMap((method) => {
        const counts = new Map<string, number>();
        for (const row of results) {
          if (row.method !== method || !row.settings) continue;
          const text = Object.entries(row.settings)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ');
          counts.set(text, (counts.get(text) ?? 0) + 1);
        }
        const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, 5);
        return sorted.length > 0 ? [[method, sorted.map(([text, n]) => `${text}: ${n}`).join('; ')]] : [];
      }),
    ),
    table(
      'How it was made',
      ['What', 'Value'],
      [
        ['SHA-256 of the teacher', result.teacher.sha256],
        ['Hidden layer', result.teacher.layer ?? 'none'],
        ['Seconds', result.timing.totalSeconds.toFixed(1)],
      ],
    ),
    commandOf(result.command),
  ]);
}

function commandOf(command: string | undefined): string {
  return command === undefined ? '' : `<p>Made by <code>${escapeHtml(command)}</code></p>`;
}

function metricRows({ teacher, metrics }: DistillResult): (string | number)[][] {
  if (!('test' in metrics && 'test' in teacher.metrics)) return [];
  const [before, after] = [teacher.metrics.test, metrics.test];
  return METRICS.map((metric) => [METRIC_NAMES[metric], show(before?.[metric]), show(after?.[metric])]);
}
