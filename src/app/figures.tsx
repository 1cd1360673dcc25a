// The charts of a distillation, each with a table of its numbers.
import type { JSX } from 'preact';
import type { Metric } from '../metrics/metric.ts';
import type { ColorName } from '../report/charts/chart.tsx';
import { Intervals } from '../report/charts/intervals.tsx';
import { Losses } from '../report/charts/losses.tsx';
import { Margins } from '../report/charts/margins.tsx';
import { Reliability } from '../report/charts/reliability.tsx';
import { Roc } from '../report/charts/roc.tsx';
import { Shifts } from '../report/charts/shifts.tsx';
import type { Figures } from '../report/figures-data.ts';
import { isGlobal, shiftsOf } from '../report/group-shifts.ts';
import type { Model, Outcome } from './messages.ts';
import { metricText, withMinus } from './number-texts.ts';
import { ChartNumbers, signed } from './numbers.tsx';
import { RESULT_TEXTS } from './result-texts.ts';
import { Terms } from './terms.tsx';

const WORDS = RESULT_TEXTS.charts;

interface OfModels {
  readonly models: readonly Model[];
}

/** The colour of each model. */
const STYLES: Readonly<Record<string, ColorName>> = {
  teacher: 'teacher',
  'de-biased': 'student',
  'plain KD': 'plain',
  'hard labels': 'hard',
};
const styleOf = ({ name }: Model): ColorName => STYLES[name] ?? 'hard';

export function ReliabilityFigure({ models }: OfModels): JSX.Element {
  const shown = models.filter(({ name }) => name === 'teacher' || name === 'de-biased');
  const series = shown.map((model) => ({ name: model.name, style: styleOf(model), bins: model.reliability }));
  return (
    <Reliability series={series}>
      <ChartNumbers
        caption={WORDS.reliability}
        head={WORDS.reliabilityHead}
        rows={series.flatMap(({ name, bins }) =>
          bins.map(({ rows, probability, share, low, high }) => {
            const interval = WORDS.range(metricText(low), metricText(high));
            return [name, rows, metricText(probability), metricText(share), interval];
          }),
        )}
      />
    </Reliability>
  );
}

export function RocFigure({ models }: OfModels): JSX.Element {
  return (
    <Roc series={models.map((model) => ({ name: model.name, style: styleOf(model), points: model.roc }))}>
      <ChartNumbers
        caption={WORDS.roc}
        head={[WORDS.model, WORDS.auc, WORDS.interval]}
        rows={estimateRows(models, 'auc')}
      />
    </Roc>
  );
}

/** One metric of all models, with intervals. */
export function ComparedFigure({
  models,
  metric,
  title,
  better,
}: OfModels & { readonly metric: Metric; readonly title: string; readonly better: string }): JSX.Element {
  return (
    <Intervals
      title={title}
      caption={WORDS.compared(title, better)}
      x={{ label: title }}
      zero={false}
      groups={models.map((model) => {
        const estimate = model.metrics[metric];
        const name = `${model.name} ${metricText(estimate.value)}`;
        return { name, marks: [{ name: model.name, style: styleOf(model), ...estimate }] };
      })}
    >
      <ChartNumbers caption={title} head={[WORDS.model, title, WORDS.interval]} rows={estimateRows(models, metric)} />
    </Intervals>
  );
}

function estimateRows(models: readonly Model[], metric: Metric): string[][] {
  return models.map(({ name, metrics }) => {
    const { value, low, high } = metrics[metric];
    return [name, metricText(value), WORDS.range(metricText(low), metricText(high))];
  });
}

export function MarginsFigure({ margins }: { readonly margins: Figures['margins'] }): JSX.Element {
  const { teacher, debiased } = margins;
  return (
    <Margins margins={margins}>
      <Terms names={['margin']} />
      <ChartNumbers
        caption={WORDS.margins}
        head={WORDS.marginsHead}
        rows={teacher.from.map((from, k) => {
          const bars = [teacher.negatives, teacher.positives, debiased.negatives, debiased.positives];
          return [withMinus(from.toFixed(1)), ...bars.map((counts) => counts[k] as number)];
        })}
      />
    </Margins>
  );
}

export function ShiftsFigure({ result: { debias, changes } }: Pick<Outcome, 'result'>): JSX.Element | null {
  const groups = shiftsOf(changes);
  if (groups.length === 0) return null;
  return (
    <Shifts groups={groups} all={changes.meanShift} meaning={isGlobal(debias) ? WORDS.sameShift : WORDS.ownShift}>
      <ChartNumbers
        caption={WORDS.shifts}
        head={WORDS.shiftsHead}
        rows={groups.map(({ name, rows, meanShift }) => [
          name,
          rows,
          signed(meanShift),
          signed(meanShift - changes.meanShift),
        ])}
      />
    </Shifts>
  );
}

/** The losses of one epoch. */
export interface Epoch {
  readonly train: number;
  readonly validation: number;
}

/** Training and validation loss by epoch, also during a run. @param total number of epochs */
export function LossFigure({
  epochs,
  total,
}: {
  readonly epochs: readonly Epoch[];
  readonly total: number;
}): JSX.Element {
  const series = [
    { name: WORDS.trainingLoss, style: 'neutral', values: epochs.map(({ train }) => train) },
    { name: WORDS.validationLoss, style: 'student', values: epochs.map(({ validation }) => validation) },
  ] as const;
  return (
    <Losses
      title={WORDS.training}
      caption={WORDS.trainingCaption}
      label={WORDS.loss}
      series={series.filter(({ values }) => values.every(Number.isFinite))}
      epochs={total}
    >
      <ChartNumbers
        caption={WORDS.training}
        head={WORDS.trainingHead}
        rows={epochs.map(({ train, validation }, i) => [i + 1, metricText(train), metricText(validation)])}
      />
    </Losses>
  );
}
