// The result of a distillation as text for a terminal.

import { shownGroup } from '../data/shown-group.ts';
import { printable } from '../io/errors.ts';
import { FEW } from '../labels/few-labels.ts';
import type { GroupBias } from '../metrics/group-bias.ts';
import { type Estimate, SHORT_NAMES } from '../metrics/metric.ts';
import { withheldColumns } from '../teacher/model-columns.ts';
import { shortName } from './charts/names.ts';
import { correctionCells } from './correction-cells.ts';
import { deferralWords, shiftNote, thresholdWords } from './decision-words.ts';
import { choiceWords, chosenLines, costLines, GROUP_HEADS, groupCells, LAW_NOTE } from './group-threshold-words.ts';
import type { GroupThresholdsRecord, MeasuredThresholds } from './measure-group-thresholds.ts';
import { BASELINE_NAMES, type DistillRecord } from './result.ts';
import { show } from './show.ts';
import { softLabelsWords } from './soft-labels-words.ts';
import { verdictOf } from './verdict.ts';
import { weightedBy, weightLines } from './weights-text.ts';
import { withheldCells } from './withheld-words.ts';

const METRICS_SHOWN = ['auc', 'logLoss', 'brier', 'ece', 'f1'] as const;
const WIDTH = 27;
/** Columns to list in the line on missing values. */
const SHOWN = 5;

/** @param out the folder with the files; undefined if none were written */
export function textReport(result: DistillRecord, out: string | undefined): string {
  const { advice, headline, next } = verdictOf(result);
  const lines = [`${advice} ${headline}`, ...(next === undefined ? [] : [`Next: ${next}`]), result.summary].map(
    (line) =>
      // a terminal may show a no-break space as something else
      printable(line.replaceAll('\u00a0', ' ')),
  );
  lines.push('');
  if (result.weights) {
    const { weights, rows } = result;
    lines.push(
      printable(weightedBy(weights)),
      ...weightLines(weights, rows).map(({ part, text }) => `  ${part} rows: ${text}`),
      '',
    );
  }
  lines.push(...testLines(result));
  if (result.teacher.softLabels) lines.push(`soft labels: ${softLabelsWords(result.teacher.softLabels)}`, '');
  lines.push(...missingLines(result), ...correctionLines(result), ...groupLines(result));
  lines.push(...withheldLines(result), ...importanceLine(result));
  const withheld = onlyTeacherTakes(result.columns);
  if (withheld.length > 0) lines.push(printable(`columns that only the teacher takes: ${withheld.join(', ')}`));
  const { student, calibration, hint, from } = result;
  if (hint) {
    lines.push(
      `fewer than ${FEW} labels of one class: ${hint.taken ? `the student also learnt from the teacher's hidden layer (hint of weight ${hint.weight})` : "students that also learnt from the teacher's hidden layer were worse"}`,
    );
  }
  if (from) {
    lines.push(
      from.step === 0
        ? 'the earlier student is kept: no new one was better by one standard error; only the threshold is new'
        : `the weights are ${Math.round(100 * from.step)} % of the way from the earlier student to the trained one; ${from.parents.length} ancestor${from.parents.length > 1 ? 's' : ''}`,
    );
  }
  if (student.thresholdBy) {
    lines.push(
      `fewer than ${FEW} validation labels of one class: the threshold has the best F1 expected by corrected labels, of training and validation rows`,
    );
  }
  if (calibration) {
    const on = ofImages(student.architecture) ? 'the targets of the validation rows' : 'labelled rows';
    lines.push(
      calibration.taken
        ? `calibrated on ${on}: log-odds times ${calibration.slope.toFixed(2)} ${calibration.shift < 0 ? '-' : '+'} ${Math.abs(calibration.shift).toFixed(2)}`
        : `calibration on ${on} was not applied: it was not better${ofImages(student.architecture) ? '' : ' by one standard error'}`,
    );
  }
  const threshold = thresholdWords(result);
  if (threshold !== undefined && student.thresholdChoice?.rule !== 'f1') lines.push(threshold);
  if (result.groupThresholds) lines.push(...groupThresholdLines(result.groupThresholds, student.threshold));
  if (result.deferral) {
    lines.push(
      'deferral',
      ...[...deferralWords(result.deferral), shiftNote(result.deferral) ?? []].flat().map((line) => `  ${line}`),
    );
  }
  lines.push(`student ${student.architecture}, ${student.parameters} parameters, sha256 ${student.sha256}`);
  if (out !== undefined) lines.push(`Written to ${out}: ${result.files.join(', ')}`);
  lines.push('');
  return lines.join('\n');
}

/** The metrics of the teacher, the baselines and the student on the test rows. */
function testLines({ metrics, metricsWithTeacher, teacher, student, baselines = [], rows }: DistillRecord): string[] {
  if (!('test' in metrics)) return [];
  // of rows without a soft label there is no teacher to compare with
  const some = teacher.softLabels !== undefined && metricsWithTeacher !== undefined ? ' (rows with one)' : '';
  const columns = [
    ...(teacher.teachers ?? []).map(({ name, metrics: of, threshold }) => ({
      name: printable(name.slice(0, WIDTH - 3)),
      of,
      threshold,
    })),
    ...('test' in teacher.metrics
      ? [
          {
            name: teacher.teachers ? 'mean of teachers' : `teacher${some}`,
            of: teacher.metrics,
            threshold: teacher.threshold,
          },
        ]
      : []),
    ...(metricsWithTeacher ? [{ name: `student${some}`, of: metricsWithTeacher, threshold: student.threshold }] : []),
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

/** Columns with missing values, the most affected first. */
function missingLines({ missing }: DistillRecord): string[] {
  if (missing.length === 0) return [];
  const total = missing.reduce((sum, { count }) => sum + count, 0);
  const worst = [...missing].sort((a, b) => b.count - a.count).slice(0, SHOWN);
  const shown = worst.map(({ column, count, spellings }) => {
    const written = spellings.map(({ text }) => (text === '' ? 'empty' : JSON.stringify(text))).join(', ');
    return printable(`${column} ${count} (${written})`);
  });
  const more = missing.length > SHOWN ? `; ${missing.length - SHOWN} more columns` : '';
  return [`missing values (${total}): ${shown.join('; ')}${more}`, ''];
}

/** How far the named groups were corrected. */
function correctionLines(result: DistillRecord): string[] {
  const groups = correctionCells(result);
  if (groups.length === 0) return [];
  const table = [
    ['correction by group (log-odds)', 'labels', "by the group's labels alone", 'made'],
    ...groups.map(({ group, labels, positives, own, made }) => [
      ...[printable(shortName(group)), `${labels} (${positives} of class 1)`, own, made],
    ]),
  ];
  const widths = [0, 1, 2].map((k) => Math.max(...table.map((row) => (row[k] as string).length)));
  return [...table.map((row) => row.map((cell, k) => cell.padEnd(widths[k] ?? 0)).join('  ')), ''];
}

/** The bias of the teacher and of the student by group. */
function groupLines({ groups }: DistillRecord): string[] {
  return biasLines(
    groups.map(({ teacher, student, hard, kd }) => ({
      teacher,
      ...(hard && { [BASELINE_NAMES.hard]: hard }),
      ...(kd && { [BASELINE_NAMES.kd]: kd }),
      student,
    })),
  );
}

/** The bias of one or more models by group. */
export function biasLines(groups: readonly Readonly<Record<string, GroupBias>>[]): string[] {
  if (groups.length === 0) return [];
  const cell = (estimate: Estimate): string => show(estimate, 3).padEnd(27);
  const lines = [
    `${'bias by group'.padEnd(20)}${'false-negative rate'.padEnd(27)}${'false-positive rate'.padEnd(27)}mean probability minus share of class 1`,
  ];
  for (const models of groups) {
    const [{ group, rows, positives }] = Object.values(models) as [GroupBias];
    lines.push(printable(`${shownGroup(group)}: ${rows} rows, ${positives} of class 1`));
    for (const [name, bias] of Object.entries(models)) {
      const cells = [bias.falseNegativeRate, bias.falsePositiveRate, bias.calibrationGap].map(cell);
      lines.push(`  ${name.padEnd(18)}${cells.join('')}`.trimEnd());
    }
  }
  return [...lines, ''];
}

/** The thresholds of groups. @param common the common threshold */
function groupThresholdLines(record: GroupThresholdsRecord, common: number): string[] {
  const measured = record.test ? measuredGroupLines(record.test, common) : chosenLines(record);
  return [choiceWords(record), ...measured, LAW_NOTE, ''].map(printable);
}

/** What thresholds of groups give on measured rows. @param common the common threshold */
export function measuredGroupLines(measured: MeasuredThresholds, common: number): string[] {
  const rows = [GROUP_HEADS, ...groupCells(measured, common)].map((row) => row.map(printable));
  const widths = GROUP_HEADS.map((_, k) => Math.max(...rows.map((row) => (row[k] as string).length)));
  const table = rows.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k] as number))
      .join('  ')
      .trimEnd(),
  );
  return [...table, ...costLines(measured)].map((line) => `  ${line}`);
}

/** What the student's columns tell about withheld columns. */
function withheldLines(result: DistillRecord): string[] {
  const cells = withheldCells(result, (auc) => show(auc, 3)).map((row) => row.map(printable));
  if (cells.length === 0) return [];
  const rows = [['withheld from the student', 'test rows', 'AUC of its columns', 'AUC of single columns'], ...cells];
  const widths = [0, 1, 2].map((k) => Math.max(...rows.map((row) => (row[k] as string).length)));
  return [
    ...rows.map((row) =>
      row
        .map((cell, k) => cell.padEnd(widths[k] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    '',
  ];
}

/** The columns that the student depends on most. */
function importanceLine({ importance }: DistillRecord): string[] {
  if (!importance) return [];
  const shown = importance.columns
    .slice(0, SHOWN)
    .map(({ column, logLoss }) => `${column} ${logLoss.value.toFixed(4)}`);
  return [printable(`most important columns (rise of the log-loss when permuted): ${shown.join(', ')}`)];
}

/** The columns of a record that only the teacher takes; empty where the record has no names. */
export function onlyTeacherTakes(columns: DistillRecord['columns']): string[] {
  return typeof columns === 'object' ? withheldColumns(columns) : [];
}

/** Whether a described architecture has convolutions. */
function ofImages(architecture: string): boolean {
  return /^(conv|separable|residual):/.test(architecture);
}
