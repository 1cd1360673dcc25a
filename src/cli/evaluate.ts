// debkd evaluate: a student's metrics on labelled rows.
import { evaluate } from '../metrics/evaluation.ts';
import { groupRows } from '../metrics/groups.ts';
import { METRICS } from '../metrics/metric.ts';
import { show } from '../report/text.ts';
import { openStudent, readLabelled } from './inputs.ts';
import { onProgress, print } from './messages.ts';
import { list, type Values } from './values.ts';

export async function evaluateCommand(values: Values): Promise<void> {
  const student = await openStudent(values);
  const { table, rows, data } = await readLabelled(values, student);
  const groups = list(values, 'groups').map((name) => groupRows(table, name, rows));
  const result = await evaluate(student.predictProba(data), data.labels, {
    threshold: student.threshold,
    groups,
    onProgress,
  });
  if (values['json']) {
    const { rows: measured, threshold, metrics, atHalf, groups: byGroup } = result;
    return print(
      `${JSON.stringify({ schema: 'debkd/evaluate@1', rows: measured, threshold, metrics, metricsAtHalf: atHalf, groups: byGroup }, null, 2)}\n`,
    );
  }
  const lines = [`${result.rows} rows, threshold ${result.threshold.toFixed(4)}, 95 % intervals`];
  for (const metric of METRICS) lines.push(`${metric.padEnd(12)}${show(result.metrics[metric])}`);
  for (const { group, rows: size, metrics } of result.groups) {
    lines.push('', `${group}: ${size} rows`);
    for (const metric of METRICS) lines.push(`${metric.padEnd(12)}${show(metrics[metric])}`);
  }
  await print(`${lines.join('\n')}\n`);
}
