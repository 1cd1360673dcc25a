// Thresholds by rules, against every cut tried by brute force, and the words of rules.
import { expect, test } from 'vitest';
import { chooseThreshold } from '../../src/metrics/threshold.ts';
import { chooseByRule, sortRows, valueAt } from '../../src/metrics/threshold-by-rule.ts';
import { recordThreshold, valueInterval } from '../../src/metrics/threshold-estimate.ts';
import { parseThresholdRule, ruleText, ruleValue, type ThresholdRule } from '../../src/metrics/threshold-rule.ts';
import golden from '../golden/thresholds.json' with { type: 'json' };
import { dice } from '../random.ts';

const RULES = ['f1', 'accuracy', 'youden', 'mcc', 'cost:FP=1,FN=8', 'precision>=0.6', 'recall>=0.9', 'rate=0.2'];

/** Rows whose labels follow their probabilities, rounded so that some are equal. */
function draw(n: number, seed = 1): { p: Float64Array; y: Int8Array } {
  const { real } = dice(seed);
  const next = (): number => real(0, 1);
  const p = Float64Array.from({ length: n }, () => Math.round(next() * 64) / 65);
  return { p, y: Int8Array.from(p, (share) => (next() < share * share ? 1 : 0)) };
}

/** The counts at a threshold, by definition. */
function count(p: Float64Array, y: Int8Array, threshold: number) {
  const called = [...p.keys()].filter((i) => (p[i] as number) >= threshold);
  const positive = y.filter((label) => label === 1).length;
  const truePositive = called.filter((i) => y[i] === 1).length;
  return { truePositive, falsePositive: called.length - truePositive, positive, negative: y.length - positive };
}

test.each(RULES)('%s: no cut is better', (text) => {
  const rule = parseThresholdRule(text);
  const { p, y } = draw(400);
  const { threshold, value, isMet } = chooseByRule(rule, sortRows(p, y));
  expect(isMet).toBe(true);
  expect(value).toBeCloseTo(ruleValue(rule, count(p, y, threshold)), 12);
  const all = Array.from({ length: 132 }, (_, k) => k / 131).map((cut) => ({ cut, ...count(p, y, cut) }));
  const better = all.filter((counts) => isBetter(rule, counts, count(p, y, threshold)));
  expect(better.map(({ cut }) => cut)).toEqual([]);
});

function isBetter(rule: ThresholdRule, a: ReturnType<typeof count>, b: ReturnType<typeof count>): boolean {
  const [x, z] = [ruleValue(rule, a), ruleValue(rule, b)];
  const precision = ({ truePositive, falsePositive }: typeof a): number =>
    truePositive / (truePositive + falsePositive);
  const slack = 1e-12;
  switch (rule.kind) {
    case 'cost':
      return x < z - slack;
    case 'rate':
      return Math.abs(x - rule.share) < Math.abs(z - rule.share) - slack;
    case 'precision':
      return x >= rule.least && a.truePositive + a.falsePositive >= 10 && a.truePositive > b.truePositive;
    case 'recall':
      return x >= rule.least && precision(a) > precision(b) + slack;
    default:
      return x > z + slack;
  }
}

test('values and the best cuts are those of scikit-learn, with weights too', () => {
  const { y, p, weights, cases, best } = golden;
  const [rows, weighted] = [sortRows(Float64Array.from(p), y), sortRows(Float64Array.from(p), y, weights)];
  for (const { threshold, weighted: isWeighted, values } of cases)
    for (const [text, value] of Object.entries(values))
      expect(valueAt(parseThresholdRule(text), threshold, isWeighted ? weighted : rows), text).toBeCloseTo(value, 12);
  for (const [text, value] of Object.entries(best)) {
    const { threshold } = chooseByRule(parseThresholdRule(text), rows);
    // a precision chooses the best recall, and a recall the best precision
    const measured = text.startsWith('precision') ? 'recall>=0.9' : text.startsWith('recall') ? 'precision>=0.7' : text;
    expect(valueAt(parseThresholdRule(measured), threshold, rows), text).toBeCloseTo(value, 12);
  }
});

test('the highest threshold on ties', () => {
  // accuracy is 3 of 4 from 0.8 up, and from 0.4 up
  const { threshold } = chooseByRule({ kind: 'accuracy' }, sortRows(Float64Array.of(0.9, 0.7, 0.5, 0.3), [1, 0, 1, 0]));
  expect(threshold).toBe(0.8);
});

test('f1 is that of chooseThreshold, with weights as with repeated rows', () => {
  for (const seed of [1, 2, 3]) {
    const { p, y } = draw(300, seed);
    expect(chooseByRule({ kind: 'f1' }, sortRows(p, y)).threshold).toBe(chooseThreshold(p, y));
  }
  const rule = parseThresholdRule('cost:FP=2,FN=1');
  const { p, y } = draw(100);
  const twice = (values: Iterable<number>): number[] => [...values].flatMap((value) => [value, value]);
  const weighted = chooseByRule(rule, sortRows(p, y, new Float64Array(100).fill(2)));
  expect(weighted).toEqual(chooseByRule(rule, sortRows(Float64Array.from(twice(p)), twice(y))));
});

test('costs of both errors give the threshold of decision theory on calibrated probabilities', () => {
  // expected labels: a row is worth calling class 1 if p * FN > (1 - p) * FP
  const p = Float64Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
  const { threshold } = chooseByRule(parseThresholdRule('cost:FP=1,FN=4'), sortRows(p, p));
  expect(threshold).toBeCloseTo(0.2, 2);
});

test('a precision that no cut has is not met, and the best is given', () => {
  const { p, y } = draw(400);
  const { isMet, value, threshold } = chooseByRule({ kind: 'precision', least: 0.999 }, sortRows(p, y));
  expect(isMet).toBe(false);
  expect(value).toBeLessThan(0.999);
  expect(value).toBeCloseTo(ruleValue({ kind: 'precision', least: 1 }, count(p, y, threshold)), 12);
});

test('precision of fewer than ten rows is not trusted', () => {
  const p = Float64Array.from({ length: 100 }, (_, i) => 1 - i / 101);
  const y = Int8Array.from({ length: 100 }, (_, i) => (i < 5 || i % 2 === 0 ? 1 : 0));
  expect(chooseByRule({ kind: 'precision', least: 0.99 }, sortRows(p, y)).isMet).toBe(false);
});

test('a precision or recall that the rows cannot show is refused', () => {
  const [p, few] = [Float64Array.of(0.9, 0.2), Int8Array.of(1, 0)];
  expect(() => chooseThreshold(p, few, { rule: 'precision>=0.9' })).toThrow('too few, or of one class');
  expect(() => chooseThreshold(p, Int8Array.of(1, 1), { rule: 'recall>=0.9' })).toThrow('too few, or of one class');
  expect(chooseThreshold(p, Int8Array.of(1, 1), { rule: 'mcc' })).toBe(0.5);
});

test('rows of one class', () => {
  const p = Float64Array.of(0.2, 0.6);
  expect(chooseByRule({ kind: 'mcc' }, sortRows(p, [1, 1]))).toMatchObject({ threshold: 0.5, isMet: false });
  expect(chooseByRule({ kind: 'rate', share: 0.5 }, sortRows(p, [1, 1])).threshold).toBe(0.4);
  expect(chooseByRule({ kind: 'fixed', threshold: 0.3 }, sortRows(p, [1, 1])).threshold).toBe(0.3);
});

test('intervals contain the value, narrow with rows, and cover the threshold of the whole population', () => {
  const rule = parseThresholdRule('recall>=0.9');
  const population = draw(200_000, 99);
  const truth = chooseByRule(rule, sortRows(population.p, population.y)).threshold;
  let covered = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const { p, y } = draw(500, seed);
    const { threshold } = chooseByRule(rule, sortRows(p, y));
    const { low, high } = recordThreshold(rule, threshold, {
      probabilities: p,
      targets: Float64Array.from(y),
    }).threshold;
    expect(low <= threshold && threshold <= high).toBe(true);
    if (low - 1e-9 <= truth && truth <= high + 1e-9) covered++;
  }
  expect(covered).toBeGreaterThanOrEqual(34);
  const ones200 = draw(200).y.filter((label) => label === 1).length;
  const wide = valueInterval(rule, 0.5, sortRows(...rowsOf(draw(200))));
  const narrow = valueInterval(rule, 0.5, sortRows(...rowsOf(draw(40_000))));
  expect(narrow.high - narrow.low).toBeLessThan(0.2 * (wide.high - wide.low));
  // more rows than blocks: as wide as the formula of a share
  const p0 = narrow.value;
  const ones = rowsOf(draw(40_000))[1].filter((label) => label === 1).length;
  expect((narrow.high - narrow.low) / (2 * 1.96 * Math.sqrt((p0 * (1 - p0)) / ones))).toBeCloseTo(1, 0);
  expect(valueAt(rule, 0.5, sortRows(...rowsOf(draw(200))))).toBe(wide.value);
  // as wide as 200 resamples make it: fewer leave out the tails
  expect((wide.high - wide.low) / (2 * 1.96 * Math.sqrt((wide.value * (1 - wide.value)) / ones200))).toBeCloseTo(1, 0);
});

const rowsOf = ({ p, y }: ReturnType<typeof draw>): [Float64Array, Int8Array] => [p, y];

test.each([
  ['F1', 'f1'],
  ['precision=0.9', 'precision>=0.9'],
  ['recall >= .95', 'recall>=0.95'],
  ['cost:FN=8,FP=1', 'cost:FP=1,FN=8'],
  ['rate:0.1', 'rate=0.1'],
  ['0.37', '0.37'],
])('%s is read as %s', (given, read) => {
  expect(ruleText(parseThresholdRule(given))).toBe(read);
});

test.each([
  ['precision', "write precision=0.9, or put quotes around 'precision>=0.9'"],
  ['recal>=0.9', 'did you mean recall?'],
  ['precision>=1.2', 'expected f1, accuracy'],
  ['cost:FP=0,FN=0', 'expected f1, accuracy'],
  ['1.5', 'expected f1, accuracy'],
  ['cost:FP=-1,FN=2', 'expected f1, accuracy'],
  ['', 'expected f1, accuracy'],
])('%s is refused', (given, message) => {
  expect(() => parseThresholdRule(given)).toThrow(message);
});
