// The one place that knows what draws: Observable Plot, on the page's document or, where there is none, linkedom's.
import type { PlotOptions } from '@observablehq/plot';

export type Plot = typeof import('./marks.ts');

/** Draws a plot as SVG text. */
export type Draw = (title: string, build: (plot: Plot) => PlotOptions) => string;

/** Loads what is needed, once a report is made. */
export async function loadDraw(): Promise<Draw> {
  const plot = await import('./marks.ts');
  const canvas = globalThis.document ?? (await import('linkedom')).parseHTML('<!doctype html><html></html>').document;
  return (title, build) => {
    const figure = plot.plot({
      ...{
        document: canvas,
        width: 420,
        height: 310,
        marginLeft: 52,
        marginBottom: 44,
        className: 'plot',
        ariaLabel: title,
      },
      ...{ style: { background: 'transparent', color: 'currentColor' } },
      ...build(plot),
    });
    return figure.outerHTML;
  };
}
