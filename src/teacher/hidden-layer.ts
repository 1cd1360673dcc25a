// Which tensor of a teacher is its last hidden layer.
import { DebkdError, nearest, quote } from '../io/errors.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';

/** Operators between the last linear layer and what is read: shapes, activations, sums with a constant. */
const BETWEEN =
  /^(Identity|Cast|Squeeze|Unsqueeze|Reshape|Flatten|Sigmoid|Softmax|LogSoftmax|Add|Sub|Mul|Div|Clip|Neg)$/;
const LINEAR = /^(Gemm|MatMul|FusedMatMul)$/;
/** Names shown where one is wrong. */
const SHOWN = 8;

/**
 * The tensor that `wanted` names, or what enters the last linear layer before `read`.
 * @param read the tensor that margins are read from
 * @returns its name, or why there is none
 * @throws DebkdError `teacher` when there is no tensor of the name
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
      seen: `no tensor ${quote(wanted)}`,
      remedy: `${near ? `did you mean ${quote(near)}?` : `the last of its ${names.length} are ${some}`} (--layer)`,
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
      return {
        why: `the teacher's score is ${what}, which has no hidden layer; name a tensor with --layer if it has one`,
      };
    }
    tensor = first;
  }
  return { why: 'the teacher has no linear layer near its output; name a tensor with --layer' };
}
