// Outputs of two values per row: how they are read, and which of them is class 1.
import { describe, expect, test } from 'vitest';
import type { Reading } from '../../src/teacher/reading.ts';
import {
  type Asked,
  eachReading,
  eachRefusal,
  free,
  gemm,
  inside,
  linear,
  pair,
  read,
  refusal,
  signs,
} from './asked.ts';

const two = { graph: gemm, width: 2 };
const stateTwo = 'state what the output means (convention: logits|probabilities)';

describe('two values per row', () => {
  eachReading([
    [
      'a Softmax: the score before it',
      { graph: ['Gemm', 'Softmax'], width: 2, values: pair(inside) },
      'probabilities: t0 as logits, 1 of 2',
      'the graph ends in Softmax over two classes; read before its Softmax',
    ],
    [
      'a LogSoftmax: itself',
      { graph: ['Gemm', 'LogSoftmax'], width: 2, values: pair(inside).map(Math.log) },
      'logits: y as logits, 1 of 2',
      'the graph ends in LogSoftmax, whose difference is the margin',
    ],
    [
      'a LogSoftmax without a probe',
      { graph: ['Gemm', 'LogSoftmax'], width: 2, values: [] },
      'logits: y as logits, 1 of 2',
      'the graph ends in LogSoftmax, whose difference is the margin',
    ],
    [
      'shares in 0 .. 1 that sum to 1',
      { graph: ['Gemm', 'Div'], width: 2, values: [...pair(inside), 0, 1, 1, 0] },
      'probabilities: y as probabilities, 1 of 2',
      'two values per row in 0 .. 1 that sum to 1 (last operator Div)',
    ],
    [
      'two Sigmoids that sum to 1',
      { graph: ['Gemm', 'Sigmoid'], width: 2, values: pair(inside) },
      'probabilities: t0 as logit, 1 of 2',
      'two values per row in 0 .. 1 that sum to 1 (last operator Sigmoid); read before its Sigmoid',
    ],
    [
      'an independent label after a Sigmoid, the first',
      { graph: ['Gemm', 'Sigmoid'], width: 2, values: free, stated: { class: '0' } },
      'probability: t0 as logit, 0 of 2',
      'the graph ends in Sigmoid, one label each; read before its Sigmoid',
    ],
    [
      'an independent label after a Sigmoid, without a probe',
      { graph: ['Gemm', 'Sigmoid'], width: 2, values: [], stated: { class: '1' } },
      'probability: t0 as logit, 1 of 2',
      'the graph ends in Sigmoid, one label each; read before its Sigmoid',
    ],
    [
      'a Normalizer of a classifier',
      { graph: [...linear('NONE'), 'Normalizer'], width: 2, values: pair(inside) },
      'probabilities: y as probabilities, 1 of 2',
      'two values per row in 0 .. 1 that sum to 1 (last operator Normalizer)',
    ],
    [
      'a Normalizer of a classifier, without a probe',
      { graph: [...linear('LOGISTIC'), 'Normalizer'], width: 2, values: [] },
      'probabilities: y as probabilities, 1 of 2',
      'the graph ends in a Normalizer, which makes two scores sum to 1',
    ],
    ...['Gemm', 'MatMul', 'Add'].map(
      (last) =>
        [
          `a layer of ${last} whose outputs mirror each other`,
          { graph: [last, 'Identity'], width: 2, values: signs([2, -0.5]) },
          'logits: y as logits, 1 of 2',
          `two values per row of a ${last} that sum to 0: one logit per class`,
        ] as const,
    ),
    ...['Concat', 'FusedGemm', 'GemmFastGelu'].map(
      (last) =>
        [
          `a ${last} of one score with both signs`,
          { graph: ['Gemm', last], width: 2, values: signs([2, -0.5]) },
          'logit: y as logit, 1 of 2',
          `two values per row that sum to 0 (last operator ${last}): one score with both signs`,
        ] as const,
    ),
    [
      'scores with both signs that no operator makes',
      { width: 2, values: signs([2, -0.5]) },
      'logit: y as logit, 1 of 2',
      'two values per row that sum to 0 (last operator unknown): one score with both signs',
    ],
    [
      'values below 0',
      { ...two, values: [-0.1, 0.2, 0.9, 1] },
      'logits: y as logits, 1 of 2',
      'two values per row, values -0.1000 .. 1.000 on a probe batch: not probabilities (last operator Gemm)',
    ],
    [
      'values above 1',
      { ...two, values: [0, 0.2, 0.9, 1.1] },
      'logits: y as logits, 1 of 2',
      'two values per row, values 0.000 .. 1.100 on a probe batch: not probabilities (last operator Gemm)',
    ],
    [
      'one number throughout, above 1',
      { ...two, values: [3, 3, 3, 3] },
      'logits: y as logits, 1 of 2',
      'two values per row, one value, 3.000, for every row of a probe batch: not probabilities (last operator Gemm)',
    ],
    [
      'stated logits, in 0 .. 1',
      { ...two, values: free, stated: { convention: 'logits' } },
      'logits: y as logits, 1 of 2',
      'as stated',
    ],
    [
      'stated logits after a Softmax: the output itself',
      { graph: ['Gemm', 'Softmax'], width: 2, values: pair(inside), stated: { convention: 'logits' } },
      'logits: y as logits, 1 of 2',
      'as stated',
    ],
    [
      'stated probabilities that sum to 1',
      { ...two, values: pair(inside), stated: { convention: 'probabilities' } },
      'probabilities: y as probabilities, 1 of 2',
      'as stated',
    ],
    [
      'stated probabilities, without a probe',
      { ...two, values: [], stated: { convention: 'probabilities' } },
      'probabilities: y as probabilities, 1 of 2',
      'as stated',
    ],
    [
      'a stated probability of a stated class, of two that do not sum to 1',
      { ...two, values: free, stated: { convention: 'probability', class: '0' } },
      'probability: y as probability, 0 of 2',
      'as stated',
    ],
    [
      'a stated logit of a stated class',
      { ...two, values: free, stated: { convention: 'logit', class: '1' } },
      'logit: y as logit, 1 of 2',
      'as stated',
    ],
  ]);

  const independent = 'two independent labels, expected two classes, or one of the labels';
  const nameOne = 'name the class that is class 1 (class: 0|1)';
  const exportBefore = `export the tensor before it, or ${stateTwo}`;
  eachRefusal([
    [
      'two Sigmoids that do not sum to 1',
      { graph: ['Gemm', 'Sigmoid'], width: 2, values: free },
      `two values per row after Sigmoid, values 0.1000 .. 0.9000 on a probe batch, which do not sum to 1: ${independent}`,
      nameOne,
    ],
    ['two Sigmoids without a probe', { graph: ['Gemm', 'Sigmoid'], width: 2, values: [] }, independent, nameOne],
    [
      'a class of two Sigmoids as one of two probabilities',
      { graph: ['Gemm', 'Sigmoid'], width: 2, values: free, stated: { class: '0', convention: 'probabilities' } },
      independent,
      'leave out convention',
    ],
    [
      'stated probabilities that do not sum to 1',
      { ...two, values: free, stated: { convention: 'probabilities' } },
      'two values per row (values 0.1000 .. 0.9000 on a probe batch) that do not sum to 1, expected a sum of 1',
      `state what the output means (convention: logits), or ${nameOne}`,
    ],
    [
      'the prediction of a regressor',
      { graph: ['LinearRegressor'], width: 2, values: free },
      'output "y": a regressor\'s prediction (LinearRegressor), expected the scores of a binary classifier',
      stateTwo,
    ],
    [
      'the output of a transformer',
      { graph: ['Scaler'], width: 2, values: free },
      'output "y": a transformer\'s output (Scaler), expected the scores',
      stateTwo,
    ],
    [
      'the scores of an outlier detector',
      { ...two, values: [1, 2, 4, 3, 2, 5], labels: ['1', '-1', '1'], stated: { positiveClass: 'first' } },
      'output "y": the score of an outlier detector, which labels rows 1 and -1, expected the scores',
      stateTwo,
    ],
    [
      'a Relu',
      { graph: ['Gemm', 'Relu'], width: 2, values: [0, 2, 1, 0] },
      'values 0.000 .. 2.000 on a probe batch after Relu, expected logits or probabilities',
      exportBefore,
    ],
    [
      'percentages',
      { ...two, values: [20, 80, 70, 30] },
      'two values per row that always sum to 100.0, expected logits or probabilities',
      exportBefore,
    ],
    [
      'shares that sum to 1, one of them below 0',
      { ...two, values: [-0.00005, 1, 0.5, 0.5] },
      'two values per row that always sum to 1.000, expected logits or',
      exportBefore,
    ],
    [
      'shares that sum to 1, one of them above 1',
      { ...two, values: [0, 1.00005, 0.5, 0.5] },
      'two values per row that always sum to 1.000, expected logits or',
      exportBefore,
    ],
    ...[0, 0.25].map(
      (value) =>
        [
          `a constant of ${value}`,
          { ...two, values: [value, value, value, value] },
          `one value, ${value.toPrecision(4)}, for every row of a probe batch after Gemm: logits and probabilities cannot`,
          stateTwo,
        ] as const,
    ),
    [
      'values from 0 to 1 that do not sum to 1',
      { ...two, values: [0, 0.3, 1, 0.5] },
      'values 0.000 .. 1.000 on a probe batch after Gemm: logits and probabilities cannot be told apart',
      stateTwo,
    ],
    [
      'values within 0 .. 1 that no operator makes',
      { width: 2, values: free },
      'after an unknown operator: logits and probabilities cannot be told apart',
      stateTwo,
    ],
    [
      'an output without a probe',
      { ...two, values: [] },
      'unknown values (the model rejects the texts of a probe batch) after Gemm: logits and',
      stateTwo,
    ],
  ]);
});

describe('probabilities sum to 1 up to the precision of their output', () => {
  const off = (by: number, type = 'float32'): Asked => ({ ...two, values: [0.25, 0.75 + by, 0.5, 0.5 - by], type });
  const isRead = (asked: Asked): boolean => refusal(asked).startsWith('read as probabilities');
  test.each([
    ['float32', 0.00009, true],
    ['float32', 0.00011, false],
    ['float32', 0.0015, false],
    ['float16', 0.0015, true],
    ['float16', 0.0019, true],
    ['float16', 0.0021, false],
  ])('%s, off by %d: read %s', (type, by, want) => {
    expect(isRead(off(by, type))).toBe(want);
    expect(isRead(off(-by, type))).toBe(want);
    const softmax = { ...off(by, type), graph: ['Gemm', 'Softmax'] };
    expect(isRead(softmax)).toBe(want);
  });

  test('another output of float16 changes nothing', () => {
    const others = [{ name: 'label', type: 'float16', shape: [] }];
    expect(isRead({ ...off(0.0015), others })).toBe(false);
    expect(isRead({ ...off(0.0015, 'float16'), others: [{ name: 'label', type: 'float32', shape: [] }] })).toBe(true);
  });
});

describe('which of two values is class 1', () => {
  const scores = { ...two, values: [-1, 2, 3, 1, 0, 4, 5, -2] };
  const labels = ['b', 'a', 'b', 'a'];
  const usual = 'the usual order, class 0 before class 1';
  const said = 'the model\'s label output is "b" where the second value is larger';
  const contrary = 'the model\'s label output is "a" where the second value is larger';
  const swapped = ['a', 'b', 'a', 'b'];
  const mixed = ['a', 'a', 'b', 'b'];
  interface Placed extends Partial<Asked> {
    readonly want: readonly [Reading['positiveClass'], string | undefined, string];
    readonly classes?: readonly string[];
  }
  const cases: Record<string, Placed> = {
    'no names and no labels': { want: ['second', undefined, usual] },
    'names without a clear class 1': {
      names: ['spam', 'ham'],
      want: ['second', 'ham', 'the model names its classes "spam", "ham"'],
      classes: ['spam', 'ham'],
    },
    'names of which the first is class 1': {
      names: ['yes', 'no'],
      want: ['first', 'yes', 'the model names its classes "yes", "no"'],
      classes: ['yes', 'no'],
    },
    'names of which the second is class 1': {
      names: ['False', 'True'],
      want: ['second', 'True', 'the model names its classes "False", "True"'],
      classes: ['False', 'True'],
    },
    'labels without names': { labels, want: ['second', 'b', said], classes: ['a', 'b'] },
    'labels of which the first is class 1': {
      labels: ['no', 'yes', 'no', 'yes'],
      want: ['first', 'yes', 'the model\'s label output is "no" where the second value is larger'],
      classes: ['yes', 'no'],
    },
    'labels that never change': { labels: ['a', 'a', 'a', 'a'], want: ['second', undefined, usual] },
    'names that agree with the labels': {
      labels,
      names: ['a', 'b'],
      want: ['second', 'b', 'the model names its classes "a", "b"'],
      classes: ['a', 'b'],
    },
    'names that agree with the labels in another spelling': {
      labels: ['1', '0', '1', '0'],
      names: ['False', 'TRUE '],
      want: ['second', 'TRUE ', 'the model names its classes "False", "TRUE "'],
      classes: ['False', 'TRUE '],
    },
    'names that the labels contradict': {
      labels: swapped,
      names: ['a', 'b'],
      want: ['second', 'a', `the model names its classes "a", "b", but ${contrary}`],
      classes: ['b', 'a'],
    },
    'names of which the first is not a label': {
      labels,
      names: ['c', 'b'],
      want: ['second', 'b', `the model names its classes "c", "b", but ${said}`],
      classes: ['a', 'b'],
    },
    'names of which the second is not a label': {
      labels,
      names: ['a', 'c'],
      want: ['second', 'b', `the model names its classes "a", "c", but ${said}`],
      classes: ['a', 'b'],
    },
    'three names for two values': { names: ['a', 'b', 'c'], want: ['second', undefined, usual] },
    'the first, as stated': { stated: { positiveClass: 'first' }, want: ['first', undefined, 'as stated'] },
    'the second, as stated': {
      stated: { positiveClass: 'second' },
      names: ['yes', 'no'],
      want: ['second', 'no', 'as stated'],
      classes: ['yes', 'no'],
    },
    'as stated, with labels that contradict the names': {
      stated: { positiveClass: 'first' },
      labels: swapped,
      names: ['a', 'b'],
      want: ['first', 'b', 'as stated'],
      classes: ['b', 'a'],
    },
    'as stated, with labels that follow neither': {
      stated: { positiveClass: 'first' },
      labels: mixed,
      want: ['first', undefined, 'as stated'],
    },
    'a class stated by its name': {
      stated: { class: 'spam' },
      names: ['spam', 'ham'],
      want: ['first', 'spam', 'as stated'],
      classes: ['spam', 'ham'],
    },
    'a class stated by its name in the labels': {
      stated: { class: 'A' },
      labels: swapped,
      names: ['a', 'b'],
      want: ['second', 'a', 'as stated'],
      classes: ['b', 'a'],
    },
    'a class stated by its index': { stated: { class: '0' }, want: ['first', undefined, 'as stated'] },
  };
  test.each(Object.entries(cases))('%s', (_, { want, classes, ...rest }) => {
    const found = read({ ...scores, ...rest });
    const { positiveClass, className, positiveReason, margin } = found;
    expect([positiveClass, className, positiveReason]).toEqual(want);
    expect([found.classes, 'classes' in found, 'className' in found]).toEqual([classes, !!classes, !!classes]);
    expect(margin).toEqual({ form: 'logits', width: 2, place: positiveClass === 'first' ? 0 : 1, negate: false });
  });

  test.each([
    [mixed, 75],
    [['a', 'b', 'b', 'a'], 50],
  ])('labels %j that the two values do not order are refused with the share of pairs', (own, share) => {
    const what = 'output "y": its two values do not follow the model\'s label output';
    const why = `they order ${share} % of the pairs of rows with different labels`;
    const way = 'state which output is class 1 (positiveClass: first|second)';
    expect(refusal({ ...scores, values: [0, 1, 0, 3, 0, 2, 0, 4], labels: own })).toBe(`${what}: ${why}; ${way}`);
  });
});
