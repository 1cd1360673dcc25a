// Paired differences in log-loss and AUC against scikit-learn, NumPy and the definition (test/golden/differences.py).
import { expect, test } from 'vitest';
import { pairedAuc } from '../../src/metrics/paired-auc.ts';
import { pairedLogLoss } from '../../src/report/paired-losses.ts';
import golden from '../golden/differences.json' with { type: 'json' };

test.each(golden.map((one, k) => [k, one] as const))(
  'case %i agrees within 1e-12; unlabelled rows do not count',
  (_, one) => {
    const [a, b] = [
      [...one.a, 0.99],
      [...one.b, 0.01],
    ];
    const labels = [...one.y, -1];
    for (const [found, expected] of [
      [pairedLogLoss([a, b], { labels }), one.logLoss],
      [pairedAuc([a, b], labels), one.auc],
    ] as const) {
      const values = [found?.value, found?.low, found?.high];
      values.forEach((value, k) => {
        expect(Math.abs((value as number) - (expected[k] as number))).toBeLessThan(1e-12);
      });
    }
  },
);

test('a weight counts like rows in the mean; too few rows have no difference; certain answers have finite losses', () => {
  const labels = [1, 0, 1];
  const pair = [
    [0.9, 0.2, 0.6],
    [0.5, 0.5, 0.5],
  ] as const;
  const weighted = pairedLogLoss(pair, { labels, weights: [2, 1, 1] });
  const repeated = pairedLogLoss(
    [
      [0.9, ...pair[0]],
      [0.5, ...pair[1]],
    ],
    { labels: [1, ...labels] },
  );
  expect(weighted?.value).toBeCloseTo(repeated?.value as number, 12);
  expect(pairedLogLoss([[0.5], [0.4]], { labels: [1] })).toBeUndefined();
  expect(pairedAuc(pair, labels)).toBeUndefined();
  expect(
    pairedLogLoss(
      [
        [0, 1],
        [0.5, 0.5],
      ],
      { labels: [1, 0] },
    )?.value,
  ).toBeGreaterThan(30);
});
