// Reads an output of one value a row: a logit or a probability of class 1.
import { quote } from '../io/errors.ts';
import { likelyPlace } from './class-names.ts';
import { type Direction, directionOf, isOne, thresholdOf } from './label-agreement.ts';
import { placeOf, readAs, refuse, spanOf } from './make-reading.ts';
import { allIn, beforeScaling, couldBeProbabilities, kindOf, range } from './probe-values.ts';
import type { Case, Convention, Reading } from './reading.ts';

/** One value a row: a logit or a probability of class 1. */
export function readOne(found: Case): Reading {
  const { graph, output, probe, stated, subject, last } = found;
  const { values, labels } = probe;
  const span = spanOf(probe);
  const noValues = values.length === 0;
  const agreement = labels && directionOf(labels, values);
  const direction = agreement && 'high' in agreement ? agreement : undefined;
  const { names, negate } =
    stated.class === undefined ? namesOfOne(found.names, direction) : namedClass(found, direction, stated.class);
  const only = {
    positiveClass: 'only',
    positiveReason:
      stated.class !== undefined
        ? 'one value a row, as stated'
        : negate
          ? `one value a row; ${direction ? "the model's own label is class 1 where it is small" : `the model names its classes ${(names ?? []).map((name) => quote(name)).join(', ')}`}`
          : direction
            ? `one value a row; the model's own label is ${quote(direction.high)} where it is large`
            : 'one value a row',
  } as const;
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, { place: 0, positive: only, negate, names });
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
  if (!noValues && allIn(values, [0, 1])) {
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
    return read(threshold === 0 || !couldBeProbabilities(values) ? 'logit' : 'probability', reason);
  }
  if (/logit/i.test(output)) return read('logit', `one value a row and the output's name ${quote(output)}`);
  if (/log_?prob/i.test(output) && (noValues || !couldBeProbabilities(values))) {
    refuse(
      `${subject}: output ${quote(output)} has ${span} and the name of a log-probability, which is no logit; export the probability, or state --convention logit`,
    );
  }
  if (!noValues && !couldBeProbabilities(values)) {
    return read('logit', `one value a row, ${span}: no probability (last operator ${last})`);
  }
  if (/^(Clip|HardSigmoid)$/.test(last)) return read('probability', `one value a row that ${last} keeps within 0 .. 1`);
  if (/prob/i.test(output))
    return read('probability', `one value a row in 0 .. 1 and the output's name ${quote(output)}`);
  if (!noValues && low === high) {
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

/** The same where one of them was named as class 1, by its name or its place. @throws DebkdError `convention` */
function namedClass(
  found: Case,
  direction: Direction | undefined,
  wanted: string,
): { names?: readonly string[] | undefined; negate: boolean } {
  const names = direction ? [direction.low, direction.high] : found.names;
  return { names, negate: placeOf({ ...found, names }, wanted, 2) === 0 };
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
