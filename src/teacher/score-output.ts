// Finds the score and the label among a model's outputs, and the inputs that the score depends on.
import { sameClass } from '../data/target.ts';
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
import { classLabels } from './onnx-attributes.ts';
import type { GraphNode, GraphTensor, OnnxGraph } from './onnx-graph.ts';

/** The output to read, and why. */
export interface ScoreOutput extends GraphTensor {
  readonly why: string;
  /** The value of class 1, where the caller stated it with the output. */
  readonly place?: number;
  /** Whether the stated class chose the output. */
  readonly isOfClass?: true;
}

/** What the caller states about the output. */
export interface WantedOutput {
  /** Name of an output; `NAME[k]` is its value k, or tensor k of a list. */
  readonly output?: string | undefined;
  /** Class 1: of several outputs, it may name one. */
  readonly class?: string | undefined;
  /** Names of so many labels; undefined if the model has none. */
  namesOf?(count: number): readonly string[] | undefined;
}

/** An output that could be the score. */
interface Candidate extends GraphTensor {
  /** The graph's output. */
  readonly output: string;
  readonly behind: string;
  /** The tensors of a list, one per label. */
  readonly parts?: readonly string[];
}

/**
 * Chooses the score among floating-point outputs, the tensors behind a ZipMap (scikit-learn) and those of a list.
 * @throws DebkdError `teacher` or `convention`
 */
export function scoreOutput(graph: OnnxGraph, wanted: WantedOutput, name: string): ScoreOutput {
  const names = listed(graph.outputs.map((output) => `${output.name} (${output.type})`));
  if (wanted.output !== undefined) return statedOutput(graph, wanted.output, { wanted, names, name });
  const scores = graph.outputs.flatMap((output) => candidateOf(graph, output) ?? []);
  if (wanted.class !== undefined && scores.length > 1) {
    const exact = scores.filter(({ output }) => output === wanted.class);
    const alike = exact.length > 0 ? exact : scores.filter(({ output }) => sameClass(output, wanted.class as string));
    if (alike.length === 1 && alike[0])
      return { ...partOf(alike[0], {}, name), why: 'the output with the name of class 1', isOfClass: true };
  }
  if (scores.length === 1 && scores[0])
    return { why: `the only floating-point output${scores[0].behind}`, ...partOf(scores[0], wanted, name) };
  for (const kind of [/prob/i, /logit|score/i]) {
    const named = scores.filter((output) => kind.test(output.name));
    if (named.length === 1 && named[0])
      return {
        why: `the one of ${names} with the name of a score${named[0].behind}`,
        ...partOf(named[0], wanted, name),
      };
    if (named.length > 1) break;
  }
  throw new DebkdError(scores.length === 0 ? 'teacher' : 'convention', {
    subject: `teacher ${quote(name, 200)}`,
    seen: `${scores.length === 0 ? 'no floating-point output' : 'several outputs could be the score'} among ${names}`,
    ...(wanted.class !== undefined && scores.length > 0 && { expected: `${quote(wanted.class)} as the name of one` }),
    remedy:
      scores.length === 0
        ? 'export the logit or probability (scikit-learn: zipmap=False)'
        : [{ id: 'name-output' }, { id: 'name-class' }],
  });
}

/** The output that the caller stated: its name, or `NAME[k]`. @throws DebkdError `teacher` or `convention` */
function statedOutput(
  graph: OnnxGraph,
  stated: string,
  { wanted, names, name }: { readonly wanted: WantedOutput; readonly names: string; readonly name: string },
): ScoreOutput {
  const find = (output: string) => graph.outputs.find((one) => one.name === output);
  const whole = find(stated);
  const [, base = '', k = ''] = whole ? [] : (/^(.*)\[(\d+)\]$/s.exec(stated) ?? []);
  const found = whole ?? find(base);
  if (!found)
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `no output ${quote(stated)}`,
      expected: `one of ${names}`,
      remedy: { id: 'name-output' },
    });
  const candidate = candidateOf(graph, found);
  if (!candidate)
    throw new DebkdError('convention', {
      subject: `teacher ${quote(name, 200)}, output ${quote(stated)}`,
      seen: `it has type ${found.type}, which is ${/sequence|map/.test(found.type) ? 'not a tensor' : 'a label'}`,
      expected: `a floating-point output of ${names}`,
      remedy: { id: 'name-output' },
    });
  const place = whole ? undefined : Number(k);
  if (place !== undefined && wanted.class !== undefined)
    throw new DebkdError('convention', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `class 1 is stated twice, as ${quote(stated)} and as ${quote(wanted.class)}`,
      remedy: [{ id: 'omit-setting', setting: 'class' }, { id: 'name-output' }],
    });
  if (!candidate.parts) return { ...candidate, why: 'as stated', ...(place !== undefined && { place }) };
  const part = place === undefined ? wanted : { class: `${place}` };
  return { ...partOf(candidate, part, name), why: 'as stated' };
}

/** An output as a candidate; undefined for a label, and for a list or a map whose tensors are not known. */
function candidateOf(graph: OnnxGraph, output: GraphTensor): Candidate | undefined {
  const tensor = unmapped(graph, output);
  const behind = tensor === output ? '' : `, behind the ZipMap that makes ${output.name}`;
  const node = graph.producers.get(output.name);
  if (node?.operator === 'SequenceConstruct') return { ...output, output: output.name, behind: '', parts: node.inputs };
  return /^(float|undefined)/.test(tensor.type) ? { ...tensor, output: output.name, behind } : undefined;
}

/**
 * The tensor of a list that the stated class names or counts; any other output as it is.
 * @throws DebkdError `convention`
 */
function partOf(candidate: Candidate, wanted: WantedOutput, name: string): Omit<ScoreOutput, 'why'> {
  const { output, parts, behind: _, ...tensor } = candidate;
  if (!parts) return tensor;
  const labels = wanted.namesOf?.(parts.length) ?? parts;
  const asked = wanted.class;
  const byName = asked === undefined ? [] : labels.flatMap((label, k) => (sameClass(label, asked) ? [k] : []));
  const [first] = byName;
  const isIndex = asked !== undefined && /^\d+$/.test(asked) && Number(asked) < parts.length;
  const k = byName.length === 1 ? first : isIndex ? Number(asked) : undefined;
  if (k !== undefined) return { name: parts[k] as string, type: 'float32', shape: ['N', '?'], isOfClass: true };
  const near = asked === undefined ? undefined : nearest(asked, labels);
  throw new DebkdError('convention', {
    subject: `teacher ${quote(name, 200)}, output ${quote(output)}`,
    seen:
      asked === undefined
        ? `a list of ${parts.length} tensors, one for each label`
        : `no label ${quote(asked)}${near ? ` (did you mean ${quote(near)}?)` : ''}`,
    expected: `one label: ${listed(labels.map((label) => quote(label)))}, or an index from 0 to ${parts.length - 1}`,
    remedy: { id: 'name-class' },
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
