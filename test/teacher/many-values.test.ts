// Outputs of three values a row: one class against the rest, or a label of its own.
import { describe, expect, test } from 'vitest';
import { eachReading, eachRefusal, gemm, linear, loose, read, refusal, triple } from './asked.ts';

const three = { graph: gemm, width: 3, stated: { class: '1' } };

describe('three values a row and more', () => {
  const rest = '3 values a row that sum to 1: one class against the rest';
  eachReading([
    [
      'a label of its own after a Sigmoid',
      { ...three, graph: ['Gemm', 'Sigmoid'], values: loose },
      'probability: t0 as logit, 1 of 3',
      'the graph ends in Sigmoid: a label of its own; read before its Sigmoid',
    ],
    [
      'a class of a Softmax',
      { ...three, graph: ['Gemm', 'Softmax'], values: triple },
      'probabilities: t0 as logits, 1 of 3',
      'the graph ends in Softmax: one class against the rest; read before its Softmax',
    ],
    [
      'a class of a LogSoftmax',
      { ...three, graph: ['Gemm', 'LogSoftmax'], values: triple.map(Math.log) },
      'logits: y as logits, 1 of 3',
      'the graph ends in LogSoftmax: one class against the rest',
    ],
    [
      'a class of a Softmax whose probe was refused',
      { ...three, graph: ['Gemm', 'Softmax'], values: [] },
      'probabilities: t0 as logits, 1 of 3',
      'the graph ends in Softmax: one class against the rest; read before its Softmax',
    ],
    [
      'shares that sum to 1',
      { ...three, values: [...triple, 0, 0, 1] },
      'probabilities: y as probabilities, 1 of 3',
      rest,
    ],
    [
      'a SOFTMAX of a classifier: the scores before it',
      { ...three, graph: linear('SOFTMAX'), values: triple, exact: triple.map(Math.log) },
      'probabilities: debkd/scores before SOFTMAX as logits, 1 of 3',
      `${rest}; read before the SOFTMAX of its LinearClassifier`,
    ],
    [
      'one LOGISTIC a class, divided by their sum: the shares',
      { ...three, graph: [...linear('LOGISTIC'), 'Normalizer'], values: triple, exact: [1, 2, 3, 4, 5, 6] },
      'probabilities: y as probabilities, 1 of 3',
      rest,
    ],
    [
      'logits that were stated, in 0 .. 1',
      { ...three, values: loose, stated: { class: '2', convention: 'logits' } },
      'logits: y as logits, 2 of 3',
      'as stated',
    ],
    [
      'a logit that was stated, of shares that sum to 1',
      { ...three, values: triple, stated: { class: '0', convention: 'logit' } },
      'logit: y as logit, 0 of 3',
      'as stated',
    ],
    [
      'a probability that was stated',
      { ...three, values: loose, stated: { class: '0', convention: 'probability' } },
      'probability: y as probability, 0 of 3',
      'as stated',
    ],
  ]);

  const untold = 'scores of classes that exclude each other or labels of their own cannot be told apart';
  const way = 'state --convention logits|probabilities or logit|probability';
  eachRefusal([
    [
      'no class',
      { ...three, values: triple, stated: {} },
      'output "y" has 3 values a row, expected 1 or 2; to tell one class from the rest, name it with --class',
      'give a place from 0 to 2',
    ],
    [
      'no class, where there are names,',
      { ...three, values: triple, names: ['ham', 'spam', 'news'], stated: { convention: 'logit' } },
      'name it with --class: its classes are "ham", "spam", "news"',
      'give one, or a place from 0 to 2',
    ],
    [
      'values in 0 .. 1 of another sum',
      { ...three, values: loose },
      `values 0.2000 .. 0.9000 on a probe batch after Gemm: ${untold}`,
      way,
    ],
    ['values that sum to 1, of which one lies far below 0,', { ...three, values: [-0.5, 0.6, 0.9] }, untold, way],
    ['values that sum to 1, of which one lies above 1,', { ...three, values: [0, 0, 1.00005] }, untold, way],
    ['values that sum to 1, of which one lies below 0,', { ...three, values: [0, -0.00005, 1] }, untold, way],
    [
      'scores without labels',
      { ...three, values: [-1, 2, 5] },
      `values -1.000 .. 5.000 on a probe batch after Gemm: ${untold}`,
      way,
    ],
    [
      'an output that no operator makes',
      { width: 3, values: loose, stated: { class: '1' } },
      `after unknown: ${untold}`,
      way,
    ],
    [
      'an output that no probe batch could show',
      { ...three, values: [] },
      `has 3 values a row, values that no probe batch could show, as the model refuses texts it does not know, after Gemm: ${untold}`,
      way,
    ],
  ]);
});

describe("three values a row and the model's own label", () => {
  const scores = [3, 0.5, 1, 0.2, 2, 0.1, 0.3, 0.4, 4, 5, 1, 2];
  const labels = ['a', 'b', 'c', 'a'];
  const asked = { ...three, values: scores, labels, stated: { class: 'b' } };
  const reason = "3 scores a row, and the model's own label follows the largest";

  test.each([
    ['above 1', scores],
    ['below 0', scores.map((v) => v / 5 - 0.5)],
  ])('logits where it follows the largest, %s; classes are called as it calls them', (_, values) => {
    expect(read({ ...asked, values })).toEqual({
      ...{ output: 'y', tensor: 'y', convention: 'logits', reason },
      ...{
        positiveClass: 'other',
        positiveReason: 'value 1 of 3, as stated',
        classes: ['a', 'b', 'c'],
        className: 'b',
      },
      margin: { form: 'logits', width: 3, place: 1, negate: false },
    });
  });

  test('names of the model, spelt in another way, stay', () => {
    const found = read({ ...asked, names: ['A', 'B ', 'c'] });
    expect([found.convention, found.classes, found.className]).toEqual(['logits', ['A', 'B ', 'c'], 'B ']);
  });

  test('a class of which no row was is unknown, and the others have their names', () => {
    const found = read({ ...asked, labels: ['a', 'b', 'b', 'a'], values: scores.map((v, i) => (i === 8 ? 0 : v)) });
    expect([found.convention, found.classes]).toEqual(['logits', ['a', 'b', '?']]);
  });

  const untold = /cannot be told apart; state --convention logits\|probabilities or logit\|probability$/;
  test.each([
    ['names in another order', { names: ['b', 'a', 'c'] }],
    ['names of which one is another', { names: ['a', 'b', 'd'] }],
    ['no names in common', { names: ['x', 'y', 'b'] }],
    ['a label that follows nothing', { labels: ['a', 'a', 'a', 'a'], stated: { class: '1' } }],
    ['values from 0 to 1', { values: [1, 0, 0.5, 0, 1, 0.25, 0.75, 0, 1], labels: ['a', 'b', 'c'] }],
    ['values within 0 .. 1', { values: scores.map((v) => v / 10) }],
  ])('%s: refused', (_, changed) => {
    expect(refusal({ ...asked, ...changed })).toMatch(untold);
  });
});
