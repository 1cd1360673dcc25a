// Outputs of any width: stated conventions and classes, the score before a probability, and the axis of a Softmax.
import { describe, expect, test } from 'vitest';
import { sigmoid } from '../../src/kernels/elementary.ts';
import type { Stated } from '../../src/teacher/reading.ts';
import {
  type Asked,
  brief,
  free,
  gemm,
  halves,
  inside,
  linear,
  loose,
  pair,
  read,
  refusal,
  signs,
  tree,
  triple,
} from './asked.ts';

const treeScores = 'debkd/scores before LOGISTIC';

describe('the score before a post_transform is read if it agrees with the probability', () => {
  const scores = [-4, 0.5, 3, 9];
  const shares = scores.map(sigmoid);
  const asProbability = 'probability: y as probability, 0 of 1';
  const ofTree = `probability: ${treeScores} as logit, 0 of 1`;
  const own = (v: number, p: number): Asked => ({ graph: tree, width: 1, values: [0.5, p], exact: [0, v] });
  const two = (post: 'LOGISTIC' | 'SOFTMAX', exact: readonly number[], values = pair(shares)): Asked => {
    return { graph: linear(post), width: 2, values, exact };
  };
  const asProbabilities = 'probabilities: y as probabilities, 1 of 2';

  test.each([
    ['the log-odds', own(2, sigmoid(2)), ofTree],
    ['a probability that is 9e-6 higher', own(2, sigmoid(2) + 9e-6), ofTree],
    ['a probability that is 1.1e-5 higher', own(2, sigmoid(2) + 1.1e-5), asProbability],
    ['a probability that is 1.1e-5 lower', own(2, sigmoid(2) - 1.1e-5), asProbability],
    ['log-odds of 10 whose probability is 1', own(10, 1), asProbability],
    ['log-odds of -10 whose probability is 0', own(-10, 0), asProbability],
    ['log-odds of 10.01 whose probability is 1', own(10.01, 1), ofTree],
    ['log-odds of -10.01 whose probability is 0', own(-10.01, 0), ofTree],
    ['more values per row than the probability has', { ...own(0, 0.5), exactWidth: 2 }, asProbability],
    [
      'LOGISTIC: one score with both signs',
      two('LOGISTIC', signs(scores)),
      `probabilities: ${treeScores} as logit, 1 of 2`,
    ],
    ['LOGISTIC: half of the log-odds', two('LOGISTIC', halves(scores)), asProbabilities],
    [
      'SOFTMAX: the difference of both',
      two('SOFTMAX', halves(scores)),
      'probabilities: debkd/scores before SOFTMAX as logits, 1 of 2',
    ],
    ['SOFTMAX: twice the log-odds', two('SOFTMAX', signs(scores)), asProbabilities],
    ['SOFTMAX: the other class', two('SOFTMAX', halves(scores), pair(shares.map((p) => 1 - p))), asProbabilities],
  ])('%s', (_, asked, want) => {
    expect(brief(read(asked))).toBe(want);
  });

  test('the first of two values reads like the second', () => {
    for (const post of ['LOGISTIC', 'SOFTMAX'] as const) {
      const exact = post === 'LOGISTIC' ? signs(scores) : halves(scores);
      const { margin, tensor } = read({ ...two(post, exact), stated: { positiveClass: 'first' } });
      const form = post === 'LOGISTIC' ? 'logit' : 'logits';
      expect([margin, tensor]).toEqual([{ form, width: 2, place: 0, negate: false }, `debkd/scores before ${post}`]);
    }
  });

  test('a Sigmoid operator needs no agreement with the probe, and the width of its input counts', () => {
    const asked = { graph: ['Gemm', 'Sigmoid'], width: 1, values: [0.1, 0.2], exact: [5, 5, 5, 5] };
    expect(brief(read({ ...asked, exactWidth: 2 }))).toBe('probability: t0 as logit, 0 of 2');
    expect(brief(read({ ...asked, exact: [5, 5] }))).toBe('probability: t0 as logit, 0 of 1');
  });
});

describe('a stated class', () => {
  const wide = {
    graph: ['Gemm', 'Softmax'],
    width: 12,
    values: Array.from({ length: 12 }, (_, k) => (k === 3 ? 1 : 0)),
  };
  const named = { graph: ['Gemm', 'Softmax'], width: 3, values: triple, names: ['ham', 'spam', '0'] };
  test.each([
    ['the last index of twelve', wide, '11', 11],
    ['an index of two digits', wide, '10', 10],
    ['an index with spaces around', wide, ' 1 ', 1],
    ['an index with a leading 0', wide, '03', 3],
    ['the first name', named, 'ham', 0],
    ['a name with spaces and capitals', named, ' SPAM', 1],
    ['a name that is a number takes precedence over an index', named, '0', 2],
    ['an index, although there are names', named, '1', 1],
  ])('%s', (_, asked, wanted, place) => {
    const { margin, positiveClass, positiveReason } = read({ ...asked, stated: { class: wanted } });
    expect([margin.place, positiveClass]).toEqual([place, 'other']);
    expect(positiveReason).toBe(`value ${place} of ${asked.width}, as stated`);
  });

  test.each(['12', '-1', '1.5', '1e0', 'x1', '0x1', '1x', '', '+1'])('%j is not an index of twelve', (wanted) => {
    expect(refusal({ ...wide, stated: { class: wanted } })).toBe(
      `output "y": no class ${JSON.stringify(wanted)}, expected an index from 0 to 11; name the class that is class 1 (class)`,
    );
  });

  test('an unknown name suggests the nearest and lists all', () => {
    const all = 'expected "ham", "spam", "0", or an index from 0 to 2; name the class that is class 1 (class)';
    const asked = (wanted: string): Asked => ({ ...named, stated: { class: wanted } });
    expect(refusal(asked('spma'))).toBe(`output "y": no class "spma" (did you mean "spam"?), ${all}`);
    expect(refusal(asked('something'))).toBe(`output "y": no class "something", ${all}`);
  });
});

const probability = { convention: 'probability' } as const;
const probabilities = { convention: 'probabilities' } as const;

describe('a statement must fit the output', () => {
  const at = (width: number, values: readonly number[], stated: Stated): Asked => ({
    graph: gemm,
    width,
    values,
    stated,
  });
  const state = (...choices: string[]): string => `state what the output means (convention: ${choices.join('|')})`;
  const beyond = (span: string, convention: string, fits: string): string =>
    `output "y": ${span}, expected 0 .. 1 for the convention ${convention}; ${state(fits)}`;
  test.each<[message: string, Asked]>([
    [
      'output "y": 1 value per row, expected 2, of which the first is class 1; leave out positiveClass',
      at(1, inside, { positiveClass: 'first' }),
    ],
    [
      'output "y": 3 values per row, expected 2, of which the second is class 1; name the class that is class 1 (class)',
      at(3, triple, { positiveClass: 'second' }),
    ],
    [
      'class 1 is stated twice; leave out class, or leave out positiveClass',
      at(2, free, { positiveClass: 'first', class: '0' }),
    ],
    ...[0, -1, 0.5, 1.5, 2.5, Number.NaN].map((width): [string, Asked] => [
      `output "y": ${width} values per row, expected a whole number; export it again`,
      at(width, free, {}),
    ]),
    ...(['logits', 'probabilities'] as const).map((convention): [string, Asked] => [
      `output "y": 1 value per row, expected 2 or more for the convention ${convention}; ${state('logit', 'probability')}`,
      at(1, inside, { convention }),
    ]),
    ...(['logit', 'probability'] as const).map((convention): [string, Asked] => [
      `output "y": 2 values per row, expected 1 for the convention ${convention}; ${state('logits', 'probabilities')}`,
      at(2, free, { convention }),
    ]),
    [beyond('values -0.5000 .. 1.000 on a probe batch', 'probability', 'logit'), at(1, [-0.5, 1], probability)],
    [beyond('values 0.000 .. 1.500 on a probe batch', 'probability', 'logit'), at(1, [0, 1.5], probability)],
    [
      beyond('one value, 1.500, for every row of a probe batch', 'probability', 'logit'),
      at(1, [1.5, 1.5], probability),
    ],
    [
      beyond('values 0.000 .. 2.000 on a probe batch', 'probability', 'logit'),
      at(3, [0, 2, 0.5], { convention: 'probability', class: '1' }),
    ],
    [
      beyond('values -0.5000 .. 1.000 on a probe batch', 'probabilities', 'logits'),
      at(2, [-0.5, 1, 0, 0.5], probabilities),
    ],
  ])('%s', (message, asked) => {
    expect(refusal(asked)).toBe(message);
  });

  test.each([
    ['probabilities from 0 to 1, both included,', at(1, [0, 0.5, 1], probability)],
    ['two probabilities from 0 to 1, both included,', at(2, [0, 1, 1, 0], probabilities)],
    ['a logit of any size', at(1, [-5, 20], { convention: 'logit' })],
    ['logits of any size', at(2, [-5, 20], { convention: 'logits' })],
  ])('%s can be stated', (_, asked) => {
    expect([read(asked).convention, read(asked).reason]).toEqual([asked.stated?.convention, 'as stated']);
  });
});

describe('a Softmax over another axis than the classes', () => {
  const logs = free.map(Math.log);
  test.each<[last: string, of: string, values: readonly number[], width: number, Stated]>([
    ['Softmax', 'two classes', free, 2, {}],
    ['Softmax', 'three classes', loose, 3, { class: '1' }],
    ['Softmax', 'two classes with a stated convention', free, 2, probabilities],
    ['LogSoftmax', 'two classes', logs, 2, {}],
    ['LogSoftmax', 'two classes with a stated convention', logs, 2, { convention: 'logits' }],
    ['LogSoftmax', 'two classes whose values, not their exponentials, sum to 1', pair(inside), 2, {}],
  ])('is refused: a %s of %s', (last, _, values, width, stated) => {
    const what = `output "y": a ${last} over another axis than the classes (it does not sum to 1 in a row)`;
    const way = 'export it with axis -1 (dim=-1), or export the score before it';
    expect(refusal({ graph: ['Gemm', last], width, values, stated })).toBe(`${what}; ${way}`);
  });

  test.each(['BiasSoftmax', 'LogSoftmaxGrad', 'SoftmaxGrad'])('%s is another operator', (last) => {
    const message = refusal({ graph: ['Gemm', last], width: 2, values: free });
    expect(message).toContain(`after ${last}: logits and probabilities cannot be told apart`);
  });
});
