// Reads an output of two values per row: one per class, or one score with both signs.
import { sameClass } from '../data/target.ts';
import { quote } from '../io/errors.ts';
import type { SettingRemedy } from '../io/remedies.ts';
import { likelyPlace } from './class-names.ts';
import { directionOf, isBare } from './label-agreement.ts';
import { listed, placeOf, readAs, refuse, spanAfter, spanOf, statedPlace, sumPrecision } from './make-reading.ts';
import { beforeScaling, couldBeProbabilities, fromSeveralSigmoids, kindOf, range, sumsTo } from './probe-values.ts';
import type { Case, Convention, Reading } from './reading.ts';

/** Operators that end a layer of weights. */
const LAYERS = /^(Gemm|MatMul|Add)$/;

const STATE: SettingRemedy = { id: 'state-convention', choices: ['logits', 'probabilities'] };
const NAME_ONE: SettingRemedy = { id: 'name-class', choices: ['0', '1'] };

/** @throws DebkdError `convention` */
export function readTwo(found: Case): Reading {
  const { probe, stated, output, last } = found;
  const { values } = probe;
  const noValues = values.length === 0;
  const span = spanOf(probe);
  const [low, high] = range(values);
  const shares = couldBeProbabilities(values);
  const sums = !noValues && shares && sumsTo(values, 2, 1, sumPrecision(found.graph, output));
  const independentLabels = isTwoLabels(found);
  if (independentLabels && (!isClassStated(stated) || stated.convention === 'probabilities')) refuseTwoLabels(found);
  const { place, positive, names } = placeOfTwo(found, noValues);
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, { place, positive, names });
  if (independentLabels) {
    if (last === 'Sigmoid') return read('probability', 'the graph ends in Sigmoid, one label each');
    if (stated.convention !== undefined) return read(stated.convention, 'as stated');
    if (!shares || noValues) return read('logit', "the model's configuration says that its labels are independent");
    return read('probability', 'two probabilities per row that exceed .5 at once: one label each');
  }
  if (stated.convention === 'probabilities' && !noValues && !sums) {
    refuse(found, {
      seen: `two values per row (${span}) that do not sum to 1`,
      expected: 'a sum of 1 for the convention probabilities',
      remedy: [{ id: 'state-convention', choices: ['logits'] }, NAME_ONE],
    });
  }
  if (stated.convention !== undefined) return read(stated.convention, 'as stated');
  if (last === 'LogSoftmax') return read('logits', 'the graph ends in LogSoftmax, whose difference is the margin');
  if (last === 'Softmax') return read('probabilities', 'the graph ends in Softmax over two classes');
  const { kind, what } = kindOf(found.graph, output, probe);
  if (kind === 'transformer' || kind === 'regressor' || kind === 'outlier detector') {
    refuse(found, { seen: what, expected: 'the scores of a binary classifier', remedy: STATE });
  }
  if (noValues && last === 'Normalizer')
    return read('probabilities', 'the graph ends in a Normalizer, which makes two scores sum to 1');
  if (sums) return read('probabilities', `two values per row in 0 .. 1 that sum to 1 (last operator ${last})`);
  if (!noValues && sumsTo(values, 2, 0)) {
    // two outputs of a layer with mirrored weights are the logits of a Softmax; copies of one score are not
    const layer = beforeScaling(found.graph, output).end?.operator ?? '';
    if (LAYERS.test(layer))
      return read('logits', `two values per row of a ${layer} that sum to 0: one logit per class`);
    return read('logit', `two values per row that sum to 0 (last operator ${last}): one score with both signs`);
  }
  if (kind === 'bounded') {
    refuse(found, {
      seen: `${span} after ${what}`,
      expected: 'logits or probabilities',
      remedy: ['export the tensor before it', STATE],
    });
  }
  const sum = (values[0] ?? 0) + (values[1] ?? 0);
  if (!noValues && low < high && sumsTo(values, 2, sum)) {
    refuse(found, {
      seen: `${span}, two values per row that always sum to ${sum.toPrecision(4)}`,
      expected: 'logits or probabilities',
      remedy: ['export the tensor before it', STATE],
    });
  }
  if (!shares) return read('logits', `two values per row, ${span}: not probabilities (last operator ${last})`);
  return refuse(found, {
    seen: `${spanAfter(found)}: logits and probabilities cannot be told apart`,
    remedy: STATE,
  });
}

/** Whether the caller stated class 1 by name, index or place. */
const isClassStated = (stated: Case['stated']): boolean => stated.class !== undefined || stated.place !== undefined;

/**
 * Whether two values are two independent labels, of which the caller must choose one.
 * @throws DebkdError `convention` where the configuration contradicts the values
 */
export function isTwoLabels(found: Case): boolean {
  const { probe, stated, graph, output, last, problem } = found;
  const { values } = probe;
  const shares = couldBeProbabilities(values);
  const sums = values.length > 0 && shares && sumsTo(values, 2, 1, sumPrecision(graph, output));
  if (last === 'Sigmoid') return !sums;
  if (stated.convention !== undefined || problem === undefined)
    return values.length > 0 && shares && !sums && fromSeveralSigmoids(graph, output, probe);
  if (problem === 'independent' && (sums || /^(Log)?Softmax$/.test(last))) {
    refuse(found, {
      seen: `two values per row that sum to 1, but the model's configuration says independent labels`,
      remedy: STATE,
    });
  }
  if (problem === 'regression') {
    refuse(found, {
      seen: "the model's configuration says that it is a regressor",
      expected: 'the scores of a binary classifier',
      remedy: STATE,
    });
  }
  return problem === 'independent';
}

/** Says that one of two labels must be chosen. @throws DebkdError `convention` */
export function refuseTwoLabels(found: Case): never {
  const { probe, stated, last, names } = found;
  const span = spanOf(probe);
  const ending = last === 'Sigmoid' ? ' after Sigmoid' : '';
  const values = probe.values.length === 0 || ending === '' ? span : `${span}, which do not sum to 1`;
  return refuse(found, {
    seen: `two values per row${ending}, ${values}: two independent labels`,
    expected: names ? `one of the labels: ${listed(names, 2)}` : 'two classes, or one of the labels',
    remedy: isClassStated(stated) ? { id: 'omit-setting', setting: 'convention' } : NAME_ONE,
  });
}

/**
 * Which of two values belongs to class 1: the stated one, else by the model's class names and label output, else the
 * second. Also returns the class names in the order of the scores.
 */
function placeOfTwo(
  found: Case,
  noValues: boolean,
): {
  place: 0 | 1;
  positive: Pick<Reading, 'positiveClass' | 'positiveReason'>;
  names: readonly string[] | undefined;
} {
  const { stated, names: graphNames, probe } = found;
  const { values, labels } = probe;
  const at = (place: 0 | 1, positiveReason: string, names = graphNames) => ({
    place,
    names,
    positive: { positiveClass: place === 0 ? ('first' as const) : ('second' as const), positiveReason },
  });
  const agreement = noValues || !labels ? undefined : directionOf(labels, differences(values));
  const shown = agreement && 'high' in agreement ? [agreement.low, agreement.high] : undefined;
  // labels 0 and 1 are the indices of texts in this order
  const areIndices = shown?.[0] === '0' && shown[1] === '1' && graphNames && !graphNames.some(isBare);
  const labelNames = areIndices && likelyPlace(graphNames) === undefined ? [...graphNames] : shown;
  const given = statedPlace(found);
  if (given !== undefined) return at(given as 0 | 1, 'as stated', labelNames ?? graphNames);
  if (stated.positiveClass !== undefined) return at(stated.positiveClass === 'first' ? 0 : 1, 'as stated', labelNames);
  if (stated.class !== undefined)
    return at(placeOf({ ...found, names: labelNames ?? graphNames }, stated.class) as 0 | 1, 'as stated', labelNames);
  const placeIn = (names: readonly string[] | undefined): 0 | 1 => (names && likelyPlace(names)) ?? 1;
  const named = graphNames
    ? `the model names its classes ${graphNames.map((name) => quote(name)).join(', ')}`
    : 'the usual order, class 0 before class 1';
  if (agreement && !labelNames) {
    const share = Math.round(100 * (agreement as { unclear: number }).unclear);
    refuse(found, {
      seen: `its two values do not follow the model's label output: they order ${share} % of the pairs of rows with different labels`,
      remedy: { id: 'state-positive-class' },
    });
  }
  if (
    !labelNames ||
    (graphNames &&
      sameClass(graphNames[0] ?? '', labelNames[0] ?? '') &&
      sameClass(graphNames[1] ?? '', labelNames[1] ?? ''))
  )
    return at(placeIn(graphNames), named);
  const reason = `the model's label output is ${quote(labelNames[1] ?? '')} where the second value is larger`;
  return at(placeIn(labelNames), graphNames ? `${named}, but ${reason}` : reason, labelNames);
}

/** The second value minus the first, for each row. */
function differences(values: Float64Array): Float64Array {
  return Float64Array.from({ length: values.length / 2 }, (_, i) => {
    return (values[2 * i + 1] as number) - (values[2 * i] as number);
  });
}
