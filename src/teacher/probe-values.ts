// What the numbers of a probe batch look like, and what kind of model ends in an operator.
import { lastNode } from './exact-score.ts';
import { numberAttribute } from './onnx-attributes.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';
import { scalarOf } from './scalar.ts';

export function range(values: Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Whether the `width` values of every row sum to `total`, to the precision of float32. */
export function sumsTo(values: Float64Array, width: number, total: number): boolean {
  const [low, high] = range(values);
  const size = Math.max(1, total === 0 ? Math.max(-low, high) : 1);
  for (let i = 0; i < values.length; i += width) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += values[i + k] as number;
    if (!(Math.abs(sum - total) <= 1e-4 * size)) return false;
  }
  // all zeros sum to 0 and say nothing
  return total !== 0 || low < high;
}

export function allIn(values: Float64Array, known: readonly number[]): boolean {
  return values.every((value) => known.includes(value));
}

/** What a model is, by the operator that its output ends in. */
export type Kind = 'classifier' | 'regressor' | 'outlier detector' | 'transformer' | 'bounded';

const REGRESSOR = /^(LinearRegressor|SVMRegressor|TreeEnsembleRegressor)$/;
const TRANSFORMER =
  /^(Scaler|Imputer|Binarizer|OneHotEncoder|FeatureVectorizer|ArrayFeatureExtractor|DictVectorizer|CategoryMapper|TfIdfVectorizer)$/;
/** Operators whose values lie in a range that no logit and no probability has. */
const BOUNDED = /^(Relu|Abs|Tanh|Softsign|Softplus|Exp|Sqrt|Erf|ThresholdedRelu|Elu|Selu|Celu)$/;
const BEFORE_NORMALIZER = /Classifier$/;

/** A classifier, unless the graph says that it is something else. */
export function kindOf(
  graph: OnnxGraph,
  output: string,
  labels: readonly string[] | undefined,
): { readonly kind: Kind; readonly what: string } {
  const node = lastNode(graph, output)?.node;
  const operator = node?.operator ?? '';
  // IsolationForest and its like: 1 for what is usual and -1 for what is not, and no names of classes
  if (
    labels &&
    !graph.classes &&
    labels.length > 0 &&
    labels.every((label) => label === '1' || label === '-1') &&
    labels.includes('-1')
  )
    return { kind: 'outlier detector', what: 'the score of an outlier detector, which labels rows 1 and -1' };
  // who names the output so says what it is: boosters that give log-odds are exported as regressors
  if (REGRESSOR.test(operator) && !/logit|prob/i.test(output))
    return { kind: 'regressor', what: `a regressor's prediction (${operator})` };
  if (TRANSFORMER.test(operator)) return { kind: 'transformer', what: `a transformer's output (${operator})` };
  if (operator === 'Normalizer' && !BEFORE_NORMALIZER.test(lastNode(graph, node?.inputs[0] ?? '')?.node.operator ?? ''))
    return { kind: 'transformer', what: "a transformer's output (Normalizer)" };
  if (/^(variable|transformed_column)$/.test(output) && !/^(Sigmoid|Softmax|LogSoftmax)$/.test(operator))
    return {
      kind: 'regressor',
      what: `named ${JSON.stringify(output)}, as scikit-learn's regressors and transformers are exported`,
    };
  if (BOUNDED.test(operator)) return { kind: 'bounded', what: operator };
  if (node && operator === 'Clip') {
    const [least, most] = clipRange(graph, node);
    if (!(least >= 0 && most <= 1)) return { kind: 'bounded', what: `a Clip to ${least} .. ${most}` };
  }
  return { kind: 'classifier', what: 'a classifier' };
}

/** Bounds of a Clip: inputs since opset 11, attributes before. */
function clipRange(graph: OnnxGraph, node: GraphNode): [number, number] {
  const [, least = '', most = ''] = node.inputs;
  return [
    scalarOf(graph, least) ?? numberAttribute(node, 'min') ?? -Infinity,
    scalarOf(graph, most) ?? numberAttribute(node, 'max') ?? Infinity,
  ];
}
