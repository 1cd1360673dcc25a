// What a teacher's output means: detected from the graph's last operator, the output's name, a probe batch and the model's own
// label output, or refused. A wrong guess would distil nonsense without a sign of it.
import { sameClass } from '../data/target.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { classNames, likelyPlace } from './class-names.ts';
import { type ExactScore, exactScore, lastNode } from './exact-score.ts';
import { type Direction, directionOf, isOne, namesByLabels, thresholdOf } from './label-agreement.ts';
import type { MarginForm } from './margin.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { allIn, beforeScaling, kindOf, range, sumsTo } from './probe-values.ts';

/** What an output means: the log-odds of class 1, its probability, or, for several classes, a logit or a probability of each. */
export type Convention = 'logit' | 'probability' | 'logits' | 'probabilities';

/** Which tensor to read, and how it becomes a margin. */
export interface Reading {
  /** Which of two values a row is class 1's; `only` where there is one, `other` where there are more. */
  readonly positiveClass: 'only' | 'first' | 'second' | 'other';
  /** Why that one is class 1. */
  readonly positiveReason: string;
  /** What the model calls its classes, in the order of its scores; absent where it does not. */
  readonly classes?: readonly string[];
  /** What it calls class 1; absent where it does not. */
  readonly className?: string;
  /** The graph output that the convention describes. */
  readonly output: string;
  /** The tensor that is read: `output`, or the one before its Sigmoid or Softmax. */
  readonly tensor: string;
  /** How `tensor` is read. */
  readonly margin: MarginForm;
  /** What the output means. */
  readonly convention: Convention;
  /** Why it means that. */
  readonly reason: string;
}

/** What a model answered to some random rows; empty where it refused them. */
export interface Probe {
  /** Values a row of the output, and these, [rows x width]. */
  readonly width: number;
  readonly values: Float64Array;
  /** The same of the tensor before its probability, where there is one. */
  readonly exact?: { readonly width: number; readonly values: Float64Array } | undefined;
  /** What the model's own label output said of each row. */
  readonly labels?: readonly string[] | undefined;
}

/** What a caller knows better. */
export interface Stated {
  readonly convention?: Convention | undefined;
  readonly positiveClass?: 'first' | 'second' | undefined;
  /** Name or place of the class that is class 1. */
  readonly class?: string | undefined;
}

/** What the decisions are made from. */
interface Case {
  readonly graph: OnnxGraph;
  readonly output: string;
  readonly probe: Probe;
  readonly stated: Stated;
  readonly subject: string;
  /** The last operator's name; `unknown` where the output is no operator's. */
  readonly last: string;
  readonly exact: ExactScore | undefined;
  readonly names: readonly string[] | undefined;
}

/** Decides, or throws DebkdError `convention` with the way out. */
export function detectConvention(
  graph: OnnxGraph,
  output: string,
  probe: Probe,
  stated: Stated,
  name: string,
): Reading {
  const subject = `teacher ${quote(name, 200)}`;
  const last = lastNode(graph, output)?.node.operator ?? 'unknown';
  const names =
    classNames(graph, output, probe.width) ??
    (probe.width > 2 && probe.labels ? namesByLabels(probe.labels, probe.values, probe.width) : undefined);
  const found: Case = { graph, output, probe, stated, subject, last, exact: exactScore(graph, output), names };
  checkStated(found);
  return probe.width === 1 ? readOne(found) : probe.width === 2 ? readTwo(found) : readMany(found);
}

function refuse(what: string): never {
  throw new DebkdError('convention', what);
}

function checkStated({ stated, probe, subject, output }: Case): void {
  const { width } = probe;
  if (stated.positiveClass !== undefined && width !== 2) {
    const values = width === 1 ? 'one value' : `${width} values`;
    const way = width === 1 ? 'leave it out' : 'name the class with --class';
    refuse(
      `${subject}: output ${quote(output)} has ${values} a row, so that --positive-class ${stated.positiveClass} says nothing; ${way}`,
    );
  }
  if (stated.positiveClass !== undefined && stated.class !== undefined)
    refuse(`${subject}: --class and --positive-class both say which class is class 1; give one of them`);
  if (!Number.isInteger(width) || width < 1)
    refuse(`${subject}: output ${quote(output)} has ${width} values a row, expected whole ones; export it again`);
  const one = stated.convention === 'logit' || stated.convention === 'probability';
  const mixed =
    width === 1 ? stated.convention !== undefined && !one : width === 2 && one && stated.class === undefined;
  if (mixed) {
    refuse(
      `${subject}: convention ${stated.convention} was given, but output ${quote(output)} has ${width} value${width > 1 ? 's' : ''} a row; give ${width > 1 ? 'logits or probabilities' : 'logit or probability'}`,
    );
  }
  const [low, high] = range(probe.values);
  if (stated.convention?.startsWith('prob') && (low < 0 || high > 1)) {
    refuse(
      `${subject}: convention ${stated.convention} was given, but output ${quote(output)} has ${spanOf(probe)}; it is ${one ? 'logit' : 'logits'}`,
    );
  }
}

function spanOf({ values }: Probe): string {
  if (values.length === 0) return 'values that no probe batch could show, as the model refuses texts it does not know,';
  const [low, high] = range(values);
  if (low === high) return `one value, ${low.toPrecision(4)}, for every row of a probe batch`;
  return `values ${low.toPrecision(4)} .. ${high.toPrecision(4)} on a probe batch`;
}

/** A reading of value `place`, before the probability where the graph has it and it says the same. */
function readAs(
  { output, probe, exact, names: inOrder }: Case,
  convention: Convention,
  reason: string,
  place: number,
  positive: Pick<Reading, 'positiveClass' | 'positiveReason'>,
  negate = false,
  names = inOrder,
): Reading {
  const { width } = probe;
  const isProbability = convention === 'probability' || convention === 'probabilities';
  const usable = isProbability && exact && saysTheSame(exact, probe, place);
  const form = usable ? exact.form : convention;
  // one score is of the second of two classes, unless the model's own names or labels say otherwise
  const className = names?.[width === 1 ? (negate ? 0 : 1) : place];
  return {
    ...{ output, tensor: usable ? exact.tensor : output, convention },
    margin: { form, width: usable ? (probe.exact?.width ?? width) : width, place, negate },
    ...positive,
    ...(names && { classes: names }),
    ...(className !== undefined && { className }),
    reason: usable ? `${reason}; read before ${exact.before}` : reason,
  };
}

/** Beyond it a probability of float32 has too few digits to be compared with its log-odds. */
const COMPARABLE = 10;

/** Whether what stands before a probability is its log-odds, on the probe. */
function saysTheSame(exact: ExactScore, { width, values, exact: before }: Probe, place: number): boolean {
  // a Sigmoid or Softmax of the graph is what it is; where the probe is empty there is nothing to compare
  if (!exact.node || !before) return !exact.node;
  if (before.width !== width) return false;
  for (let i = 0; i < before.values.length; i += width) {
    const raw = before.values[i + place] as number;
    const other = width === 2 ? (before.values[i + 1 - place] as number) : 0;
    const v = exact.form === 'logit' || width === 1 ? raw : raw - other;
    if (width > 2 || Math.abs(v) > COMPARABLE) continue;
    const p = values[i + place] as number;
    if (Math.abs(p - sigmoid(v)) > 1e-5) return false;
  }
  return true;
}

/** One value a row: a logit or a probability of class 1. */
function readOne(found: Case): Reading {
  const { graph, output, probe, stated, subject, last } = found;
  const { values, labels } = probe;
  const span = spanOf(probe);
  const blind = values.length === 0;
  const way = labels && directionOf(labels, values);
  const direction = way && 'high' in way ? way : undefined;
  const { names, negate } = namesOfOne(found.names, direction);
  const only = {
    positiveClass: 'only',
    positiveReason: negate
      ? "one value a row; the model's own label is class 1 where it is small"
      : direction
        ? `one value a row; the model's own label is ${quote(direction.high)} where it is large`
        : 'one value a row',
  } as const;
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, 0, only, negate, names);
  if (stated.convention !== undefined) return read(stated.convention, 'as stated');
  if (last === 'Softmax') {
    refuse(
      `${subject}: output ${quote(output)} is a Softmax over one value, which is 1 for every row; export the score before it, or both classes`,
    );
  }
  if (last === 'Sigmoid') return read('probability', 'the graph ends in Sigmoid');
  const { kind, what } = kindOf(graph, output, probe);
  if (kind !== 'classifier' && kind !== 'bounded' && !found.exact) {
    refuse(
      `${subject}: output ${quote(output)} is ${what}, expected the score of a binary classifier; where it is one, state --convention logit|probability`,
    );
  }
  if (kind === 'bounded') {
    refuse(
      `${subject}: output ${quote(output)} has ${span} after ${what}, which is neither a logit nor a probability; export what stands before it, or state --convention logit|probability`,
    );
  }
  if (!blind && allIn(values, [0, 1])) {
    const [low, high] = range(values);
    if (low !== high)
      refuse(
        `${subject}: output ${quote(output)} is 0 or 1 for every row of a probe batch: a label and no score; name the output of the score (--output), or export it`,
      );
  }
  const [low, high] = range(values);
  if (found.exact) return read('probability', `one value a row after ${found.exact.before}`);
  // what the model itself calls class 1 tells a logit's threshold from a probability's
  const threshold = direction && labels ? thresholdOf(labels, values, direction) : undefined;
  if (threshold !== undefined) {
    const reason = `one value a row; the model's own label changes at ${threshold}`;
    return read(threshold === 0 || low < 0 || high > 1 ? 'logit' : 'probability', reason);
  }
  if (/logit/i.test(output)) return read('logit', `one value a row and the output's name ${quote(output)}`);
  if (!blind && (low < 0 || high > 1)) {
    if (/log_?prob/i.test(output))
      refuse(
        `${subject}: output ${quote(output)} has ${span} and the name of a log-probability, which is no logit; export the probability, or state --convention logit`,
      );
    return read('logit', `one value a row, ${span}: no probability (last operator ${last})`);
  }
  if (/^(Clip|HardSigmoid)$/.test(last)) return read('probability', `one value a row that ${last} keeps within 0 .. 1`);
  if (/prob/i.test(output))
    return read('probability', `one value a row in 0 .. 1 and the output's name ${quote(output)}`);
  if (!blind && low === high) {
    refuse(
      `${subject}: output ${quote(output)} has ${span}: it seems to be constant; check the model, or state --convention logit|probability where its inputs are of another size`,
    );
  }
  const { end, changed } = beforeScaling(graph, output);
  if (end && !changed && /^(Sigmoid|Softmax)$/.test(end.operator))
    return read('probability', `one value a row of its ${end.operator}`);
  return refuse(
    `${subject}: output ${quote(output)} has ${span} after ${last === 'unknown' ? 'an unknown operator' : last}: a logit or a probability cannot be told apart; state it with --convention logit|probability`,
  );
}

/** Names of the classes of one score, and whether it is class 0's: by the model's own label, else as the model names them. */
function namesOfOne(
  names: readonly string[] | undefined,
  direction: Direction | undefined,
): { names?: readonly string[] | undefined; negate: boolean } {
  if (!direction) return { names, negate: names !== undefined && likelyPlace(names) === 0 };
  const { low, high } = direction;
  return { names: [low, high], negate: isOne(high) === false && isOne(low) === true };
}

/** Two values a row: one a class, or one score with both signs. */
function readTwo(found: Case): Reading {
  const { probe, stated, subject, output, last } = found;
  const { values } = probe;
  const blind = values.length === 0;
  const span = spanOf(probe);
  const [low, high] = range(values);
  const precision = found.graph.outputs.find(({ name }) => name === output)?.type === 'float16' ? 2e-3 : 1e-4;
  const sums = !blind && low >= 0 && high <= 1 && sumsTo(values, 2, 1, precision);
  const own = last === 'Sigmoid' && !sums;
  if (own && (stated.class === undefined || stated.convention === 'probabilities')) {
    refuse(
      `${subject}: output ${quote(output)} has two values a row after Sigmoid, ${span}, that do not sum to 1: two labels of their own and not two classes; name the one that is class 1 with --class 0 or --class 1`,
    );
  }
  const { place, positive, names } = placeOfTwo(found, blind);
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, place, positive, false, names);
  if (own) return read('probability', 'the graph ends in Sigmoid, one label each');
  if (stated.convention === 'probabilities' && !blind && !sums) {
    refuse(
      `${subject}: convention probabilities was given, but the two values a row of output ${quote(output)} (${span}) do not sum to 1; they are logits, or two labels of their own (--class)`,
    );
  }
  if (stated.convention !== undefined) return read(stated.convention, 'as stated');
  if (last === 'LogSoftmax') return read('logits', 'the graph ends in LogSoftmax, whose difference is the margin');
  if (last === 'Softmax') return read('probabilities', 'the graph ends in Softmax over two classes');
  const { kind, what } = kindOf(found.graph, output, probe);
  if (kind === 'transformer' || kind === 'regressor' || kind === 'outlier detector') {
    refuse(
      `${subject}: output ${quote(output)} is ${what}, expected the scores of a binary classifier; where it is one, state --convention logits|probabilities`,
    );
  }
  if (blind && last === 'Normalizer')
    return read('probabilities', 'the graph ends in a Normalizer, which makes two scores sum to 1');
  if (sums) return read('probabilities', `two values a row that lie in 0 .. 1 and sum to 1 (last operator ${last})`);
  if (!blind && sumsTo(values, 2, 0)) {
    return read('logit', `two values a row that sum to 0 (last operator ${last}): one score with both signs`);
  }
  if (kind === 'bounded') {
    refuse(
      `${subject}: output ${quote(output)} has ${span} after ${what}, which is neither logits nor probabilities; export what stands before it, or state --convention logits|probabilities`,
    );
  }
  const sum = (values[0] ?? 0) + (values[1] ?? 0);
  if (!blind && low < high && sumsTo(values, 2, sum)) {
    refuse(
      `${subject}: output ${quote(output)} has ${span}, two values a row that always sum to ${sum.toPrecision(4)}: neither logits nor probabilities; export what stands before them, or state --convention logits|probabilities`,
    );
  }
  if (low < 0 || high > 1) return read('logits', `two values a row, ${span}: no probabilities (last operator ${last})`);
  return refuse(
    `${subject}: output ${quote(output)} has ${span} after ${last === 'unknown' ? 'an unknown operator' : last}: logits or probabilities cannot be told apart; state it with --convention logits|probabilities`,
  );
}

/**
 * Which of two values is class 1's: as stated, as the model names its classes and labels its rows, else the second; and the names in
 * the order of the scores.
 */
function placeOfTwo(
  found: Case,
  blind: boolean,
): {
  place: 0 | 1;
  positive: Pick<Reading, 'positiveClass' | 'positiveReason'>;
  names: readonly string[] | undefined;
} {
  const { stated, names: known, probe, subject, output } = found;
  const { values, labels } = probe;
  const at = (place: 0 | 1, positiveReason: string, names = known) => ({
    ...{ place, names },
    positive: { positiveClass: place === 0 ? ('first' as const) : ('second' as const), positiveReason },
  });
  const way = blind || !labels ? undefined : directionOf(labels, differences(values));
  const said = way && 'high' in way ? [way.low, way.high] : undefined;
  if (stated.positiveClass !== undefined) return at(stated.positiveClass === 'first' ? 0 : 1, 'as stated', said);
  if (stated.class !== undefined)
    return at(placeOf({ ...found, names: said ?? known }, stated.class) as 0 | 1, 'as stated', said);
  const placeIn = (names: readonly string[] | undefined): 0 | 1 => (names && likelyPlace(names)) ?? 1;
  const named = known
    ? `the model names its classes ${known.map((name) => quote(name)).join(', ')}`
    : 'the usual order, class 0 and then class 1';
  if (way && !said) {
    const share = Math.round(100 * (way as { unclear: number }).unclear);
    refuse(
      `${subject}: its own label does not follow the two values of output ${quote(output)}: they order ${share} % of the pairs of rows with different labels; state which one is class 1 with --positive-class first|second`,
    );
  }
  if (!said || (known && sameClass(known[0] ?? '', said[0] ?? '') && sameClass(known[1] ?? '', said[1] ?? '')))
    return at(placeIn(known), named);
  const reason = `the model's own label is ${quote(said[1] ?? '')} where the second value is larger`;
  return at(placeIn(said), known ? `${named}, but ${reason}` : reason, said);
}

/** By how much the second of two values is larger, for each row. */
function differences(values: Float64Array): Float64Array {
  return Float64Array.from({ length: values.length / 2 }, (_, i) => {
    return (values[2 * i + 1] as number) - (values[2 * i] as number);
  });
}

/** The place of a class that was named. @throws DebkdError `convention` that lists what there is */
function placeOf({ names, probe, subject, output }: Case, wanted: string): number {
  const { width } = probe;
  const byName = names?.findIndex((name) => sameClass(name, wanted)) ?? -1;
  if (byName >= 0) return byName;
  if (/^\d+$/.test(wanted.trim()) && Number(wanted) < width) return Number(wanted);
  const near = names && nearest(wanted, names);
  return refuse(
    `${subject}: output ${quote(output)} has no class ${quote(wanted)}${near ? `; did you mean ${quote(near)}?` : ''}; ${listed(names, width)}`,
  );
}

function listed(names: readonly string[] | undefined, width: number): string {
  const places = `a place from 0 to ${width - 1}`;
  return names
    ? `its classes are ${names.map((name) => quote(name)).join(', ')}; give one, or ${places}`
    : `give ${places}`;
}

/** More than two values a row: one class against the rest, or one label of several. */
function readMany(found: Case): Reading {
  const { probe, stated, subject, output, last, names, exact } = found;
  const { width, values } = probe;
  if (stated.class === undefined) {
    refuse(
      `${subject}: output ${quote(output)} has ${width} values a row, expected 1 or 2; to tell one class from the rest, name it with --class: ${listed(names, width)}`,
    );
  }
  const place = placeOf(found, stated.class as string);
  const positive = { positiveClass: 'other', positiveReason: `value ${place} of ${width}, as stated` } as const;
  const read = (convention: Convention, reason: string): Reading => readAs(found, convention, reason, place, positive);
  if (stated.convention !== undefined) return read(stated.convention, 'as stated');
  if (last === 'Sigmoid') return read('probability', 'the graph ends in Sigmoid: a label of its own');
  if (last === 'LogSoftmax' || last === 'Softmax')
    return read(
      last === 'Softmax' ? 'probabilities' : 'logits',
      `the graph ends in ${last}: one class against the rest`,
    );
  const [low, high] = range(values);
  if (values.length > 0 && low >= 0 && high <= 1 && sumsTo(values, width, 1)) {
    // one Sigmoid a class, divided by their sum, is no Softmax
    const plain = exact?.form === 'logit' ? { ...found, exact: undefined } : found;
    return readAs(
      plain,
      'probabilities',
      `${width} values a row that sum to 1: one class against the rest`,
      place,
      positive,
    );
  }
  const followed = probe.labels && namesByLabels(probe.labels, values, width);
  if (followed?.every((name, k) => names && sameClass(name, names[k] ?? '')) && (low < 0 || high > 1))
    return read('logits', `${width} scores a row, and the model's own label follows the largest`);
  return refuse(
    `${subject}: output ${quote(output)} has ${width} values a row, ${spanOf(probe)} after ${last}: scores of classes that exclude each other or labels of their own cannot be told apart; state --convention logits|probabilities or logit|probability`,
  );
}
