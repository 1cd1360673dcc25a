// A forest plot of the paired differences of many comparisons: one row per teacher, one panel per rival method.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const { document } = parseHTML('<!doctype html><html></html>');
const WON = '#2563eb';
const LOST = '#b91c1c';
const EVEN = '#64748b';

/** The differences between `debiased` and each rival as SVG. @param part comparisons with their teachers' names */
export function forest(part, metric, rivals) {
  const lower = metric === 'logLoss';
  const rows = part.flatMap(({ id, result }) =>
    rivals.flatMap((b) => {
      const pair = result.paired.find((p) => p.a === 'debiased' && p.b === b && p.metric === metric);
      if (!pair || pair.difference.low === null) return [];
      const { value, low, high } = pair.difference;
      const won = lower ? high < 0 : low > 0;
      const lost = lower ? low > 0 : high < 0;
      return [{ id, rival: `minus ${b}`, value, low, high, verdict: won ? 'won' : lost ? 'lost' : 'even' }];
    }),
  );
  const shown = rivals.map((b) => `minus ${b}`).filter((rival) => rows.some((row) => row.rival === rival));
  const svg = Plot.plot({
    document,
    width: 180 + 190 * shown.length,
    height: 80 + 22 * part.length,
    marginLeft: 170,
    marginBottom: 40,
    style: { background: 'white', color: '#1a1a1a', fontSize: '11px' },
    x: {
      label: `Difference in ${lower ? 'log-loss' : 'AUC'}, 95 % over seeds (${lower ? 'left' : 'right'} of 0, debiased is better; beyond the scale at its edge)`,
      grid: true,
      ticks: 3,
      // with a few hundred rows, differences are ten times as large; clamp draws them at the edge
      domain: lower ? [-0.03, 0.005] : [-0.004, 0.02],
      clamp: true,
      tickFormat: (x) => x.toFixed(2).replace('0.', '.'),
    },
    y: { label: null, domain: part.map(({ id }) => id) },
    fx: { label: null, domain: shown },
    color: { domain: ['won', 'lost', 'even'], range: [WON, LOST, EVEN] },
    marks: [
      Plot.ruleX([0], { strokeOpacity: 0.5 }),
      Plot.ruleY(rows, { fx: 'rival', y: 'id', x1: 'low', x2: 'high', stroke: 'verdict', strokeWidth: 2 }),
      Plot.dot(rows, { fx: 'rival', y: 'id', x: 'value', fill: 'verdict', r: 3.5 }),
    ],
  });
  return `${svg.outerHTML.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}
