// The HTML page of a distillation.

import { shownGroup } from '../data/shown-group.ts';
import { type Estimate, LOWER_IS_BETTER, METRIC_NAMES, METRICS } from '../metrics/metric.ts';
import { describeRule, parseThresholdRule } from '../metrics/threshold-rule.ts';
import { candidatesTable, chosenWords } from './candidates-table.ts';
import { correctionCells } from './correction-cells.ts';
import { deferralCharts, deferralWords, shiftNote, thresholdWords } from './decision-words.ts';
import { occlusionCharts, resultCharts } from './figures.ts';
import { biasCharts, byChange, MEASURES, sharedColumn, shiftCharts } from './group-figures.ts';
import { byDistance, groupName, isGlobal } from './group-shifts.ts';
import { importancePart } from './importance-words.ts';
import { keyFigures } from './key-figures.ts';
import { type Cell, capital, escapeHtml, folded, madeBy, note, page, table } from './page.ts';
import { BASELINE_NAMES, type DistillRecord } from './result.ts';
import { show } from './show.ts';
import { softLabelsWords } from './soft-labels-words.ts';
import { TERMS, type TermName } from './terms.ts';
import { termsPart } from './terms-part.ts';
import { onlyTeacherTakes } from './text.ts';
import { verdictOf } from './verdict.ts';
import { weightedBy, weightLines } from './weights-text.ts';
import { withheldPart } from './withheld-words.ts';

const DIGITS = 4;

export async function distillPage(result: DistillRecord): Promise<string> {
  const { figures, warnings, missing } = result;
  const { draw, drawSummary } = await import('./charts/draw.ts');
  const steps = result.student.penalty === undefined ? 'epochs' : 'penalties';
  const body = [
    drawSummary(verdictOf(result), keyFigures(result)),
    ...warnings.map((warning) => `<p class="w">${escapeHtml(warning)}</p>`),
    ...heading(`Errors by ${sharedColumn(result.groups) ?? 'group'}`, draw(biasCharts(result))),
    ...heading('All rows', figures ? draw(resultCharts(figures, steps, result.infusion.metric)) : ''),
    ...metricsPart(result),
    ...groupPart(result),
    // few students have them
    ...(result.groupThresholds ? (await import('./group-threshold-part.ts')).thresholdPart(result) : []),
    ...deferralPart(result, draw(deferralCharts(result.deferral))),
    ...heading('What the student looks at', draw(occlusionCharts(result.occlusion))),
    ...importancePart(result.importance),
    ...withheldPart(result, show),
    movedPart(result, draw(shiftCharts(result))),
    folded('Candidates of label de-biasing', candidatesTable(result.debias)),
    table(
      'Missing values',
      ['Column', 'Rows', 'Spellings'],
      missing.map(({ column, count, spellings }) => [
        ...[column, count, spellings.map(({ text }) => (text === '' ? 'empty' : text)).join(', ')],
      ]),
      { prose: true },
    ),
    table(
      'Values that the preprocessing does not know',
      ['Column', 'Rows with unknown values', 'All rows', 'Example', 'Possible cause'],
      result.unknown.map(({ column, count, rows, example, cause }) => [column, count, rows, example, cause]),
      { prose: true },
    ),
    '<h2>Details</h2>',
    termsPart(termsOf(result)),
    table('How it was made', ['Property', 'Value'], makingRows(result), { prose: true }),
    madeBy(result.command),
  ];
  return page(titleOf(result), body, subtitleOf(result));
}

/** A part with a heading; none without content. */
function heading(title: string, content: string): string[] {
  return content === '' ? [] : [`<h2>${escapeHtml(title)}</h2>`, content];
}

/** The terms that the page uses: those of groups and deferral where the run has them. */
function termsOf({ groups, deferral }: DistillRecord): TermName[] {
  const all = Object.keys(TERMS) as TermName[];
  const unused = [...(groups.length > 0 ? [] : ['group', 'missed']), ...(deferral ? [] : ['deferral'])];
  return all.filter((name) => !unused.includes(name));
}

function metricsPart(result: DistillRecord): string[] {
  const metrics = metricRows(result);
  if (metrics.length === 0) return [];
  const lines = [
    table(
      `Metrics on ${result.rows.labelled.test} labelled test rows, with 95 % intervals (best in bold)`,
      [
        'Metric',
        'Better',
        ...(result.teacher.teachers ?? []).map(({ name }) => name),
        ...(result.teacher.metrics.test ? [teacherTitle(result)] : []),
        ...(result.metricsWithTeacher ? ['Student (the same rows)'] : []),
        ...(result.baselines ?? []).map(({ method }) => capital(BASELINE_NAMES[method])),
        'Student',
      ],
      metrics,
    ),
    note(
      `${thresholds(result)} Differences are tested in the verdict; overlapping intervals alone do not show that models are equal.`,
    ),
    result.weights
      ? note(
          `${weightedBy(result.weights)}: so are the training, the corrected labels, all metrics and all figures. Numbers of rows are not weighted.`,
        )
      : '',
  ];
  return heading('All metrics', lines.join('\n'));
}

function teacherTitle({ teacher, metricsWithTeacher }: DistillRecord): string {
  if (teacher.teachers) return 'Mean log-odds of the teachers';
  return metricsWithTeacher ? 'Teacher (rows with a soft label)' : 'Teacher';
}

/** The teacher's file, or its hash where the record does not have the name. */
function titleOf({ teacher }: DistillRecord): string {
  return teacher.name === undefined ? `Student of teacher ${teacher.sha256.slice(0, 8)}` : `Student of ${teacher.name}`;
}

function subtitleOf({ teacher, student, rows, columns }: DistillRecord): string {
  const count = typeof columns === 'object' ? columns.student.length : columns;
  const wide = count === undefined ? '' : `, ${count} column${count === 1 ? '' : 's'}`;
  const which = teacher.name === undefined ? '' : `; teacher ${teacher.sha256.slice(0, 8)}`;
  return `${rows.train} training rows${wide}; student ${student.architecture} with ${student.parameters} parameters${which}`;
}

function metricRows({ teacher, metrics, metricsWithTeacher, baselines = [] }: DistillRecord): Cell[][] {
  const [before, after] = [teacher.metrics.test, metrics.test];
  if (!after) return [];
  return METRICS.map((metric) => {
    const lower = LOWER_IS_BETTER.has(metric);
    const cost = (value: number): number => (lower ? value : -value);
    const others = [...baselines.map(({ metrics: of }) => of.test?.[metric]), after[metric]];
    const same = metricsWithTeacher?.test;
    const ofTeachers = (teacher.teachers ?? []).map(({ metrics: of }) => of.test?.[metric]);
    const cells =
      before && same
        ? [...best([...ofTeachers, before[metric], same[metric]], cost), ...best(others, cost)]
        : best([...ofTeachers, ...(before ? [before[metric]] : []), ...others], cost);
    return [METRIC_NAMES[metric], lower ? 'lower' : 'higher', ...cells];
  });
}

/** Estimates with intervals, the best in bold; none in bold if several round to the best value. */
function best(estimates: readonly (Estimate | undefined)[], cost: (value: number) => number): Cell[] {
  const costs = estimates.map((estimate) =>
    estimate && Number.isFinite(estimate.value) ? Number(cost(estimate.value).toFixed(DIGITS)) : Infinity,
  );
  const least = Math.min(...costs);
  const isUnique = costs.filter((one) => one === least).length === 1 && Number.isFinite(least);
  return estimates.map((estimate, i) =>
    isUnique && costs[i] === least && costs.filter(Number.isFinite).length > 1
      ? { strong: show(estimate) }
      : show(estimate),
  );
}

function thresholds({ teacher, student }: DistillRecord): string {
  const [before, after] = [teacher, student].map(({ threshold }) => threshold.toFixed(DIGITS));
  const rule = describeRule(parseThresholdRule(student.thresholdChoice?.rule ?? 'f1'));
  return student.thresholdBy
    ? `Thresholds of class 1: teacher ${before} (${rule} on the validation rows), student ${after} (${rule} expected by corrected labels).`
    : `Thresholds of class 1: teacher ${before}, student ${after} (${rule} on the validation rows).`;
}

function movedPart(result: DistillRecord, picture: string): string {
  const { debias, infusion, changes } = result;
  const how = `<p>De-biasing: <strong>${escapeHtml(chosenWords(debias))}</strong>. Infusion: <strong>${escapeHtml(infusion.form)}</strong>, strength ${escapeHtml(String(infusion.strength))}.</p>`;
  const parts = ['<h2>What de-biasing changed</h2>', `<p>${escapeHtml(result.summary)}</p>`, how];
  if (!isGlobal(debias)) {
    const rows = byDistance(changes).map((group): Cell[] => {
      const { rows, meanShift } = group;
      return [groupName(group), rows, meanShift.toFixed(3), (meanShift - changes.meanShift).toFixed(3)];
    });
    const head = ['Group', 'Rows', 'Mean shift (log-odds)', 'Difference from all rows'];
    parts.push(picture, table('Groups whose soft labels moved differently from the rest', head, rows));
    if (changes.groups.some(({ cut }) => cut !== undefined))
      parts.push(note('Numeric columns are split at their mean; a missing value counts as the mean.'));
  } else if (debias.method !== 'none') {
    parts.push(
      `<p>All rows have the same correction, ${changes.meanShift.toFixed(2)} log-odds on average; groups differ only in the teacher's confidence.</p>`,
    );
  }
  const corrections = correctionCells(result);
  if (corrections.length > 0) {
    parts.push(
      table(
        'Corrections of the named groups (log-odds)',
        ['Group', 'Labelled rows', 'Of class 1', "By the group's labels alone (± 95 %)", 'Correction made'],
        corrections.map(({ group, labels, positives, own, made }) => [group, labels, positives, own, made]),
      ),
      note('With few labels, the correction of a group is drawn towards that of all rows.'),
    );
  }
  return parts.join('\n');
}

function deferralPart({ deferral }: DistillRecord, picture: string): string[] {
  if (!deferral) return [];
  const lines = deferralWords(deferral).map((line) => `<li>${escapeHtml(capital(line))}</li>`);
  const last = shiftNote(deferral);
  return [
    '<h2>When the student defers</h2>',
    `<ul>${lines.join('')}</ul>`,
    picture,
    ...(last === undefined ? [] : [note(last)]),
  ];
}

function groupPart(result: DistillRecord): string[] {
  if (result.groups.length === 0) return [];
  const rows = byChange(result.groups).flatMap((models) => {
    const shown = GROUP_ROWS.filter((key) => models[key]);
    const cells = MEASURES.map(([measure]) =>
      best(
        shown.map((key) => models[key]?.[measure]),
        measure === 'calibrationGap' ? Math.abs : (value) => value,
      ),
    );
    const { group, rows } = models.teacher;
    return shown.map((key, k): Cell[] => [
      ...[`${shownGroup(group)} (${rows} rows)`, key === 'teacher' || key === 'student' ? key : BASELINE_NAMES[key]],
      ...cells.map((all) => all[k] as Cell),
    ]);
  });
  return [
    table(
      'Bias by group on the test rows, with 95 % intervals (best in bold)',
      ['Group', 'Model', ...MEASURES.map(([, label]) => label)],
      rows,
    ),
    note(`${thresholds(result)} Lower is better; in the last column, closer to 0 is better.`),
  ];
}

const GROUP_ROWS = ['teacher', 'hard', 'kd', 'student'] as const;

function makingRows(result: DistillRecord): Cell[][] {
  const { student, teacher, rows, weights, metrics, columns } = result;
  const withheld = onlyTeacherTakes(columns);
  const labelled = (['train', 'validation', 'test'] as const).map((part): Cell[] => {
    const name = { train: 'Training', validation: 'Validation', test: 'Test' }[part];
    return [`${name} rows (labelled)`, `${rows[part]} (${rows.labelled[part]})`];
  });
  return [
    ['Student', student.architecture],
    ['Parameters', student.parameters],
    ["The student's threshold", capital(thresholdWords(result) ?? student.threshold.toFixed(DIGITS))],
    ...(student.defer
      ? [['Deferral band', `${student.defer.from.toFixed(DIGITS)} .. ${student.defer.to.toFixed(DIGITS)}`]]
      : []),
    // the teacher's threshold needs labelled test rows
    ...(metrics.test && teacher.metrics.test ? [["The teacher's threshold", teacher.threshold.toFixed(DIGITS)]] : []),
    student.penalty === undefined ? ['Selected epoch', student.epoch ?? 'none'] : ['Ridge penalty', student.penalty],
    ...(typeof columns === 'object' ? [["The student's columns", columns.student.join(', ')]] : []),
    ...(withheld.length > 0 ? [['Columns that only the teacher takes', withheld.join(', ')]] : []),
    ...labelled,
    ...(weights?.column === undefined ? [] : [['Column of the row weights', weights.column]]),
    ...(weights ? weightLines(weights, rows).map(({ part, text }) => [`Weights of the ${part} rows`, text]) : []),
    ['SHA-256 of student.debkd', student.sha256],
    ...(teacher.softLabels
      ? [
          ['Soft labels', softLabelsWords(teacher.softLabels)],
          ['SHA-256 of the soft labels', teacher.sha256],
        ]
      : [
          ['SHA-256 of the teacher', teacher.sha256],
          ["The teacher's output", `${teacher.convention}: ${teacher.reason}`],
          ...(teacher.runtime === undefined ? [] : [["The teacher's runtime", teacher.runtime]]),
        ]),
    ...(teacher.teachers ?? []).flatMap(({ name, sha256, convention, runtime, reason }) => [
      [`SHA-256 of ${name}`, sha256],
      [`The output of ${name}`, `${convention}: ${reason}`],
      ...(runtime === undefined ? [] : [[`The runtime of ${name}`, runtime]]),
    ]),
  ];
}
