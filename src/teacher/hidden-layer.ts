// Finds the tensor of a teacher's last hidden layer.
import { DebkdError, nearest, quote } from '../io/errors.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';

/**
 * Operators allowed between the last linear layer and the score: reshaping, activations, arithmetic with a constant.
 */
const BETWEEN =
  /^(Identity|Cast|Squeeze|Unsqueeze|Reshape|Flatten|Sigmoid|Softmax|LogSoftmax|Add|Sub|Mul|Div|Clip|Neg)$/;
const LINEAR = /^(Gemm|MatMul|FusedMatMul)$/;
/** Names that an error lists. */
const SHOWN = 8;

/**
 * The tensor that `wanted` names; default: the input of the last linear layer before `read`.
 * @param read the tensor that holds the score
 * @returns its name, or why there is none
 * @throws DebkdError `teacher` if the graph has no tensor `wanted`
 */
export function hiddenLayer(
  graph: OnnxGraph,
  read: string,
  wanted: string | undefined,
  teacher: string,
): { layer: string } | { why: string } {
  if (wanted !== undefined) {
    if (graph.producers.has(wanted)) return { layer: wanted };
    const names = [...graph.producers.keys()];
    const near = nearest(wanted, names);
    const some = names
      .slice(-SHOWN)
      .map((name) => quote(name))
      .join(', ');
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(teacher, 200)}`,
      seen: `no tensor ${quote(wanted)}${near ? ` (did you mean ${quote(near)}?)` : ''}`,
      expected: near ? undefined : `one of its ${names.length} tensors, such as ${some}`,
      remedy: { id: 'name-layer' },
    });
  }
  const computed = (name: string): boolean => {
    const node = graph.producers.get(name);
    return node ? node.operator !== 'Constant' : name !== '' && !graph.initializers.has(name);
  };
  let tensor = read;
  for (let depth = 0; depth < 64; depth++) {
    const node: GraphNode | undefined = graph.producers.get(tensor);
    const from = node?.inputs.filter(computed) ?? [];
    const [first] = from;
    if (!node || first === undefined) return { why: 'the teacher is a linear model without a hidden layer' };
    if (LINEAR.test(node.operator) && from.length === 1) {
      return graph.producers.has(first)
        ? { layer: first }
        : { why: 'the teacher is a linear model without a hidden layer' };
    }
    if (!BETWEEN.test(node.operator) || (from.length > 1 && /^(Add|Sub|Mul|Div)$/.test(node.operator))) {
      const what = /TreeEnsemble/.test(node.operator) ? 'a tree ensemble' : `made by ${node.operator}`;
      return { why: `the teacher's score is ${what}, which has no hidden layer` };
    }
    tensor = first;
  }
  return { why: 'the teacher has no linear layer near its output' };
}
