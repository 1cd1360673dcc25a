// Reads an output of two values a row: one a class, or one score with both signs.
import { sameClass } from '../data/target.ts';
import { quote } from '../io/errors.ts';
import { likelyPlace } from './class-names.ts';
import { directionOf } from './label-agreement.ts';
import { placeOf, readAs, refuse, spanOf, sumPrecision } from './make-reading.ts';
import { beforeScaling, couldBeProbabilities, kindOf, range, sumsTo } from './probe-values.ts';
import type { Case, Convention, Reading } from './reading.ts';

/** Operators that end a layer of weights. */
const LAYERS = /^(Gemm|MatMul|Add)$/;

/** Two values a row: one a class, or one score with both signs. */
export function readTwo(found: Case): Reading {
  const { probe, stated, subject, output, last } = found;
  const { values } = probe;
  const noValues = values.length === 0;
  const span = spanOf(probe);
  const [low, high] = range(values);
  const shares = couldBeProbabilities(values);
  const sums = !noValues && shares && sumsTo(values, 2, 1, sumPrecision(found.graph, output));
  const independentLabels = last === 'Sigmoid' && !sums;
  if (independentLabels && (stated.class === undefined || stated.convention === 'probabilities')) {
    const seen = noValues ? span : `${span}, that do not sum to 1`;
    const advice =
      stated.class === undefined
        ? 'name the one that is class 1 with --class 0 or --class 1'
        : 'leave out --convention';
    refuse(
      `${subject}: output ${quote(output)} has two values a row after Sigmoid, ${seen}: two labels of their own and not two classes; ${advice}`,
    );
  }
  const { place, positive, names } = placeOfTwo(found, noValues);
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, { place, positive, names });
  if (independentLabels) return read('probability', 'the graph ends in Sigmoid, one label each');
  if (stated.convention === 'probabilities' && !noValues && !sums) {
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
  if (noValues && last === 'Normalizer')
    return read('probabilities', 'the graph ends in a Normalizer, which makes two scores sum to 1');
  if (sums) return read('probabilities', `two values a row that lie in 0 .. 1 and sum to 1 (last operator ${last})`);
  if (!noValues && sumsTo(values, 2, 0)) {
    // a layer of two outputs whose weights mirror each other is what a Softmax is trained on; copies of one score are not
    const layer = beforeScaling(found.graph, output).end?.operator ?? '';
    if (LAYERS.test(layer)) return read('logits', `two values a row of a ${layer} that sum to 0: a logit each`);
    return read('logit', `two values a row that sum to 0 (last operator ${last}): one score with both signs`);
  }
  if (kind === 'bounded') {
    refuse(
      `${subject}: output ${quote(output)} has ${span} after ${what}, which is neither logits nor probabilities; export what stands before it, or state --convention logits|probabilities`,
    );
  }
  const sum = (values[0] ?? 0) + (values[1] ?? 0);
  if (!noValues && low < high && sumsTo(values, 2, sum)) {
    refuse(
      `${subject}: output ${quote(output)} has ${span}, two values a row that always sum to ${sum.toPrecision(4)}: neither logits nor probabilities; export what stands before them, or state --convention logits|probabilities`,
    );
  }
  if (!shares) return read('logits', `two values a row, ${span}: no probabilities (last operator ${last})`);
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
  noValues: boolean,
): {
  place: 0 | 1;
  positive: Pick<Reading, 'positiveClass' | 'positiveReason'>;
  names: readonly string[] | undefined;
} {
  const { stated, names: graphNames, probe, subject, output } = found;
  const { values, labels } = probe;
  const at = (place: 0 | 1, positiveReason: string, names = graphNames) => ({
    place,
    names,
    positive: { positiveClass: place === 0 ? ('first' as const) : ('second' as const), positiveReason },
  });
  const agreement = noValues || !labels ? undefined : directionOf(labels, differences(values));
  const labelNames = agreement && 'high' in agreement ? [agreement.low, agreement.high] : undefined;
  if (stated.positiveClass !== undefined) return at(stated.positiveClass === 'first' ? 0 : 1, 'as stated', labelNames);
  if (stated.class !== undefined)
    return at(placeOf({ ...found, names: labelNames ?? graphNames }, stated.class) as 0 | 1, 'as stated', labelNames);
  const placeIn = (names: readonly string[] | undefined): 0 | 1 => (names && likelyPlace(names)) ?? 1;
  const named = graphNames
    ? `the model names its classes ${graphNames.map((name) => quote(name)).join(', ')}`
    : 'the usual order, class 0 and then class 1';
  if (agreement && !labelNames) {
    const share = Math.round(100 * (agreement as { unclear: number }).unclear);
    refuse(
      `${subject}: its own label does not follow the two values of output ${quote(output)}: they order ${share} % of the pairs of rows with different labels; state which one is class 1 with --positive-class first|second`,
    );
  }
  if (
    !labelNames ||
    (graphNames &&
      sameClass(graphNames[0] ?? '', labelNames[0] ?? '') &&
      sameClass(graphNames[1] ?? '', labelNames[1] ?? ''))
  )
    return at(placeIn(graphNames), named);
  const reason = `the model's own label is ${quote(labelNames[1] ?? '')} where the second value is larger`;
  return at(placeIn(labelNames), graphNames ? `${named}, but ${reason}` : reason, labelNames);
}

/** By how much the second of two values is larger, for each row. */
function differences(values: Float64Array): Float64Array {
  return Float64Array.from({ length: values.length / 2 }, (_, i) => {
    return (values[2 * i + 1] as number) - (values[2 * i] as number);
  });
}
