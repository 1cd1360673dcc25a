// Judges an output by the values of a probe batch and by the operators that it comes from.
import { classifierNames } from './class-names.ts';
import { lastNode } from './exact-score.ts';
import { numberAttribute } from './onnx-attributes.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';
import type { Probe } from './reading.ts';
import { scalarOf } from './scalar.ts';

/** The smallest and the largest value. */
export function range(values: Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/**
 * Whether the `width` values of every row sum to `total`.
 * @param precision relative to the size of the values; default: that of float32 sums
 */
export function sumsTo(values: Float64Array, width: number, total: number, precision = 1e-4): boolean {
  const [low, high] = range(values);
  const size = Math.max(1, -low, high);
  for (let i = 0; i < values.length; i += width) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += values[i + k] as number;
    if (!(Math.abs(sum - total) <= precision * size)) return false;
  }
  // all zeros sum to 0 and prove nothing
  return total !== 0 || low < high;
}

/** By how much float32 sums, such as the votes of many trees, may exceed 0 .. 1. */
const ROUNDING = 3e-5;

/** Whether all values are in 0 .. 1, up to rounding. */
export function couldBeProbabilities(values: Float64Array): boolean {
  const [low, high] = range(values);
  return low >= -ROUNDING && high <= 1 + ROUNDING;
}

/** Whether every value is one of the known ones. */
export function allIn(values: Float64Array, known: readonly number[]): boolean {
  return values.every((value) => known.includes(value));
}

/** The kind of model, by the operators that its output comes from. */
export type Kind = 'classifier' | 'regressor' | 'outlier detector' | 'transformer' | 'bounded';

const REGRESSOR = /^(LinearRegressor|SVMRegressor|TreeEnsembleRegressor)$/;
const TRANSFORMER =
  /^(Scaler|Imputer|Binarizer|OneHotEncoder|FeatureVectorizer|ArrayFeatureExtractor|DictVectorizer|CategoryMapper|TfIdfVectorizer)$/;
/** Operators whose range fits neither logits nor probabilities. */
const BOUNDED = /^(Relu|Abs|Tanh|Softsign|Softplus|Exp|Sqrt|Erf|ThresholdedRelu|Elu|Selu|Celu)$/;
/** Operators that give probabilities or their logarithms. */
const PROBABILITIES = /^(Sigmoid|HardSigmoid|Softmax)$/;
const LOGARITHMS = /^(Log|LogSoftmax)$/;
const BEFORE_NORMALIZER = /Classifier$/;

/** A classifier, unless the graph shows otherwise. */
export function kindOf(
  graph: OnnxGraph,
  output: string,
  { labels, values, width }: Pick<Probe, 'labels' | 'values' | 'width'>,
): { readonly kind: Kind; readonly what: string } {
  const node = lastNode(graph, output)?.node;
  const operator = node?.operator ?? '';
  // outlier detectors such as IsolationForest label inliers 1 and outliers -1, and have no class names
  if (
    labels &&
    !classifierNames(graph, output) &&
    labels.length > 0 &&
    labels.every((label) => label === '1' || label === '-1') &&
    labels.includes('-1')
  )
    return { kind: 'outlier detector', what: 'the score of an outlier detector, which labels rows 1 and -1' };
  // trust a name with logit or prob: boosters that give log-odds are exported as regressors
  const { end, changed } = beforeScaling(graph, output);
  const name = end?.operator ?? '';
  if (REGRESSOR.test(name) && !/logit|prob/i.test(output))
    return { kind: 'regressor', what: `a regressor's prediction (${name})` };
  if (TRANSFORMER.test(operator)) return { kind: 'transformer', what: `a transformer's output (${operator})` };
  if (operator === 'Normalizer' && !BEFORE_NORMALIZER.test(lastNode(graph, node?.inputs[0] ?? '')?.node.operator ?? ''))
    return { kind: 'transformer', what: "a transformer's output (Normalizer)" };
  if (/^(variable|transformed_column)$/.test(output) && !/^(Sigmoid|Softmax|LogSoftmax)$/.test(operator))
    return {
      kind: 'regressor',
      what: `named ${JSON.stringify(output)}, as scikit-learn's regressors and transformers are exported`,
    };
  const within = values.length > 0 && couldBeProbabilities(values);
  const scaled = changed ? ' that is scaled or negated' : '';
  if (BOUNDED.test(name)) return { kind: 'bounded', what: `${name}${scaled}` };
  if (PROBABILITIES.test(name) && changed && !within) return { kind: 'bounded', what: `a ${name}${scaled}` };
  if (LOGARITHMS.test(name) && width === 1)
    return { kind: 'bounded', what: `the logarithm of a probability (${name})` };
  if (end && /^(Clip|Max|Min)$/.test(name)) {
    const [least, most] = name === 'Clip' ? clipRange(graph, end) : limitsOf(graph, end);
    const limited = least > -Infinity || most < Infinity;
    if ((name === 'Clip' || limited) && !within && !(least >= 0 && most <= 1))
      return { kind: 'bounded', what: `a ${name} to ${least} .. ${most}` };
  }
  return { kind: 'classifier', what: 'a classifier' };
}

/** Operators that pass on values or select some of them. */
const PASSING = /^(Identity|Cast|Squeeze|Unsqueeze|Reshape|Flatten|Dropout|Gather|GatherElements|Slice)$/;

/** The operator that decides the range of an output, skipping those that select, scale, shift or negate its values. */
export function beforeScaling(
  graph: OnnxGraph,
  output: string,
): { readonly end: GraphNode | undefined; readonly changed: boolean } {
  let changed = false;
  let node = graph.producers.get(output);
  for (let depth = 0; node && depth < 64; depth++) {
    const { operator, inputs } = node;
    const [first = '', second = ''] = inputs;
    let next: string | undefined;
    if (PASSING.test(operator)) next = first;
    else if (operator === 'Neg') next = first;
    else if (/^(Mul|Div|Add|Sub)$/.test(operator)) {
      if (scalarOf(graph, second) !== undefined) next = first;
      else if (scalarOf(graph, first) !== undefined) next = second;
    }
    if (next === undefined) return { end: node, changed };
    changed ||= !PASSING.test(operator);
    node = graph.producers.get(next);
  }
  return { end: node, changed };
}

/** The range of a Max or Min with constants. */
function limitsOf(graph: OnnxGraph, { operator, inputs }: GraphNode): [number, number] {
  const known = inputs.map((name) => scalarOf(graph, name)).filter((value) => value !== undefined);
  if (known.length === 0) return [-Infinity, Infinity];
  return operator === 'Max' ? [Math.max(...known), Infinity] : [-Infinity, Math.min(...known)];
}

/** Bounds of a Clip: inputs since opset 11, attributes before it. */
function clipRange(graph: OnnxGraph, node: GraphNode): [number, number] {
  const [, least = '', most = ''] = node.inputs;
  return [
    scalarOf(graph, least) ?? numberAttribute(node, 'min') ?? -Infinity,
    scalarOf(graph, most) ?? numberAttribute(node, 'max') ?? Infinity,
  ];
}

/** Operators that pick or join columns of their inputs. */
const JOINING = /^(Concat|FeatureVectorizer|ArrayFeatureExtractor)$/;

/**
 * Whether values are probabilities of several labels side by side: each comes from a Sigmoid or a classifier of its own,
 * and in some row several exceed .5, which exclusive classes cannot.
 */
export function fromSeveralSigmoids(
  graph: OnnxGraph,
  output: string,
  { values, width }: Pick<Probe, 'values' | 'width'>,
): boolean {
  let ends = 0;
  const waiting = [output];
  for (let steps = 0; waiting.length > 0; steps++) {
    const { end, changed } = beforeScaling(graph, waiting.pop() as string);
    if (!end || changed || steps > 4096) return false;
    if (JOINING.test(end.operator))
      waiting.push(...(end.operator === 'ArrayFeatureExtractor' ? end.inputs.slice(0, 1) : end.inputs));
    else if (PROBABILITIES.test(end.operator) || /Classifier$/.test(end.operator)) ends++;
    else return false;
  }
  for (let i = 0; i < values.length; i += width) {
    const above = values.subarray(i, i + width).filter((p) => p > 0.5);
    if (above.length > 1) return ends > 0;
  }
  return false;
}
