// What a teacher's output means: detected from the graph's last operator, the output's name and a probe batch,
// or refused. A wrong guess would distil nonsense without a sign of it.
import { DebkdError, quote } from '../io/errors.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';

/** What an output means: the log-odds of class 1, its probability, or, for two classes, two logits or two probabilities a row. */
export type Convention = 'logit' | 'probability' | 'logits' | 'probabilities';

/** Which tensor to read, and how it becomes a margin. */
export interface Reading {
  /** Which of two values a row is class 1's; `only` where there is one. */
  readonly positiveClass: 'only' | 'first' | 'second';
  /** Why that one is class 1. */
  readonly positiveReason: string;
  /** The graph output that the convention describes. */
  readonly output: string;
  /** The tensor that is read: `output`, or the one before its Sigmoid or Softmax. */
  readonly tensor: string;
  /** How `tensor` is read. */
  readonly form: Convention;
  /** What the output means. */
  readonly convention: Convention;
  /** Why it means that. */
  readonly reason: string;
}

/** The output to read, and why that one. */
export interface ScoreOutput extends GraphTensor {
  readonly why: string;
}

/** Among floating-point tensors, and the tensors that a ZipMap (scikit-learn) turns into maps. */
export function scoreOutput(graph: OnnxGraph, wanted: string | undefined, name: string): ScoreOutput {
  const names = graph.outputs.map((output) => `${output.name} (${output.type})`).join(', ');
  if (wanted !== undefined) {
    const found = graph.outputs.find((output) => output.name === wanted);
    if (found) return { ...unmapped(graph, found), why: 'as stated' };
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: no output ${quote(wanted)}; it has ${names}, name one of these (--output)`,
    );
  }
  const scores = graph.outputs.flatMap((output) => {
    const tensor = unmapped(graph, output);
    const behind = tensor === output ? '' : `, behind the ZipMap that makes ${output.name}`;
    return /^(float|undefined)/.test(tensor.type) ? [{ ...tensor, behind }] : [];
  });
  const named = scores.filter((output) => /prob|logit|score/i.test(output.name));
  if (scores.length === 1 && scores[0]) return { ...scores[0], why: `the only output of scores${scores[0].behind}` };
  if (named.length === 1 && named[0])
    return { ...named[0], why: `of ${names} the one named as a score${named[0].behind}` };
  throw new DebkdError(
    scores.length === 0 ? 'teacher' : 'convention',
    `teacher ${quote(name, 200)}: ${scores.length === 0 ? 'no floating-point output' : 'several outputs could be the score'} among ${names}; ` +
      (scores.length === 0 ? 'export the logit or probability (scikit-learn: zipmap=False)' : 'name one with --output'),
  );
}

/** The tensor behind a ZipMap output; any other output as it is. */
function unmapped(graph: OnnxGraph, output: GraphTensor): GraphTensor {
  const node = graph.producers.get(output.name);
  if (node?.operator !== 'ZipMap') return output;
  return { name: node.inputs[0] ?? '', type: 'float32', shape: ['N', 2] };
}

const PASS_THROUGH = new Set(['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten']);
const ACTIVATIONS = new Set(['Sigmoid', 'Softmax', 'LogSoftmax']);

/** The operator that makes `tensor`, looking through those that change its shape only. */
export function lastOperator(graph: OnnxGraph, tensor: string): { operator: string; input: string } | undefined {
  let name = tensor;
  for (let depth = 0; depth < 64; depth++) {
    const node = graph.producers.get(name);
    if (!node) return undefined;
    const input = node.inputs[0] ?? '';
    if (ACTIVATIONS.has(node.operator) || !PASS_THROUGH.has(node.operator)) return { operator: node.operator, input };
    name = input;
  }
  return undefined;
}

/** The tensor before a final Sigmoid or Softmax, which a session must also return for exact margins. */
export function tensorBefore(graph: OnnxGraph, output: string): string | undefined {
  const last = lastOperator(graph, output);
  return last && (last.operator === 'Sigmoid' || last.operator === 'Softmax') ? last.input : undefined;
}

/** A probe: what `output` held for some random rows, [rows x width]; empty where the model refused them. */
export interface Probe {
  readonly width: number;
  readonly values: Float64Array;
}

/** Decides, or throws DebkdError `convention` with the way out. */
export function detectConvention(
  graph: OnnxGraph,
  output: string,
  probe: Probe,
  stated: Convention | undefined,
  name: string,
  positive?: 'first' | 'second',
): Reading {
  if (positive !== undefined && probe.width === 1) {
    throw new DebkdError(
      'convention',
      `teacher ${quote(name, 200)}: output ${quote(output)} has one value a row, so that --positive-class ${positive} says nothing; leave it out`,
    );
  }
  const before = tensorBefore(graph, output);
  const last = lastOperator(graph, output)?.operator;
  const pair = probe.width === 2;
  if (probe.width !== 1 && !pair) {
    throw new DebkdError(
      'convention',
      `teacher ${quote(name, 200)}: output ${quote(output)} has ${probe.width} values a row, expected 1 or 2; debkd distils binary classifiers`,
    );
  }
  const { positiveClass, positiveReason } = choosePositive(graph.classes, pair, positive);
  const read = (convention: Convention, reason: string): Reading => {
    const exact = before !== undefined && (convention === 'probability' || convention === 'probabilities');
    const form = exact ? (pair ? 'logits' : 'logit') : convention;
    return {
      output,
      tensor: exact ? before : output,
      form,
      convention,
      positiveClass,
      positiveReason,
      reason: exact ? `${reason}; read before its ${last}` : reason,
    };
  };
  const [low, high] = range(probe.values);
  const blind = probe.values.length === 0;
  const span = blind
    ? 'values that no probe batch could show, as the model refuses texts it does not know,'
    : `values ${low.toPrecision(4)} .. ${high.toPrecision(4)} on a probe batch`;
  if (stated !== undefined) {
    if (pair !== (stated === 'logits' || stated === 'probabilities')) {
      throw new DebkdError(
        'convention',
        `teacher ${quote(name, 200)}: convention ${stated} was given, but output ${quote(output)} has ${probe.width} value${pair ? 's' : ''} a row; give ${pair ? 'logits or probabilities' : 'logit or probability'}`,
      );
    }
    if (stated.startsWith('prob') && (low < 0 || high > 1)) {
      throw new DebkdError(
        'convention',
        `teacher ${quote(name, 200)}: convention ${stated} was given, but output ${quote(output)} has ${span}; it is ${pair ? 'logits' : 'logit'}`,
      );
    }
    return read(stated, 'as stated');
  }
  if (last === 'LogSoftmax' && pair)
    return read('logits', 'the graph ends in LogSoftmax, whose difference is the margin');
  if (pair) {
    if (last === 'Softmax') return read('probabilities', 'the graph ends in Softmax over two classes');
    if (blind && last === 'Normalizer')
      return read('probabilities', 'the graph ends in a Normalizer, which makes two scores sum to 1');
    const sums = !blind && low >= 0 && high <= 1 && sumsToOne(probe.values);
    if (sums)
      return read(
        'probabilities',
        `two values a row that lie in 0 .. 1 and sum to 1 (last operator ${last ?? 'unknown'})`,
      );
    if (low < 0 || high > 1)
      return read('logits', `two values a row, ${span}: no probabilities (last operator ${last ?? 'unknown'})`);
  } else {
    if (last === 'Sigmoid') return read('probability', 'the graph ends in Sigmoid');
    if (low < 0 || high > 1)
      return read('logit', `one value a row, ${span}: no probability (last operator ${last ?? 'unknown'})`);
    if (/prob/i.test(output))
      return read('probability', `one value a row in 0 .. 1 and the output's name ${quote(output)}`);
  }
  throw new DebkdError(
    'convention',
    `teacher ${quote(name, 200)}: output ${quote(output)} has ${span} after ${last ?? 'an unknown operator'}: ${pair ? 'logits or probabilities' : 'a logit or a probability'} cannot be told apart; ` +
      `state it with --convention ${pair ? 'logits|probabilities' : 'logit|probability'}`,
  );
}

/** Which of two values is class 1's: as stated, as the model names its classes, else the second. */
function choosePositive(
  classes: readonly string[] | undefined,
  pair: boolean,
  stated: 'first' | 'second' | undefined,
): Pick<Reading, 'positiveClass' | 'positiveReason'> {
  if (!pair) return { positiveClass: 'only', positiveReason: 'one value a row' };
  if (stated !== undefined) return { positiveClass: stated, positiveReason: 'as stated' };
  if (classes?.length === 2) {
    const named = `the model names its classes ${classes.map((name) => quote(name)).join(', ')}`;
    const reversed = classes[0] === '1' && classes[1] === '0';
    return { positiveClass: reversed ? 'first' : 'second', positiveReason: named };
  }
  return { positiveClass: 'second', positiveReason: 'the usual order, class 0 and then class 1' };
}

function range(values: Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function sumsToOne(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i += 2) {
    if (Math.abs((values[i] as number) + (values[i + 1] as number) - 1) > 1e-4) return false;
  }
  return true;
}
