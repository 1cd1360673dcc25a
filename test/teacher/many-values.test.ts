// Outputs of three values per row: one class versus the rest, or an independent label.
import { describe, expect, test } from 'vitest';
import { eachReading, eachRefusal, gemm, linear, loose, read, refusal, triple } from './asked.ts';

const three = { graph: gemm, width: 3, stated: { class: '1' } };

describe('three or more values per row', () => {
  const rest = '3 values per row that sum to 1: one class versus the rest';
  eachReading([
    [
      'an independent label after a Sigmoid',
      { ...three, graph: ['Gemm', 'Sigmoid'], values: loose },
      'probability: t0 as logit, 1 of 3',
      'the graph ends in Sigmoid: an independent label; read before its Sigmoid',
    ],
    [
      'a class of a Softmax',
      { ...three, graph: ['Gemm', 'Softmax'], values: triple },
      'probabilities: t0 as logits, 1 of 3',
      'the graph ends in Softmax: one class versus the rest; read before its Softmax',
    ],
    [
      'a class of a LogSoftmax',
      { ...three, graph: ['Gemm', 'LogSoftmax'], values: triple.map(Math.log) },
      'logits: y as logits, 1 of 3',
      'the graph ends in LogSoftmax: one class versus the rest',
    ],
    [
      'a class of a Softmax without a probe',
      { ...three, graph: ['Gemm', 'Softmax'], values: [] },
      'probabilities: t0 as logits, 1 of 3',
      'the graph ends in Softmax: one class versus the rest; read before its Softmax',
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
      'one LOGISTIC per class, normalised by their sum: the shares',
      { ...three, graph: [...linear('LOGISTIC'), 'Normalizer'], values: triple, exact: [1, 2, 3, 4, 5, 6] },
      'probabilities: y as probabilities, 1 of 3',
      rest,
    ],
    [
      'stated logits, in 0 .. 1',
      { ...three, values: loose, stated: { class: '2', convention: 'logits' } },
      'logits: y as logits, 2 of 3',
      'as stated',
    ],
    [
      'a stated logit of shares that sum to 1',
      { ...three, values: triple, stated: { class: '0', convention: 'logit' } },
      'logit: y as logit, 0 of 3',
      'as stated',
    ],
    [
      'a stated probability',
      { ...three, values: loose, stated: { class: '0', convention: 'probability' } },
      'probability: y as probability, 0 of 3',
      'as stated',
    ],
  ]);

  const untold =
    'exclusive classes (logits, probabilities) and independent labels (logit, probability) cannot be told apart';
  const way = 'state what the output means (convention: logits|probabilities|logit|probability)';
  const nameClass = 'name the class that is class 1 (class)';
  eachRefusal([
    [
      'no class',
      { ...three, values: triple, stated: {} },
      'output "y": 3 values per row, expected 1 or 2, or one class to separate from the rest: an index from 0 to 2',
      nameClass,
    ],
    [
      'no class, where there are names,',
      { ...three, values: triple, names: ['ham', 'spam', 'news'], stated: { convention: 'logit' } },
      'one class to separate from the rest: "ham", "spam", "news", or an index from 0 to 2',
      nameClass,
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
      `after an unknown operator: ${untold}`,
      way,
    ],
    [
      'an output without a probe',
      { ...three, values: [] },
      `3 values per row, unknown values (the model rejects the texts of a probe batch) after Gemm: ${untold}`,
      way,
    ],
  ]);
});

describe("three values per row and the model's label output", () => {
  const scores = [3, 0.5, 1, 0.2, 2, 0.1, 0.3, 0.4, 4, 5, 1, 2];
  const labels = ['a', 'b', 'c', 'a'];
  const asked = { ...three, values: scores, labels, stated: { class: 'b' } };
  const reason = "3 scores per row, and the model's label output follows the largest";

  test.each([
    ['above 1', scores],
    ['below 0', scores.map((v) => v / 5 - 0.5)],
  ])('logits if it follows the largest, %s; it names the classes', (_, values) => {
    expect(read({ ...asked, values })).toEqual({
      output: 'y',
      tensor: 'y',
      convention: 'logits',
      reason,
      positiveClass: 'other',
      positiveReason: 'value 1 of 3, as stated',
      classes: ['a', 'b', 'c'],
      className: 'b',
      margin: { form: 'logits', width: 3, place: 1, negate: false },
    });
  });

  test('names of the model stay, in their own spelling', () => {
    const found = read({ ...asked, names: ['A', 'B ', 'c'] });
    expect([found.convention, found.classes, found.className]).toEqual(['logits', ['A', 'B ', 'c'], 'B ']);
  });

  test('a class without rows has no name, and the others have theirs', () => {
    const found = read({ ...asked, labels: ['a', 'b', 'b', 'a'], values: scores.map((v, i) => (i === 8 ? 0 : v)) });
    expect([found.convention, found.classes]).toEqual(['logits', ['a', 'b', '?']]);
  });

  const untold = /cannot be told apart; state what the output means/;
  test.each([
    ['names in another order', { names: ['b', 'a', 'c'] }],
    ['one name that differs', { names: ['a', 'b', 'd'] }],
    ['no names in common', { names: ['x', 'y', 'b'] }],
    ['a label that never changes', { labels: ['a', 'a', 'a', 'a'], stated: { class: '1' } }],
    ['values from 0 to 1', { values: [1, 0, 0.5, 0, 1, 0.25, 0.75, 0, 1], labels: ['a', 'b', 'c'] }],
    ['values within 0 .. 1', { values: scores.map((v) => v / 10) }],
  ])('%s: refused', (_, changed) => {
    expect(refusal({ ...asked, ...changed })).toMatch(untold);
  });
});
