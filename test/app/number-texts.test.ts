// How the page writes numbers.
import { expect, test } from 'vitest';
import { metricText, probabilityText, withMinus } from '../../src/app/number-texts.ts';

test('metrics have three decimals, probabilities four, and all a leading zero and a minus sign', () => {
  expect([0.98765, 1, -0.25, -0.0001].map(metricText)).toEqual(['0.988', '1.000', '−0.250', '0.000']);
  expect([0.5, 0.00004].map(probabilityText)).toEqual(['0.5000', '0.0000']);
  expect(['-3.0', '-0.0', '2.5'].map(withMinus)).toEqual(['−3.0', '0.0', '2.5']);
});
