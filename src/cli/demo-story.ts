// The story of a demo on simulated rows: the verdict, the table, and the commands that print each number.
import type { Estimate } from '../metrics/metric.ts';
import { show } from '../report/show.ts';
import { isAhead, type Measured, MODELS, type Model } from './demo-simulated.ts';

/** What a demo says of its data. */
export interface Story {
  /** What the rows are, and what class 1 is. */
  readonly title: string;
  /** The teacher's bias. */
  readonly teacher: string;
  /** Where the labels come from; ends "400 rows ...". */
  readonly labels: string;
  /** The group's rows of class 1 that a model takes for class 0. */
  readonly errors: string;
  /** The rule of the threshold. */
  readonly rule: string;
}

const WIDTH = 27;

/** The text of the demo. */
export function tellStory(
  story: Story,
  measured: Measured,
  commands: { readonly out: string; readonly distill: string; readonly groups: string; readonly target: string },
): string {
  const { rows, logLoss, auc, group, distance, result } = measured;
  const missed = forEach((model) => group[model].falseNegativeRate);
  const percent = (model: Model): string => `${Math.round(100 * missed[model].value)} %`;
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(11)}${cells.map((cell) => `${cell}  `.padEnd(WIDTH)).join('')}`.trimEnd();
  const row = (name: string, of: Readonly<Record<Model, Estimate>>, digits = 4): string =>
    line(
      name,
      MODELS.map((model) => show(of[model], digits)),
    );
  const { out, target, groups } = commands;
  const evaluate = (student: string): string =>
    `  debkd evaluate --student ${student} --data ${out}/test.csv --target ${target} --groups ${groups}`;
  return [
    story.title,
    story.teacher,
    `There are ${rows.train} training rows, and only ${rows.labelled} rows of training and validation ${story.labels}. ${rows.test} rows are the test.`,
    '',
    verdict(logLoss, missed),
    `  ${story.errors}: teacher ${percent('teacher')}, labels only ${percent('hard labels')}, plain distillation ${percent('plain KD')}, de-biased ${percent('de-biased')}`,
    `  distance to the true probability: ${MODELS.map((model) => `${distance[model].toFixed(3)} (${model})`).join(', ')}`,
    '',
    line('', MODELS),
    row('log-loss', logLoss),
    row('AUC', auc),
    row('missed', missed),
    line(
      'distance',
      MODELS.map((model) => distance[model].toFixed(4)),
    ),
    `95 % intervals. missed: ${story.errors}. ${story.rule}`,
    'distance: mean difference between the probability and the true one, which only a simulation knows.',
    '',
    result.summary,
    '',
    'The same numbers from the files:',
    `  ${commands.distill}`,
    evaluate(out),
    evaluate(`${out}/hard-labels.debkd`),
    evaluate(`${out}/plain-kd.debkd`),
    `  debkd predict --student ${out} --keep truth < ${out}/test.csv`,
    '',
    `Written to ${out}: ${result.files.join(', ')}`,
    'Real rows that all have a label, where this gains little: debkd demo --data wdbc',
    '',
  ].join('\n');
}

/** Which model is ahead, by log-loss and the group. */
function verdict(logLoss: Readonly<Record<Model, Estimate>>, missed: Readonly<Record<Model, Estimate>>): string {
  if (isAhead(logLoss) && isAhead(missed))
    return 'The de-biased student is ahead of its teacher, of labels only and of plain distillation, beyond its 95 % intervals:';
  return 'The de-biased student is not ahead of all others beyond its 95 % intervals:';
}

function forEach<T>(of: (model: Model) => T): Record<Model, T> {
  return Object.fromEntries(MODELS.map((model) => [model, of(model)])) as Record<Model, T>;
}
