// A distillation as lines for a terminal.
import { type Estimate, type Metric, SHORT_NAMES } from '../metrics/metric.ts';
import type { DistillResult } from './result.ts';

/** `0.9050 (0.8990 .. 0.9110)`; what is NaN is null in JSON. */
export function show(estimate: Estimate | undefined, digits = 4): string {
  if (!estimate || !Number.isFinite(estimate.value)) return 'not defined';
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) => x?.toFixed(digits));
  return Number.isFinite(estimate.low) ? `${value} (${low} .. ${high})` : `${value}`;
}

/** Columns named in the line on missing values. */
const SHOWN = 5;

/** @param out the folder it was written to */
export function textReport(result: DistillResult, out: string | undefined): string {
  const lines = [result.summary, ''];
  if ('test' in result.metrics && 'test' in result.teacher.metrics) {
    const { test: student } = result.metrics;
    const { test: teacher } = result.teacher.metrics;
    const line = (key: Metric): string =>
      `${SHORT_NAMES[key].padEnd(10)}${show(teacher?.[key]).padEnd(28)}${show(student?.[key])}`;
    lines.push(`test (${result.rows.test} rows, 95 % intervals)`, `${''.padEnd(10)}${'teacher'.padEnd(28)}student`);
    lines.push(line('auc'), line('logLoss'), line('ece'), line('f1'), '');
  }
  lines.push(...missingLines(result), ...groupLines(result));
  const { student } = result;
  lines.push(
    `student ${student.architecture}, ${student.parameters} parameters, threshold ${student.threshold.toFixed(4)}, sha256 ${student.sha256}`,
  );
  lines.push(
    out === undefined
      ? 'Nothing was written; give --out DIR to keep the student.'
      : `Written to ${out}: ${result.files.join(', ')}`,
    '',
  );
  return lines.join('\n');
}

/** Columns with missing values, the worst first. */
function missingLines({ missing }: DistillResult): string[] {
  if (missing.length === 0) return [];
  const total = missing.reduce((sum, { count }) => sum + count, 0);
  const worst = [...missing].sort((a, b) => b.count - a.count).slice(0, SHOWN);
  const shown = worst.map(({ column, count, spellings }) => {
    const written = spellings.map(({ text }) => (text === '' ? 'empty' : JSON.stringify(text))).join(', ');
    return `${column} ${count} (${written})`;
  });
  const more = missing.length > SHOWN ? `; ${missing.length - SHOWN} columns more` : '';
  return [`missing values: ${total}: ${shown.join('; ')}${more}`, ''];
}

/** Bias by group, the teacher's and then the student's. */
function groupLines({ groups }: DistillResult): string[] {
  if (groups.length === 0) return [];
  const cell = (estimate: Estimate): string => show(estimate, 3).padEnd(27);
  const lines = [
    `${'bias by group'.padEnd(20)}${'missed of class 1'.padEnd(27)}${'false alarms'.padEnd(27)}probability minus share of class 1`,
  ];
  for (const { teacher, student } of groups) {
    lines.push(`${teacher.group}: ${teacher.rows} rows, ${teacher.positives} of class 1`);
    for (const [name, bias] of [['teacher', teacher] as const, ['student', student] as const]) {
      const cells = [bias.falseNegativeRate, bias.falsePositiveRate, bias.calibrationGap].map(cell);
      lines.push(`  ${name.padEnd(18)}${cells.join('')}`.trimEnd());
    }
  }
  return [...lines, ''];
}
