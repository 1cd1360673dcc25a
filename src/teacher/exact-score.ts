// Finds the score before a probability: the input of a final Sigmoid or Softmax, or a classifier's score before its
// post_transform. A float32 probability rounds to 1 at log-odds of 17; the score before it does not.
import { textAttribute } from './onnx-attributes.ts';
import { copyNode } from './onnx-edit.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';

const PASS_THROUGH = new Set(['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten']);
const ACTIVATIONS = new Set(['Sigmoid', 'Softmax', 'LogSoftmax']);

/** The operator that makes `tensor`, skipping operators that only change its shape or type. */
export function lastNode(
  graph: OnnxGraph,
  tensor: string,
): { readonly node: GraphNode; readonly tensor: string } | undefined {
  let name = tensor;
  for (let depth = 0; depth < 64; depth++) {
    const node = graph.producers.get(name);
    if (!node) return undefined;
    if (ACTIVATIONS.has(node.operator) || !PASS_THROUGH.has(node.operator)) return { node, tensor: name };
    name = node.inputs[0] ?? '';
  }
  return undefined;
}

/** The score before a probability: a tensor for the session to return with the output. */
export interface ExactScore {
  readonly tensor: string;
  /** `logit`: each value is the log-odds of its class; `logits`: differences of values are log-odds. */
  readonly form: 'logit' | 'logits';
  /** Describes the operator that it comes before. */
  readonly before: string;
  /** A NodeProto that makes the tensor, where no operator of the graph does. */
  readonly node?: Uint8Array;
}

/** Prefix of tensors that debkd adds to a graph. */
const PREFIX = 'debkd/';
const CLASSIFIERS = new Set(['LinearClassifier', 'TreeEnsembleClassifier']);

/** The score before the probability of an output; undefined where the graph has none. */
export function exactScore(graph: OnnxGraph, output: string): ExactScore | undefined {
  const last = lastNode(graph, output);
  if (!last) return undefined;
  const { operator, inputs } = last.node;
  if (operator === 'Sigmoid') return { tensor: inputs[0] ?? '', form: 'logit', before: 'its Sigmoid' };
  if (operator === 'Softmax') return { tensor: inputs[0] ?? '', form: 'logits', before: 'its Softmax' };
  return beforeSigmoids(graph, last.node) ?? beforePostTransform(graph, last);
}

/** Fewest labels whose Sigmoids are read together; two may be the classes of one score. */
const FEWEST_LABELS = 3;

/** Joins the scores before the Sigmoids of several labels, which an operator joins after them. */
function beforeSigmoids(graph: OnnxGraph, node: GraphNode): ExactScore | undefined {
  if (node.operator !== 'Concat' || node.inputs.length < FEWEST_LABELS) return undefined;
  const makers = node.inputs.map((input) => graph.producers.get(input));
  if (!makers.every((maker) => maker?.operator === 'Sigmoid')) return undefined;
  const tensor = `${PREFIX}scores before Sigmoids`;
  const inputs = makers.map((maker) => maker?.inputs[0] ?? '');
  return { tensor, form: 'logit', before: 'their Sigmoids', node: copyNode(node, { inputs, outputs: [tensor] }) };
}

/**
 * A classifier of ai.onnx.ml applies its post_transform internally; a copy of the operator without it returns the
 * scores.
 */
function beforePostTransform(
  graph: OnnxGraph,
  { node, tensor }: NonNullable<ReturnType<typeof lastNode>>,
): ExactScore | undefined {
  // scikit-learn's converters normalise by the sum of both values, which is 1
  if (node.operator === 'Normalizer') {
    const inner = lastNode(graph, node.inputs[0] ?? '');
    return inner && inner.node.operator !== 'Normalizer' ? beforePostTransform(graph, inner) : undefined;
  }
  const place = CLASSIFIERS.has(node.operator) ? 1 : node.operator === 'TreeEnsembleRegressor' ? 0 : -1;
  if (place < 0 || node.outputs[place] !== tensor) return undefined;
  const transform = textAttribute(node, 'post_transform');
  if (transform !== 'LOGISTIC' && transform !== 'SOFTMAX') return undefined;
  const raw = `${PREFIX}scores before ${transform}`;
  const outputs = place === 1 ? [`${PREFIX}label`, raw] : [raw];
  return {
    tensor: raw,
    form: transform === 'LOGISTIC' ? 'logit' : 'logits',
    before: `the ${transform} of its ${node.operator}`,
    node: copyNode(node, { outputs, attribute: 'post_transform', value: 'NONE' }),
  };
}

/** The tensor to search a hidden layer from: `tensor`, or `output` where debkd added `tensor` to the graph. */
export function tensorInGraph(graph: OnnxGraph, tensor: string, output: string): string {
  return graph.producers.has(tensor) || graph.inputs.some(({ name }) => name === tensor) ? tensor : output;
}
