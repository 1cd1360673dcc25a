// debkd evaluate: measures a student on labelled rows.
import { columnNames } from '../data/column-values.ts';
import { countMissing } from '../data/count-missing.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { lookGroupsOf, withLookGroups } from '../data/look-groups.ts';
import { shownGroup } from '../data/shown-group.ts';
import { printable, quote } from '../io/errors.ts';
import { evaluate } from '../metrics/evaluation.ts';
import { groupBias } from '../metrics/group-bias.ts';
import { groupRows, valueGroups } from '../metrics/groups.ts';
import { METRIC_NAMES, METRICS } from '../metrics/metric.ts';
import { bandWords, type DeferralPromise, measuredWords } from '../report/decision-words.ts';
import { permutationImportance } from '../report/importance.ts';
import { importanceLines } from '../report/importance-words.ts';
import { type DeferralRecord, measureDeferral } from '../report/measure-deferral.ts';
import { measureThresholds } from '../report/measure-group-thresholds.ts';
import { show } from '../report/show.ts';
import { biasLines, measuredGroupLines } from '../report/text.ts';
import { weightedBy, weightLines, weightsRecord } from '../report/weights-text.ts';
import { ruleOf } from '../settings/training.ts';
import type { Values } from '../settings/values.ts';
import { rowThresholds } from '../student/row-thresholds.ts';
import type { Student } from '../student/student.ts';
import { weightWarnings } from '../warnings/weight-warnings.ts';
import { noteSingleGroups, readGroups, withGroups } from './groups-input.ts';
import { note, onProgress, print } from './messages.ts';
import { noteMissing } from './missing-note.ts';
import { noteTrainedOn } from './overlap-note.ts';
import { openStudent, readLabelled } from './student-input.ts';
import { noteUnknown } from './table-notes.ts';
import { textNames } from './text-columns.ts';
import { chooseOnRows, chosenLine, sweepLines, sweepThresholds } from './threshold-sweep.ts';

const WIDTH = 28;
/** More rows and permutations than in a report: this measure was asked for. */
const IMPORTANCE = { rows: 5000, permutations: 10 };

export async function evaluateCommand(values: Values): Promise<void> {
  const student = await openStudent(values);
  const { table: read, rows, data } = await readLabelled(values, student);
  const given = await readGroups(values, columnNames(read));
  const grouped = withGroups(read, given, textNames(student.preprocessing));
  const looks = lookGroupsOf(grouped, given.names);
  if (looks.length > 0)
    note(
      `note: ${looks.map((name) => quote(name)).join(', ')}: low, middle and high are thirds of the measured rows, not of the training rows`,
    );
  const table = await withLookGroups(grouped, given.names, { rows, onProgress });
  const groups = given.names.map((name) => groupRows(table, name, rows, student.preprocessing));
  noteSingleGroups(given, groups);
  noteUnknown(data.unknown ?? []);
  const used = new Set(student.preprocessing.columns.map(({ name }) => name));
  const missing = countMissing(read, { rows, preprocessing: student.preprocessing });
  await noteMissing(
    values,
    missing.filter(({ column }) => used.has(column)),
    rows.length,
  );
  await noteTrainedOn(values, table, rows);
  const { threshold } = student;
  const probabilities = student.predictProba(data);
  const scores = student.margins(data);
  const { weights } = data;
  const per = student.groupThresholds?.column;
  const groupsPer = per === undefined ? undefined : valueGroups(table, per, rows, 'thresholds of groups');
  const thresholds = rowThresholds(student, groupsPer, rows.length);
  for (const warning of weightWarnings('data', data)) note(`warning: ${warning}`);
  const result = await evaluate(probabilities, data.labels, {
    threshold,
    thresholds,
    scores,
    groups,
    weights,
    onProgress,
  });
  const biases = groups.flatMap((group) =>
    groupBias(probabilities, data.labels, group, { threshold, thresholds, weights }),
  );
  const importance = values['importance']
    ? await permutationImportance(student, data, { ...IMPORTANCE, onProgress })
    : undefined;
  const record = weightsRecord({ test: data });
  const rule = values['threshold-by'] === undefined ? undefined : ruleOf(values);
  const measuredRows = { probabilities, labels: data.labels, weights };
  const sweep = rule || values['sweep'] ? sweepThresholds(measuredRows, threshold, rule) : undefined;
  const chosen = rule && chooseOnRows(rule, measuredRows);
  const answers = answeredAlone(student, probabilities, data);
  const perGroup = groupsPer && measureThresholds({ student, rows: data, probabilities, groups: groupsPer });
  if (values['json']) {
    const { rows: measured, metrics, atHalf } = result;
    const byGroup = result.groups.map((group) => ({
      ...group,
      bias: biases.find((bias) => bias.group === group.group),
    }));
    return print(
      `${JSON.stringify({ schema: 'debkd/evaluate@1', rows: measured, ...(record?.test && { weights: { column: record.column, ...record.test } }), threshold, ...(perGroup && { groupThresholds: { column: per, ...perGroup } }), ...(chosen && { chosen }), ...(sweep && { sweep }), ...(answers && { deferral: answers }), metrics, metricsAtHalf: atHalf, groups: byGroup, ...(importance && { importance }) }, null, 2)}\n`,
    );
  }
  const lines = [
    `${result.rows} labelled rows, ${perGroup ? 'common ' : ''}threshold ${threshold.toFixed(4)}, 95 % intervals`,
  ];
  if (record) {
    const [summary] = weightLines(record, { test: data.rows });
    lines.push(printable(`${weightedBy(record)}: ${summary?.text}`));
  }
  for (const metric of METRICS) lines.push(`${METRIC_NAMES[metric].padEnd(WIDTH)}${show(result.metrics[metric])}`);
  if (perGroup) lines.push('', printable(`thresholds by ${per}`), ...measuredGroupLines(perGroup, threshold));
  if (answers) lines.push('', ...aloneLines(answers));
  if (chosen && rule) lines.push('', chosenLine(rule, chosen));
  if (sweep) lines.push('', ...sweepLines(sweep, threshold));
  if (importance) lines.push('', ...importanceLines(importance));
  lines.push('', ...biasLines(biases.map((bias) => ({ student: bias }))));
  for (const { group, rows: size, metrics } of result.groups) {
    lines.push(printable(`${shownGroup(group)}: ${size} rows`));
    for (const metric of METRICS) lines.push(`${METRIC_NAMES[metric].padEnd(WIDTH)}${show(metrics[metric])}`);
    lines.push('');
  }
  await print(`${lines.join('\n').trimEnd()}\n`);
}

/** What a student with a deferral band answers alone on the measured rows, and how its band was chosen. */
interface Alone {
  readonly promise?: DeferralPromise;
  readonly test?: DeferralRecord['test'];
  readonly curve?: DeferralRecord['curve'];
}

function answeredAlone(student: Student, probabilities: Float64Array, test: AnyDataset): Alone | undefined {
  const { defer: band, threshold, provenance } = student;
  if (!band) return undefined;
  const promise = provenance['deferral'] as DeferralPromise | undefined;
  const measured = measureDeferral({ test, student: probabilities, threshold, band, by: promise?.by });
  return { ...(promise && { promise }), ...measured };
}

function aloneLines({ promise, test }: Alone): string[] {
  const lines = [...(promise ? [bandWords(promise)] : []), ...(test ? measuredWords(test) : [])];
  return ['deferral', ...lines.map((line) => `  ${line}`)];
}
