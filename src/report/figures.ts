// A distillation's pictures, each as a figure with a caption.
import { figure, MODELS, NEGATIVE, POSITIVE, STUDENT } from './figure.ts';
import {
  type Figures,
  MARGIN_TICKS,
  marginTick,
  type Point,
  pointRadius,
  type ReliabilityBin,
} from './figures-data.ts';
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
        const all = [...bins('teacher', reliability.teacher), ...bins('student', reliability.student)];
        const most = Math.max(...all.map(({ rows }) => rows));
        const data = all.map((bin) => ({ ...bin, radius: pointRadius(bin.rows, most) }));
        return {
          x: { ...unit, label: 'Mean probability →' },
          y: { ...unit, label: '↑ Share of class 1' },
          color: MODELS,
          r: { type: 'identity' },
          marks: [
            link([0], { x1: 0, y1: 0, x2: 1, y2: 1, strokeOpacity: 0.4 }),
            ruleX(data, { x: 'probability', y1: 'low', y2: 'high', stroke: 'model', strokeOpacity: 0.6 }),
            dot(data, { x: 'probability', y: 'share', fill: 'model', r: 'radius' }),
          ],
        };
      }),
      'Reliability on the test rows in ten bins, with 95 % intervals; the larger a point, the more rows. On the diagonal, of rows given 70 %, 70 % are class 1.',
    ),
    figure(
      draw('Margins', ({ rectY, ruleX, text }) => {
        const rows = (['teacher', 'debiased'] as const).flatMap((labels) =>
          margins[labels].from.flatMap((from, k) => {
            const { width, negatives, positives } = margins[labels];
            const bin = { labels: labels === 'teacher' ? 'teacher' : 'de-biased', from, to: from + width };
            return [
              { ...bin, class: 'class 0', rows: negatives[k] as number },
              { ...bin, class: 'class 1', rows: positives[k] as number },
            ];
          }),
        );
        return {
          ...{
            x: {
              ...{ label: 'Margin (log-odds of class 1) →', domain: [MARGIN_TICKS[0], MARGIN_TICKS.at(-1)] },
              ...{ ticks: MARGIN_TICKS, tickFormat: marginTick },
            },
            y: { label: '↑ Training rows', insetTop: 18 },
            fy: { label: null, axis: null, domain: ['teacher', 'de-biased'] },
          },
          color: { domain: ['class 0', 'class 1'], range: [NEGATIVE, POSITIVE], legend: true },
          marks: [
            rectY(rows, { fy: 'labels', x1: 'from', x2: 'to', y: 'rows', fill: 'class', fillOpacity: 0.75 }),
            text(['teacher', 'de-biased'], {
              ...{ fy: (name: string) => name, text: (name: string) => name },
              ...{ frameAnchor: 'top-left', dx: 4, dy: 3 },
            }),
            ruleX([0], { strokeOpacity: 0.5 }),
          ],
        };
      }),
      'Margins of the labelled training rows by class, as the teacher gave them and after de-biasing; the outer bars hold all that lies beyond.',
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
