// The summary of de-biasing: its numbers are those of the fit.
import { expect, test } from 'vitest';
import { fitDebias } from '../../src/labels/label-debiasing.ts';
import type { LabelledChanges } from '../../src/report/group-shifts.ts';
import { describeChanges } from '../../src/report/sentence.ts';
import { drawWorld } from '../simulator.ts';

const { dataset, truth } = drawWorld(2500, 8);
const changes: LabelledChanges = {
  ...{ rows: 2500, moved: 100, flipped: 10, meanShift: 0, meanProbabilityShift: 0, meanInfusion: 0 },
  groups: [{ column: 'group', value: 'above mean', rows: 900, meanShift: -1.5, cut: 0.25 }],
};
const infusion = { form: 'mix', strength: 0, candidates: [] } as const;

test.each([
  ['temperature', (v: number) => 4 * v, /over-confidence \(log-odds times 0\.2\d\)/],
  ['platt', (v: number) => 3 * v + 2, /over-confidence \(log-odds times 0\.3\d\) and class 1 too likely on average/],
  [
    'prior',
    (v: number) => v - 1.5,
    /^De-biasing found class 1 too unlikely on average \(log-odds \+1\.\d\d\)\. It moved/,
  ],
] as const)('a fit of %s', async (method, bias, sentence) => {
  const debias = await fitDebias(truth.map(bias), dataset, { method });
  expect(describeChanges({ debias, changes, infusion })).toMatch(sentence);
});

test.each([[['hinges']], [['trees']]] as const)(
  'a residual fit without %s reports its slope, not its knots',
  async (ablate) => {
    const wrong = truth.map((v, i) => 2 * v - ((dataset.features.data[3 * i] as number) > 0 ? 3 : 0));
    const debias = await fitDebias(wrong, dataset, { method: 'residual', ablate });
    const text = describeChanges({ debias, changes, infusion });
    const knots = debias.parameters[0] as number;
    const slope = debias.parameters[2 + knots] as number;
    const said = /log-odds times ([-\d.]+)/.exec(text)?.[1];
    expect(said ?? '1.00').toBe(Math.abs(slope - 1) > 0.05 ? slope.toFixed(2) : '1.00');
    expect(text).toContain(
      'errors that depend on the features, largest for group > 0.25 (-1.50 log-odds over 900 rows)',
    );
  },
);
