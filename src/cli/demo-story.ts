// The story of a demo on simulated rows: the verdict, the table, and the commands that print each number.
import type { Estimate } from '../metrics/metric.ts';
import { show } from '../report/show.ts';
import { type Measured, MODELS, type Model } from './demo-simulated.ts';

/** What a demo says of its data. */
export interface Story {
  /** What the group's errors are, by the rounded share of each model. */
  readonly question: (percent: Readonly<Record<Model, string>>) => string;
  /** What the rows and the teacher's bias are. */
  readonly rows: (train: number, labelled: number) => string;
  /** What the row `missed` of the table is. */
  readonly missed: string;
  /** What the row `distance` is; default: the difference to a true probability. */
  readonly distance?: string;
}

const WIDTH = 27;

/** The text of the demo. */
export function tellStory(
  story: Story,
  measured: Measured,
  commands: {
    readonly out: string;
    readonly distill: string;
    readonly groups: string;
    readonly target: string;
    /** The name of the file of the test rows; default test.csv. */
    readonly test?: string;
  },
): string {
  const { rows, logLoss, auc, group, distance, result } = measured;
  const missed = forEach((model) => group[model].falseNegativeRate);
  const percents = forEach((model) => `${Math.round(100 * missed[model].value)} %`);
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(11)}${cells.map((cell) => `${cell}  `.padEnd(WIDTH)).join('')}`.trimEnd();
  const row = (name: string, of: Readonly<Record<Model, Estimate>>, digits = 4): string =>
    line(
      name,
      MODELS.map((model) => show(of[model], digits)),
    );
  const { out, target, groups, test = 'test.csv' } = commands;
  const evaluate = (student: string): string =>
    `  debkd evaluate --student ${student} --data ${out}/${test} --target ${target} --groups ${groups}`;
  return [
    verdict(logLoss, missed),
    story.question(percents),
    '',
    story.rows(rows.train, rows.labelled),
    '',
    `test (${rows.test} rows, 95 % intervals)`,
    line('', MODELS),
    row('log-loss', logLoss),
    row('AUC', auc),
    row('missed', missed),
    line(
      'distance',
      MODELS.map((model) => distance[model].toFixed(4)),
    ),
    `missed: ${story.missed}`,
    `distance: ${story.distance ?? 'the mean difference between the probability and the true one, which only a simulation knows'}`,
    '',
    result.summary,
    '',
    'The same numbers from the files:',
    `  ${commands.distill}`,
    evaluate(out),
    evaluate(`${out}/hard-labels.debkd`),
    evaluate(`${out}/plain-kd.debkd`),
    `  debkd predict --student ${out} --keep truth ${test.endsWith('.zip') ? '--data' : '<'} ${out}/${test}`,
    '',
    `Written to ${out}: ${result.files.join(', ')}`,
    'Real rows that all have a label, where this gains little: debkd demo --data wdbc',
    '',
  ].join('\n');
}

/** What the de-biased student is better than, by log-loss and in the group. */
function verdict(logLoss: Readonly<Record<Model, Estimate>>, missed: Readonly<Record<Model, Estimate>>): string {
  const [byLoss, inGroup] = [beaten(logLoss), beaten(missed)];
  const all = MODELS.length - 1;
  if (byLoss.length === all && inGroup.length === all)
    return 'The de-biased student is better than its teacher, than plain distillation and than the labels alone, beyond its 95 % intervals.';
  const listed = (models: readonly Model[]): string => models.join(', ') || 'no other';
  return `Beyond its 95 % intervals, the de-biased student has a lower log-loss than: ${listed(byLoss)}; it misses fewer rows of the group than: ${listed(inGroup)}.`;
}

/** The models whose values are above the interval of the de-biased student. */
function beaten(of: Readonly<Record<Model, Estimate>>): Model[] {
  return MODELS.filter((model) => model !== 'de-biased' && of[model].value > of['de-biased'].high);
}

function forEach<T>(of: (model: Model) => T): Record<Model, T> {
  return Object.fromEntries(MODELS.map((model) => [model, of(model)])) as Record<Model, T>;
}
