// The charts of a distillation.

import { SELECTION_LOSSES, type SelectionMetric } from '../student/selection-metrics.ts';
import type { Style } from './charts/chart.tsx';
import type { ChartOf } from './charts/draw.ts';
import type { Figures } from './figures-data.ts';
import type { MeanOcclusion } from './occlusion.ts';

/** The two models of a report, with their colours. */
export const MODELS: readonly (Style & { readonly name: 'teacher' | 'student' })[] = [
  { name: 'teacher', style: 'teacher' },
  { name: 'student', style: 'student' },
];

/** What a training goes through: epochs, or the ridge penalties of a logistic student, from strong to weak. */
export type TrainingSteps = 'epochs' | 'penalties';

/** Reliability, margins, ROC, precision-recall and losses. */
export function resultCharts(
  { reliability, roc, precisionRecall, margins, training }: Figures,
  steps: TrainingSteps = 'epochs',
  metric: SelectionMetric = 'logLoss',
): ChartOf[] {
  const charts: ChartOf[] = [
    ['Reliability', { series: MODELS.map((model) => ({ ...model, bins: reliability[model.name] })) }],
    ['Margins', { margins }],
    ['Roc', { series: MODELS.map((model) => ({ ...model, points: roc[model.name] })) }],
    ['PrecisionRecall', { series: MODELS.map((model) => ({ ...model, points: precisionRecall[model.name] })) }],
  ];
  return training.length > 1 ? [...charts, ...lossCharts(training, steps, metric)] : charts;
}

/** Two charts, because the losses differ in scale: only the training loss is minus the entropy of its targets. */
function lossCharts(training: Figures['training'], steps: TrainingSteps, metric: SelectionMetric): ChartOf[] {
  const loss = SELECTION_LOSSES[metric];
  const axis = steps === 'epochs' ? 'Epoch' : 'Step on the path of ridge penalties, from strong to weak';
  const by = steps === 'epochs' ? 'epoch' : 'ridge penalty';
  const size = { height: 230, epochs: training.length, axis };
  const validation = training.map((epoch) => epoch.validation);
  const charts: ChartOf[] = [
    [
      'Losses',
      {
        ...size,
        title: 'Training loss',
        caption: `Mean loss on the training rows by ${by}, minus the entropy of the targets.`,
        label: 'Training loss',
        series: [{ name: 'training', style: 'neutral', values: training.map(({ train }) => train) }],
      },
    ],
  ];
  if (validation.some((loss) => loss !== null))
    charts.push([
      'Losses',
      {
        ...size,
        title: `Validation ${loss}`,
        caption: `${loss.slice(0, 1).toUpperCase()}${loss.slice(1)} on the validation rows by ${by}, against the targets that select the student; the ${by} with the lowest value is kept.`,
        label: `Validation ${loss}`,
        series: [{ name: 'validation', style: 'student', values: validation }],
      },
    ]);
  return charts;
}

/** The chart of a mean map. */
export function occlusionCharts(occlusion: MeanOcclusion | undefined): ChartOf[] {
  if (!occlusion) return [];
  const { images, ...cells } = occlusion;
  const title = 'Where the student looks on average';
  const caption = `How much the student's log-odds change, up or down, when a cell of the image is replaced by the mean pixel: mean over ${images} test image${images === 1 ? '' : 's'}. Largest mean: ${Math.max(...cells.shares).toFixed(3)}.`;
  return [['Occlusion', { ...cells, title, caption, signed: false }]];
}
