// A distillation's pictures, each as a figure with a caption.
import { figure, MODELS, NEGATIVE, POSITIVE, STUDENT } from './figure.ts';
import type { Figures, Point, ReliabilityBin } from './figures-data.ts';
import type { Draw } from './plot.ts';

/** Reliability, ROC, precision and recall, margins by class, training. */
export function resultFigures(draw: Draw, figures: Figures): string {
  const { reliability, roc, precisionRecall, margins, training } = figures;
  const bins = (model: string, list: readonly ReliabilityBin[]) => list.map((bin) => ({ model, ...bin }));
  const points = (model: string, list: readonly Point[]) => list.map(([x, y]) => ({ model, x, y }));
  const unit = { domain: [0, 1] };
  const parts = [
    figure(
      draw('Reliability', ({ ruleX, dot, link }) => {
        const data = [...bins('teacher', reliability.teacher), ...bins('student', reliability.student)];
        return {
          x: { ...unit, label: 'Mean probability →' },
          y: { ...unit, label: '↑ Share of class 1' },
          color: MODELS,
          marks: [
            link([0], { x1: 0, y1: 0, x2: 1, y2: 1, strokeOpacity: 0.4 }),
            ruleX(data, { x: 'probability', y1: 'low', y2: 'high', stroke: 'model' }),
            dot(data, { x: 'probability', y: 'share', fill: 'model', r: 3.5 }),
          ],
        };
      }),
      'Reliability on the test rows in ten bins, with 95 % intervals. On the line, probabilities are shares.',
    ),
    figure(
      draw('Margins', ({ rectY, ruleX }) => {
        const rows = (['teacher', 'debiased'] as const).flatMap((labels) =>
          margins[labels].from.flatMap((from, k) => {
            const { width, negatives, positives } = margins[labels];
            const bin = { labels: labels === 'teacher' ? 'teacher' : 'de-biased', from, to: from + width };
            return [
              { ...bin, class: '0', rows: negatives[k] as number },
              { ...bin, class: '1', rows: positives[k] as number },
            ];
          }),
        );
        return {
          ...{
            x: { label: 'Margin (log-odds of class 1) →' },
            y: { label: '↑ Training rows' },
            fy: { label: null, domain: ['teacher', 'de-biased'] },
            marginRight: 72,
          },
          color: { domain: ['0', '1'], range: [NEGATIVE, POSITIVE], legend: true, label: 'class' },
          marks: [
            rectY(rows, { fy: 'labels', x1: 'from', x2: 'to', y: 'rows', fill: 'class', fillOpacity: 0.75 }),
            ruleX([0], { strokeOpacity: 0.5 }),
          ],
        };
      }),
      'Margins of the labelled training rows by class, as the teacher gave them and after de-biasing.',
    ),
    figure(
      draw('ROC', ({ line, link }) => ({
        ...{
          x: { ...unit, label: 'False positive rate →' },
          y: { ...unit, label: '↑ True positive rate' },
          color: MODELS,
        },
        marks: [
          link([0], { x1: 0, y1: 0, x2: 1, y2: 1, strokeOpacity: 0.4 }),
          line([...points('teacher', roc.teacher), ...points('student', roc.student)], {
            x: 'x',
            y: 'y',
            stroke: 'model',
          }),
        ],
      })),
      'ROC on the test rows.',
    ),
    figure(
      draw('Precision and recall', ({ line }) => ({
        ...{ x: { ...unit, label: 'Recall →' }, y: { ...unit, label: '↑ Precision' }, color: MODELS },
        marks: [
          line([...points('teacher', precisionRecall.teacher), ...points('student', precisionRecall.student)], {
            ...{ x: 'x', y: 'y', stroke: 'model' },
          }),
        ],
      })),
      'Precision against recall on the test rows.',
    ),
  ];
  if (training.length > 1) {
    // apart: the loss has the entropy of its targets taken off, cross-entropy has not
    const curve = (title: string, key: 'train' | 'validation', stroke: string): string =>
      draw(title, ({ lineY }) => ({
        ...{ height: 220, x: { label: 'Epoch →' }, y: { label: `↑ ${title}`, zero: false, grid: true } },
        marks: [lineY(training, { x: 'epoch', y: key, stroke, strokeWidth: 2 })],
      }));
    parts.push(figure(curve('Training loss', 'train', NEGATIVE), 'Mean loss of the training rows, by epoch.'));
    if (training.some(({ validation }) => validation !== null))
      parts.push(
        figure(
          curve('Validation cross-entropy', 'validation', STUDENT),
          'Cross-entropy on the validation rows against what the student is chosen by; the lowest epoch is kept.',
        ),
      );
  }
  return `<div class="figures">${parts.join('\n')}</div>`;
}
