// A distillation as lines for a terminal.
import { printable } from '../io/errors.ts';
import type { GroupBias } from '../metrics/group-bias.ts';
import { type Estimate, SHORT_NAMES } from '../metrics/metric.ts';
import { BASELINE_NAMES, type DistillRecord } from './result.ts';

/** `0.9050 (0.8990 .. 0.9110)`; what is NaN is null in JSON. */
export function show(estimate: Estimate | undefined, digits = 4): string {
  if (!estimate || !Number.isFinite(estimate.value)) return 'not defined';
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) => x?.toFixed(digits));
  return Number.isFinite(estimate.low) ? `${value} (${low} .. ${high})` : `${value}`;
}

const METRICS_SHOWN = ['auc', 'logLoss', 'brier', 'ece', 'f1'] as const;
const WIDTH = 27;
/** Columns named in the line on missing values. */
const SHOWN = 5;

/** @param out the folder it was written to */
export function textReport(result: DistillRecord, out: string | undefined): string {
  const lines = [printable(result.summary), ''];
  lines.push(...testLines(result));
  lines.push(...missingLines(result), ...groupLines(result));
  const { student, calibration } = result;
  if (calibration)
    lines.push(
      calibration.taken
        ? `calibrated on the validation labels: log-odds times ${calibration.slope.toFixed(2)} ${calibration.shift < 0 ? '-' : '+'} ${Math.abs(calibration.shift).toFixed(2)}`
        : 'calibration on the validation labels was no standard error better, and was left out',
    );
  lines.push(`student ${student.architecture}, ${student.parameters} parameters, sha256 ${student.sha256}`);
  lines.push(
    out === undefined
      ? 'Nothing was written; give --out DIR to keep the student.'
      : `Written to ${out}: ${result.files.join(', ')}`,
    '',
  );
  return lines.join('\n');
}

/** Teacher, what was trained to compare, and the student, on the test rows. */
function testLines({ metrics, teacher, student, baselines = [], rows }: DistillRecord): string[] {
  if (!('test' in metrics && 'test' in teacher.metrics)) return [];
  const columns = [
    { name: 'teacher', of: teacher.metrics, threshold: teacher.threshold },
    ...baselines.map(({ method, metrics: of, threshold }) => ({ name: BASELINE_NAMES[method], of, threshold })),
    { name: baselines.length > 0 ? 'de-biased' : 'student', of: metrics, threshold: student.threshold },
  ];
  const line = (name: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => (i + 1 < cells.length ? `${cell}  `.padEnd(WIDTH) : cell));
    return name.padEnd(11) + padded.join('');
  };
  return [
    line(`test (${rows.labelled.test} labelled rows, 95 % intervals)`, []),
    line(
      '',
      columns.map(({ name }) => name),
    ),
    ...METRICS_SHOWN.map((metric) =>
      line(
        SHORT_NAMES[metric],
        columns.map(({ of }) => show(of.test?.[metric])),
      ),
    ),
    line(
      'threshold',
      columns.map(({ threshold }) => threshold.toFixed(4)),
    ),
    '',
  ];
}

/** Columns with missing values, the worst first. */
function missingLines({ missing }: DistillRecord): string[] {
  if (missing.length === 0) return [];
  const total = missing.reduce((sum, { count }) => sum + count, 0);
  const worst = [...missing].sort((a, b) => b.count - a.count).slice(0, SHOWN);
  const shown = worst.map(({ column, count, spellings }) => {
    const written = spellings.map(({ text }) => (text === '' ? 'empty' : JSON.stringify(text))).join(', ');
    return printable(`${column} ${count} (${written})`);
  });
  const more = missing.length > SHOWN ? `; ${missing.length - SHOWN} columns more` : '';
  return [`missing values: ${total}: ${shown.join('; ')}${more}`, ''];
}

/** Bias by group, the teacher's and then the student's. */
function groupLines({ groups }: DistillRecord): string[] {
  return biasLines(groups.map(({ teacher, student }) => ({ teacher, student })));
}

/** What goes wrong in each group, of one model or several. */
export function biasLines(groups: readonly Readonly<Record<string, GroupBias>>[]): string[] {
  if (groups.length === 0) return [];
  const cell = (estimate: Estimate): string => show(estimate, 3).padEnd(27);
  const lines = [
    `${'bias by group'.padEnd(20)}${'missed of class 1'.padEnd(27)}${'false alarms'.padEnd(27)}probability minus share of class 1`,
  ];
  for (const models of groups) {
    const [{ group, rows, positives }] = Object.values(models) as [GroupBias];
    lines.push(printable(`${group}: ${rows} rows, ${positives} of class 1`));
    for (const [name, bias] of Object.entries(models)) {
      const cells = [bias.falseNegativeRate, bias.falsePositiveRate, bias.calibrationGap].map(cell);
      lines.push(`  ${name.padEnd(18)}${cells.join('')}`.trimEnd());
    }
  }
  return [...lines, ''];
}
