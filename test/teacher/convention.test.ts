// What is common to outputs of any width: what is stated, what stands before a probability, and over what a Softmax runs.
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

describe('what stands before a post_transform is read where it says the same', () => {
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
    ['more values a row than the probability has', { ...own(0, 0.5), exactWidth: 2 }, asProbability],
    ['LOGISTIC: both with signs', two('LOGISTIC', signs(scores)), `probabilities: ${treeScores} as logit, 1 of 2`],
    ['LOGISTIC: half of the log-odds', two('LOGISTIC', halves(scores)), asProbabilities],
    [
      'SOFTMAX: the difference of both',
      two('SOFTMAX', halves(scores)),
      'probabilities: debkd/scores before SOFTMAX as logits, 1 of 2',
    ],
    ['SOFTMAX: twice the log-odds', two('SOFTMAX', signs(scores)), asProbabilities],
    ['SOFTMAX: of the other class', two('SOFTMAX', halves(scores), pair(shares.map((p) => 1 - p))), asProbabilities],
  ])('%s', (_, asked, want) => {
    expect(brief(read(asked))).toBe(want);
  });

  test('of the first of two values as of the second', () => {
    for (const post of ['LOGISTIC', 'SOFTMAX'] as const) {
      const exact = post === 'LOGISTIC' ? signs(scores) : halves(scores);
      const { margin, tensor } = read({ ...two(post, exact), stated: { positiveClass: 'first' } });
      const form = post === 'LOGISTIC' ? 'logit' : 'logits';
      expect([margin, tensor]).toEqual([{ form, width: 2, place: 0, negate: false }, `debkd/scores before ${post}`]);
    }
  });

  test("a Sigmoid of the graph is what it is, whatever the probe's numbers; its tensor's width counts", () => {
    const asked = { graph: ['Gemm', 'Sigmoid'], width: 1, values: [0.1, 0.2], exact: [5, 5, 5, 5] };
    expect(brief(read({ ...asked, exactWidth: 2 }))).toBe('probability: t0 as logit, 0 of 2');
    expect(brief(read({ ...asked, exact: [5, 5] }))).toBe('probability: t0 as logit, 0 of 1');
  });
});

describe('a class that was stated', () => {
  const wide = {
    graph: ['Gemm', 'Softmax'],
    width: 12,
    values: Array.from({ length: 12 }, (_, k) => (k === 3 ? 1 : 0)),
  };
  const named = { graph: ['Gemm', 'Softmax'], width: 3, values: triple, names: ['ham', 'spam', '0'] };
  test.each([
    ['the last place of twelve', wide, '11', 11],
    ['a place of two digits', wide, '10', 10],
    ['a place with blanks around', wide, ' 1 ', 1],
    ['a place with a 0 before', wide, '03', 3],
    ['the first name', named, 'ham', 0],
    ['a name with blanks and capitals', named, ' SPAM', 1],
    ['a name that is a number, before the place', named, '0', 2],
    ['a place, where there are names', named, '1', 1],
  ])('%s', (_, asked, wanted, place) => {
    const { margin, positiveClass, positiveReason } = read({ ...asked, stated: { class: wanted } });
    expect([margin.place, positiveClass]).toEqual([place, 'other']);
    expect(positiveReason).toBe(`value ${place} of ${asked.width}, as stated`);
  });

  test.each(['12', '-1', '1.5', '1e0', 'x1', '0x1', '1x', '', '+1'])('%j is no place of twelve', (wanted) => {
    expect(refusal({ ...wide, stated: { class: wanted } })).toBe(
      `output "y" has no class ${JSON.stringify(wanted)}; give a place from 0 to 11`,
    );
  });

  test('a name that is none: the nearest, and all', () => {
    const all = 'its classes are "ham", "spam", "0"; give one, or a place from 0 to 2';
    const asked = (wanted: string): Asked => ({ ...named, stated: { class: wanted } });
    expect(refusal(asked('spma'))).toBe(`output "y" has no class "spma"; did you mean "spam"?; ${all}`);
    expect(refusal(asked('something'))).toBe(`output "y" has no class "something"; ${all}`);
  });
});

const probability = { convention: 'probability' } as const;
const probabilities = { convention: 'probabilities' } as const;

describe('what is stated must fit the output', () => {
  const at = (width: number, values: readonly number[], stated: Stated): Asked => ({
    graph: gemm,
    width,
    values,
    stated,
  });
  const given = (convention: string): string => `convention ${convention} was given, but output "y" has`;
  test.each<[message: string, Asked]>([
    [
      'output "y" has one value a row, so that --positive-class first says nothing; leave it out',
      at(1, inside, { positiveClass: 'first' }),
    ],
    [
      'output "y" has 3 values a row, so that --positive-class second says nothing; name the class with --class',
      at(3, triple, { positiveClass: 'second' }),
    ],
    [
      '--class and --positive-class both say which class is class 1; give one of them',
      at(2, free, { positiveClass: 'first', class: '0' }),
    ],
    ...[0, -1, 0.5, 1.5, 2.5, Number.NaN].map((width): [string, Asked] => [
      `output "y" has ${width} values a row, expected whole ones; export it again`,
      at(width, free, {}),
    ]),
    ...(['logits', 'probabilities'] as const).map((convention): [string, Asked] => [
      `convention ${convention} was given, but output "y" has 1 value a row; give logit or probability`,
      at(1, inside, { convention }),
    ]),
    ...(['logit', 'probability'] as const).map((convention): [string, Asked] => [
      `convention ${convention} was given, but output "y" has 2 values a row; give logits or probabilities`,
      at(2, free, { convention }),
    ]),
    [`${given('probability')} values -0.5000 .. 1.000 on a probe batch; it is logit`, at(1, [-0.5, 1], probability)],
    [`${given('probability')} values 0.000 .. 1.500 on a probe batch; it is logit`, at(1, [0, 1.5], probability)],
    [
      `${given('probability')} one value, 1.500, for every row of a probe batch; it is logit`,
      at(1, [1.5, 1.5], probability),
    ],
    [
      `${given('probability')} values 0.000 .. 2.000 on a probe batch; it is logit`,
      at(3, [0, 2, 0.5], { convention: 'probability', class: '1' }),
    ],
    [
      `${given('probabilities')} values -0.5000 .. 1.000 on a probe batch; it is logits`,
      at(2, [-0.5, 1, 0, 0.5], probabilities),
    ],
  ])('%s', (message, asked) => {
    expect(refusal(asked)).toBe(message);
  });

  test.each([
    ['probabilities from 0 to 1 themselves', at(1, [0, 0.5, 1], probability)],
    ['two probabilities from 0 to 1 themselves', at(2, [0, 1, 1, 0], probabilities)],
    ['a logit of any size', at(1, [-5, 20], { convention: 'logit' })],
    ['logits of any size', at(2, [-5, 20], { convention: 'logits' })],
  ])('%s may be stated', (_, asked) => {
    expect([read(asked).convention, read(asked).reason]).toEqual([asked.stated?.convention, 'as stated']);
  });
});

describe('a Softmax over another axis than the classes', () => {
  const logs = free.map(Math.log);
  test.each<[last: string, of: string, values: readonly number[], width: number, Stated]>([
    ['Softmax', 'two classes', free, 2, {}],
    ['Softmax', 'three classes', loose, 3, { class: '1' }],
    ['Softmax', 'two classes whose convention is stated', free, 2, probabilities],
    ['LogSoftmax', 'two classes', logs, 2, {}],
    ['LogSoftmax', 'two classes whose convention is stated', logs, 2, { convention: 'logits' }],
    ['LogSoftmax', 'two classes, where the values and not their exponentials sum to 1', pair(inside), 2, {}],
  ])('is refused: a %s of %s', (last, _, values, width, stated) => {
    const what = `output "y" is a ${last} whose values do not sum to 1 in a row`;
    const why = 'so that it runs over another axis than the classes';
    const way = 'export it with axis -1 (dim=-1), or the score before it';
    expect(refusal({ graph: ['Gemm', last], width, values, stated })).toBe(`${what}, ${why}; ${way}`);
  });

  test.each(['BiasSoftmax', 'LogSoftmaxGrad', 'SoftmaxGrad'])('%s is another operator', (last) => {
    const message = refusal({ graph: ['Gemm', last], width: 2, values: free });
    expect(message).toContain(`after ${last}: logits or probabilities cannot be told apart`);
  });
});
