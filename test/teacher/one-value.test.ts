// Outputs of one value per row: read as a logit or a probability, or refused.
import { describe, expect, test } from 'vitest';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { eachReading, eachRefusal, gemm, inside, read, refusal, tree } from './asked.ts';

const rising = [0.1, 0.3, 0.8, 0.9];
const raw = [-3, 0, 1.5, 12];
const one = { graph: gemm, width: 1 };
const byTree = { graph: tree, width: 1, values: raw.map(sigmoid) };
const afterTree = 'one value per row after the LOGISTIC of its TreeEnsembleRegressor';
const beforeTree = '; read before the LOGISTIC of its TreeEnsembleRegressor';
const treeScores = 'debkd/scores before LOGISTIC';
const stateOne = 'state what the output means (convention: logit|probability)';

describe('one value per row', () => {
  eachReading([
    [
      'a Sigmoid: the score before it',
      { graph: ['Gemm', 'Sigmoid'], width: 1, values: inside, exact: [-1, 1, 0] },
      'probability: t0 as logit, 0 of 1',
      'the graph ends in Sigmoid; read before its Sigmoid',
    ],
    [
      'a Sigmoid without a probe',
      { graph: ['Gemm', 'Sigmoid'], width: 1, values: [] },
      'probability: t0 as logit, 0 of 1',
      'the graph ends in Sigmoid; read before its Sigmoid',
    ],
    [
      'trees with a LOGISTIC: the scores before it',
      { ...byTree, exact: raw },
      `probability: ${treeScores} as logit, 0 of 1`,
      `${afterTree}${beforeTree}`,
    ],
    [
      'trees with a LOGISTIC, without the scores before it: the probability',
      byTree,
      'probability: y as probability, 0 of 1',
      afterTree,
    ],
    [
      'a name with logit, in 0 .. 1',
      { ...one, name: 'my_Logits', values: inside },
      'logit: my_Logits as logit, 0 of 1',
      'one value per row and the output\'s name "my_Logits"',
    ],
    [
      'a name with prob, in 0 .. 1',
      { ...one, name: 'Proba', values: [0, 0.5, 1] },
      'probability: Proba as probability, 0 of 1',
      'one value per row in 0 .. 1 and the output\'s name "Proba"',
    ],
    [
      'a name with prob, without a probe',
      { ...one, name: 'prob', values: [] },
      'probability: prob as probability, 0 of 1',
      'one value per row in 0 .. 1 and the output\'s name "prob"',
    ],
    [
      'a name with prob, below 0',
      { ...one, name: 'prob', values: [-2, 0.5] },
      'logit: prob as logit, 0 of 1',
      'one value per row, values -2.000 .. 0.5000 on a probe batch: not a probability (last operator Gemm)',
    ],
    [
      'values below 0',
      { ...one, values: [-0.25, 0.5, 1] },
      'logit: y as logit, 0 of 1',
      'one value per row, values -0.2500 .. 1.000 on a probe batch: not a probability (last operator Gemm)',
    ],
    [
      'values above 1',
      { ...one, values: [0, 0.5, 1.25] },
      'logit: y as logit, 0 of 1',
      'one value per row, values 0.000 .. 1.250 on a probe batch: not a probability (last operator Gemm)',
    ],
    ...['Clip', 'HardSigmoid'].map(
      (last) =>
        [
          `a ${last} to 0 .. 1`,
          { graph: ['Gemm', last], width: 1, values: inside },
          'probability: y as probability, 0 of 1',
          `one value per row that ${last} keeps within 0 .. 1`,
        ] as const,
    ),
    ...['Sigmoid', 'Softmax'].map(
      (end) =>
        [
          `a column of a ${end}`,
          { graph: ['Gemm', end, 'Gather'], width: 1, values: inside },
          'probability: y as probability, 0 of 1',
          `one value per row of its ${end}`,
        ] as const,
    ),
    [
      'a stated logit, in 0 .. 1',
      { ...one, values: inside, stated: { convention: 'logit' } },
      'logit: y as logit, 0 of 1',
      'as stated',
    ],
    [
      'a stated logit after a Sigmoid: the output itself',
      { graph: ['Gemm', 'Sigmoid'], width: 1, values: inside, stated: { convention: 'logit' } },
      'logit: y as logit, 0 of 1',
      'as stated',
    ],
    [
      'a stated probability of 0 and 1',
      { ...one, values: [0, 1], stated: { convention: 'probability' } },
      'probability: y as probability, 0 of 1',
      'as stated',
    ],
  ]);

  eachRefusal([
    [
      'a Softmax over one value',
      { graph: ['Gemm', 'Softmax'], width: 1, values: [1, 1] },
      'output "y": a Softmax over one value, which is 1 for every row',
      'export the score before it, or export both classes',
    ],
    [
      'the prediction of a regressor',
      { graph: ['LinearRegressor'], width: 1, values: [-1, 2] },
      'output "y": a regressor\'s prediction (LinearRegressor), expected the score of a binary classifier',
      stateOne,
    ],
    [
      'a Relu',
      { graph: ['Gemm', 'Relu'], width: 1, values: [0, 3] },
      'values 0.000 .. 3.000 on a probe batch after Relu, expected a logit or a probability',
      `export the tensor before it, or ${stateOne}`,
    ],
    [
      'a label in place of a score',
      { ...one, name: 'probability', values: [0, 1, 1] },
      'output "probability": 0 or 1 for every row of a probe batch, which is a label, expected a score',
      'name the output to read (output), or export the score',
    ],
    ...[0, 1, 0.25].map(
      (value) =>
        [
          `a constant of ${value}`,
          { ...one, values: [value, value, value] },
          `one value, ${value.toPrecision(4)}, for every row of a probe batch: it is constant, or its inputs are on another scale`,
          `check the model, or ${stateOne}`,
        ] as const,
    ),
    ...(['log_prob', 'logprob', 'LOG_PROBABILITY'] as const).map(
      (name) =>
        [
          `a ${name}`,
          { ...one, name, values: [-2, -0.1] },
          'values -2.000 .. -0.1000 on a probe batch and the name of a log-probability, expected a logit',
          'export the probability, or state what the output means (convention: logit)',
        ] as const,
    ),
    ...['QLinearSigmoid', 'BiasSoftmax', 'SoftmaxCrossEntropyLoss', 'SigmoidFocal', 'FusedClip', 'ClipNorm'].map(
      (last) =>
        [
          `${last}, which only contains the name of another operator,`,
          { graph: ['Gemm', last], width: 1, values: inside },
          `values 0.2000 .. 0.7000 on a probe batch after ${last}: a logit and a probability cannot be told apart`,
          stateOne,
        ] as const,
    ),
    [
      'an output in 0 .. 1 that no operator makes',
      { width: 1, values: inside },
      'after an unknown operator: a logit and a probability cannot be told apart',
      stateOne,
    ],
    [
      'an output without a probe',
      { ...one, values: [] },
      'unknown values (the model rejects the texts of a probe batch) after Gemm: a logit and',
      stateOne,
    ],
  ]);
});

describe("one value per row and the model's label output", () => {
  const low = { ...one, values: rising };
  const noYes = ['no', 'no', 'yes', 'yes'];

  eachReading([
    [
      'a label that changes at .5, in 0 .. 1',
      { ...low, labels: noYes },
      'probability: y as probability, 0 of 1',
      "one value per row; the model's label output changes at 0.5",
    ],
    [
      'a label that changes at .5, with values below 0',
      { ...low, values: [-0.1, 0.3, 0.8, 0.9], labels: noYes },
      'logit: y as logit, 0 of 1',
      "one value per row; the model's label output changes at 0.5",
    ],
    [
      'a label that changes at .5, with values above 1',
      { ...low, values: [0.1, 0.3, 0.8, 1.5], labels: noYes },
      'logit: y as logit, 0 of 1',
      "one value per row; the model's label output changes at 0.5",
    ],
    [
      'a label that changes at 0, with all values in 0 .. 1',
      { ...low, values: [0, 0, 0.2, 0.9], labels: noYes },
      'logit: y as logit, 0 of 1',
      "one value per row; the model's label output changes at 0",
    ],
    [
      'a label that is 1 where the value is small',
      { ...low, labels: ['1', '1', '0', '0'] },
      'probability: y as probability, 0 of 1, negated',
      "one value per row; the model's label output changes at 0.5",
    ],
  ]);

  test.each([
    [['no', 'no', 'yes', 'yes'], false, ['no', 'yes'], 'yes'],
    [['yes', 'yes', 'no', 'no'], true, ['yes', 'no'], 'yes'],
    [['1', '1', '-1', '-1'], true, ['1', '-1'], '1'],
    [['a', 'a', 'b', 'b'], false, ['a', 'b'], 'b'],
    [['b', 'b', 'a', 'a'], false, ['b', 'a'], 'a'],
    [['b', 'b', 'no', 'no'], false, ['b', 'no'], 'no'],
    [['yes', 'yes', 'a', 'a'], false, ['yes', 'a'], 'a'],
  ])('labels %j of rising values: negated %s, classes %j, class 1 is %s', (labels, negate, classes, className) => {
    const found = read({ graph: ['Gemm', 'Sigmoid'], width: 1, values: rising, labels });
    expect(found).toMatchObject({ classes, className, positiveClass: 'only', margin: { negate } });
    expect(found.positiveReason).toBe(
      negate
        ? "one value per row; the model's label output is class 1 where it is small"
        : `one value per row; the model's label output is ${JSON.stringify(className)} where it is large`,
    );
  });

  test.each([
    ['names of the model', ['ham', 'spam'], undefined, ['ham', 'spam'], 'spam', false],
    ['names of which the first is class 1', ['yes', 'no'], undefined, ['yes', 'no'], 'yes', true],
    ['names, and labels that contradict them', ['a', 'b'], ['b', 'b', 'a', 'a'], ['b', 'a'], 'a', false],
    [
      'names, and labels that the values do not order',
      ['ham', 'spam'],
      ['a', 'b', 'b', 'a'],
      ['ham', 'spam'],
      'spam',
      false,
    ],
  ] as const)('%s', (_, names, labels, classes, className, negate) => {
    const given = labels ? { labels } : {};
    const found = read({ graph: ['Gemm', 'Sigmoid'], width: 1, values: rising, names, ...given });
    expect(found).toMatchObject({ classes, className, margin: { negate } });
  });

  test.each([
    ['no labels', undefined],
    ['labels that the value does not order', ['a', 'b', 'b', 'a']],
    ['labels that never change', ['a', 'a', 'a', 'a']],
    ['labels in which it orders 3 pairs of 4', ['a', 'b', 'a', 'b']],
  ])('%s name no class', (_, labels) => {
    const given = labels ? { labels } : {};
    const found = read({ graph: ['Gemm', 'Sigmoid'], width: 1, values: rising, ...given });
    expect(found).toStrictEqual({
      output: 'y',
      tensor: 't0',
      convention: 'probability',
      reason: 'the graph ends in Sigmoid; read before its Sigmoid',
      positiveClass: 'only',
      positiveReason: 'one value per row',
      margin: { form: 'logit', width: 1, place: 0, negate: false },
    });
    expect(refusal({ ...low, ...given })).toContain('cannot be told apart');
  });

  test('the score must order 4 of 5 pairs of labels', () => {
    const values = [0.3, 0.2, 0.4, 0.5, 0.6, 0.7];
    const labels = ['a', 'b', 'b', 'b', 'b', 'b'];
    expect(read({ graph: ['Gemm', 'Sigmoid'], width: 1, values, labels }).className).toBe('b');
    values[1] = 0.3;
    values[2] = 0.1;
    expect(read({ graph: ['Gemm', 'Sigmoid'], width: 1, values, labels }).className).toBeUndefined();
  });
});

test('a stated class tells which of two classes a single score belongs to', () => {
  const names = ['ham', 'spam'];
  const asked = { ...one, name: 'logit', values: raw, names };
  for (const [wanted, negate, className] of [
    ['ham', true, 'ham'],
    ['spam', false, 'spam'],
    ['0', true, 'ham'],
    ['1', false, 'spam'],
  ] as const) {
    const { margin, className: called, positiveReason } = read({ ...asked, stated: { class: wanted } });
    expect([margin.negate, called, positiveReason]).toEqual([negate, className, 'one value per row, as stated']);
  }
  expect(refusal({ ...asked, stated: { class: 'xyz' } })).toContain('no class "xyz", expected "ham", "spam"');
  expect(read({ ...one, name: 'logit', values: raw, stated: { class: '0' } }).margin.negate).toBe(true);
});

test('a log-probability is refused with and without a probe', () => {
  for (const values of [[], [-3, -0.1]])
    expect(refusal({ ...one, name: 'log_prob', values })).toContain('the name of a log-probability, expected');
});
