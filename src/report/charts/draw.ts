// Renders charts as HTML. A report loads this file on demand. It imports only types from the rest of debkd, which lets a bundler
// keep the rest in one piece.
import { type FunctionComponent, h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { Deferral } from './deferral.tsx';
import { Dumbbells } from './dumbbells.tsx';
import { Intervals } from './intervals.tsx';
import { Losses } from './losses.tsx';
import { Margins } from './margins.tsx';
import { Occlusion } from './occlusion.tsx';
import { Poster } from './poster.tsx';
import { PrecisionRecall } from './precision-recall.tsx';
import { Reliability } from './reliability.tsx';
import { Roc } from './roc.tsx';
import { Shifts } from './shifts.tsx';
import { Strip, VerdictBox } from './summary.tsx';

interface Components {
  readonly Deferral: typeof Deferral;
  readonly Dumbbells: typeof Dumbbells;
  readonly Intervals: typeof Intervals;
  readonly Losses: typeof Losses;
  readonly Margins: typeof Margins;
  readonly Occlusion: typeof Occlusion;
  readonly PrecisionRecall: typeof PrecisionRecall;
  readonly Reliability: typeof Reliability;
  readonly Roc: typeof Roc;
  readonly Shifts: typeof Shifts;
}
const COMPONENTS: Components = {
  Deferral,
  Dumbbells,
  Intervals,
  Losses,
  Margins,
  Occlusion,
  PrecisionRecall,
  Reliability,
  Roc,
  Shifts,
};

/** A chart by its name, with its props. */
export type ChartOf = {
  readonly [Name in keyof Components]: readonly [name: Name, props: Parameters<Components[Name]>[0]];
}[keyof Components];

/** Charts in a grid; an empty text for no charts. */
export function draw(charts: readonly ChartOf[]): string {
  if (charts.length === 0) return '';
  const figures = charts.map(([name, props]) => h(COMPONENTS[name] as FunctionComponent<typeof props>, props));
  return renderToString(h('div', { class: 'figures' }, figures));
}

/** The verdict and the figures under it. */
export function drawSummary(
  verdict: Parameters<typeof VerdictBox>[0]['verdict'],
  figures: Parameters<typeof Strip>[0]['figures'],
): string {
  return renderToString(h(VerdictBox, { verdict })) + renderToString(h(Strip, { figures }));
}

/** An SVG file. */
export function drawPoster(props: Parameters<typeof Poster>[0]): string {
  return `${renderToString(h(Poster, props))}\n`;
}
