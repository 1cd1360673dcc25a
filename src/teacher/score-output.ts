// Finds the score and the label among a model's outputs, and the inputs that the score depends on.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { classLabels } from './onnx-attributes.ts';
import type { GraphNode, GraphTensor, OnnxGraph } from './onnx-graph.ts';

/** The output to read, and why. */
export interface ScoreOutput extends GraphTensor {
  readonly why: string;
}

/**
 * Chooses the score among floating-point outputs and the tensors behind a ZipMap (scikit-learn).
 * @throws DebkdError `teacher` or `convention`
 */
export function scoreOutput(graph: OnnxGraph, wanted: string | undefined, name: string): ScoreOutput {
  const names = listed(graph.outputs.map((output) => `${output.name} (${output.type})`));
  if (wanted !== undefined) {
    const found = graph.outputs.find((output) => output.name === wanted);
    const tensor = found && unmapped(graph, found);
    if (tensor && /^(float|undefined)/.test(tensor.type)) return { ...tensor, why: 'as stated' };
    if (tensor)
      throw new DebkdError('convention', {
        subject: `teacher ${quote(name, 200)}, output ${quote(wanted)}`,
        seen: `it has type ${tensor.type}, which is a label`,
        expected: `a floating-point output of ${names}`,
        remedy: { id: 'name-output' },
      });
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `no output ${quote(wanted)}`,
      expected: `one of ${names}`,
      remedy: { id: 'name-output' },
    });
  }
  const scores = graph.outputs.flatMap((output) => {
    const tensor = unmapped(graph, output);
    const behind = tensor === output ? '' : `, behind the ZipMap that makes ${output.name}`;
    return /^(float|undefined)/.test(tensor.type) ? [{ ...tensor, behind }] : [];
  });
  if (scores.length === 1 && scores[0])
    return { ...scores[0], why: `the only floating-point output${scores[0].behind}` };
  for (const kind of [/prob/i, /logit|score/i]) {
    const named = scores.filter((output) => kind.test(output.name));
    if (named.length === 1 && named[0])
      return { ...named[0], why: `the one of ${names} with the name of a score${named[0].behind}` };
    if (named.length > 1) break;
  }
  throw new DebkdError(scores.length === 0 ? 'teacher' : 'convention', {
    subject: `teacher ${quote(name, 200)}`,
    seen: `${scores.length === 0 ? 'no floating-point output' : 'several outputs could be the score'} among ${names}`,
    remedy:
      scores.length === 0 ? 'export the logit or probability (scikit-learn: zipmap=False)' : { id: 'name-output' },
  });
}

/** The tensor behind a ZipMap output; any other output unchanged. */
function unmapped(graph: OnnxGraph, output: GraphTensor): GraphTensor {
  const node = graph.producers.get(output.name);
  if (node?.operator !== 'ZipMap') return output;
  return { name: node.inputs[0] ?? '', type: 'float32', shape: ['N', classLabels(node)?.length ?? '?'] };
}

/** The model's label output: one whole number, text or boolean per row. */
export function labelOutput(graph: OnnxGraph, score: string): GraphTensor | undefined {
  const labels = graph.outputs.filter(({ name, type, shape }) => {
    const one = shape.length <= 1 || (shape.length === 2 && shape[1] === 1);
    return name !== score && one && /^(int64|int32|string|bool)$/.test(type);
  });
  // an output that only passes on an input is not a label
  const made = labels.filter(({ name }) => {
    const node = makerOf(graph, name);
    return node !== undefined && neededNodes(graph, [name]).size > 1;
  });
  const named = made.filter(({ name }) => /label|class|predict/i.test(name));
  return made.length === 1 ? made[0] : named.length === 1 ? named[0] : undefined;
}

/** The operator that makes a tensor, skipping Identity. */
function makerOf(graph: OnnxGraph, tensor: string): GraphNode | undefined {
  let node = graph.producers.get(tensor);
  while (node?.operator === 'Identity') node = graph.producers.get(node.inputs[0] ?? '');
  return node;
}

/** The names of all tensors that the given ones depend on, themselves included. */
export function neededNodes(graph: OnnxGraph, tensors: readonly string[]): Set<string> {
  const needed = new Set<string>();
  const waiting = [...tensors];
  for (let tensor = waiting.pop(); tensor !== undefined; tensor = waiting.pop()) {
    if (needed.has(tensor)) continue;
    needed.add(tensor);
    const node = graph.producers.get(tensor);
    // a subgraph (If, Loop, Scan) may read any tensor, so count every input
    if (node && /^(If|Loop|Scan)$/.test(node.operator)) for (const { name } of graph.inputs) waiting.push(name);
    for (const input of node?.inputs ?? []) waiting.push(input);
  }
  return needed;
}

/** The inputs that a tensor depends on, and the other ones. */
export function inputsOf(
  graph: OnnxGraph,
  tensor: string,
): { readonly needed: readonly GraphTensor[]; readonly idle: readonly GraphTensor[] } {
  const all = neededNodes(graph, [tensor]);
  const needed = graph.inputs.filter(({ name }) => all.has(name));
  // a score that depends on no input is a constant, or the graph is not understood
  if (needed.length === 0) return { needed: graph.inputs, idle: [] };
  return { needed, idle: graph.inputs.filter(({ name }) => !all.has(name)) };
}
