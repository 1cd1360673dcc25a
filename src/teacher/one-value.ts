// Reads an output of one value per row: a logit or a probability of class 1.
import { quote } from '../io/errors.ts';
import type { SettingRemedy } from '../io/remedies.ts';
import { likelyPlace } from './class-names.ts';
import { type Direction, directionOf, isBare, isOne, thresholdOf } from './label-agreement.ts';
import { placeOf, readAs, refuse, spanAfter, spanOf, statedPlace } from './make-reading.ts';
import { allIn, beforeScaling, couldBeProbabilities, kindOf, range } from './probe-values.ts';
import type { Case, Convention, Reading } from './reading.ts';

const STATE: SettingRemedy = { id: 'state-convention', choices: ['logit', 'probability'] };

/** @throws DebkdError `convention` */
export function readOne(found: Case): Reading {
  const { graph, output, probe, stated, last } = found;
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
        ? 'one value per row, as stated'
        : negate
          ? `one value per row; ${direction ? "the model's label output is class 1 where it is small" : `the model names its classes ${(names ?? []).map((name) => quote(name)).join(', ')}`}`
          : direction
            ? `one value per row; the model's label output is ${quote(direction.high)} where it is large`
            : 'one value per row',
  } as const;
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, { place: 0, positive: only, negate, names });
  statedPlace(found);
  if (stated.convention !== undefined) return read(stated.convention, 'as stated');
  if (found.problem === 'regression') {
    refuse(found, {
      seen: "the model's configuration says that it is a regressor",
      expected: 'the score of a binary classifier',
      remedy: STATE,
    });
  }
  if (last === 'Softmax') {
    refuse(found, {
      seen: 'a Softmax over one value, which is 1 for every row',
      remedy: ['export the score before it', 'export both classes'],
    });
  }
  if (last === 'Sigmoid') return read('probability', 'the graph ends in Sigmoid');
  const { kind, what } = kindOf(graph, output, probe);
  if (kind !== 'classifier' && kind !== 'bounded' && !found.exact) {
    refuse(found, { seen: what, expected: 'the score of a binary classifier', remedy: STATE });
  }
  if (kind === 'bounded') {
    refuse(found, {
      seen: `${span} after ${what}`,
      expected: 'a logit or a probability',
      remedy: ['export the tensor before it', STATE],
    });
  }
  if (!noValues && allIn(values, [0, 1])) {
    const [low, high] = range(values);
    if (low !== high)
      refuse(found, {
        seen: '0 or 1 for every row of a probe batch, which is a label',
        expected: 'a score',
        remedy: [{ id: 'name-output' }, 'export the score'],
      });
  }
  const [low, high] = range(values);
  if (found.exact) return read('probability', `one value per row after ${found.exact.before}`);
  // the label output changes at 0 for a logit and at .5 for a probability
  const threshold = direction && labels ? thresholdOf(labels, values, direction) : undefined;
  if (threshold !== undefined) {
    const reason = `one value per row; the model's label output changes at ${threshold}`;
    return read(threshold === 0 || !couldBeProbabilities(values) ? 'logit' : 'probability', reason);
  }
  if (/logit/i.test(output)) return read('logit', `one value per row and the output's name ${quote(output)}`);
  if (/log_?prob/i.test(output) && (noValues || !couldBeProbabilities(values))) {
    refuse(found, {
      seen: `${span} and the name of a log-probability`,
      expected: 'a logit or a probability',
      remedy: ['export the probability', { id: 'state-convention', choices: ['logit'] }],
    });
  }
  if (!noValues && !couldBeProbabilities(values)) {
    return read('logit', `one value per row, ${span}: not a probability (last operator ${last})`);
  }
  if (/^(Clip|HardSigmoid)$/.test(last))
    return read('probability', `one value per row that ${last} keeps within 0 .. 1`);
  if (/prob/i.test(output))
    return read('probability', `one value per row in 0 .. 1 and the output's name ${quote(output)}`);
  if (!noValues && low === high) {
    refuse(found, {
      seen: `${span}: it is constant, or its inputs are on another scale`,
      remedy: ['check the model', STATE],
    });
  }
  const { end, changed } = beforeScaling(graph, output);
  if (end && !changed && /^(Sigmoid|Softmax)$/.test(end.operator))
    return read('probability', `one value per row of its ${end.operator}`);
  return refuse(found, {
    seen: `${spanAfter(found)}: a logit and a probability cannot be told apart`,
    remedy: STATE,
  });
}

/** Like namesOfOne, where the caller stated class 1 by name or index. @throws DebkdError `convention` */
function namedClass(
  found: Case,
  direction: Direction | undefined,
  wanted: string,
): { names?: readonly string[] | undefined; negate: boolean } {
  const names = direction ? [direction.low, direction.high] : found.names;
  return { names, negate: placeOf({ ...found, names }, wanted, 2) === 0 };
}

/**
 * Class names for a single score, and whether it scores class 0: from the label output, else from the model's names.
 */
function namesOfOne(
  names: readonly string[] | undefined,
  direction: Direction | undefined,
): { names?: readonly string[] | undefined; negate: boolean } {
  if (!direction) return { names, negate: names !== undefined && likelyPlace(names) === 0 };
  const { low, high } = direction;
  // labels 0 and 1 are the indices of texts in this order
  if (names?.length === 2 && low === '0' && high === '1' && !names.some(isBare) && likelyPlace(names) === undefined)
    return { names, negate: false };
  return { names: [low, high], negate: isOne(high) === false && isOne(low) === true };
}
