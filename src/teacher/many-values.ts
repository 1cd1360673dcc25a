// Reads an output of more than two values per row: one class versus the rest, or one of several independent labels.
import { sameClass } from '../data/target.ts';
import { quote, listed as shortList } from '../io/errors.ts';
import { completeNames, follows, followsNames, followsSmallest, namesByLabels } from './label-agreement.ts';
import { listed, placeOf, readAs, refuse, spanAfter, spanOf, statedPlace, sumPrecision } from './make-reading.ts';
import { couldBeProbabilities, fromSeveralSigmoids, sumsTo } from './probe-values.ts';
import type { Case, Convention, Reading } from './reading.ts';

/** What an output of several values means, and why. */
export interface Meaning {
  readonly convention: Convention;
  readonly reason: string;
}

/** @throws DebkdError `convention` */
export function readMany(found: Case): Reading {
  const { probe, stated, names } = found;
  const { width } = probe;
  if (stated.class === undefined && stated.place === undefined) refuseOpen(found);
  const named = withLabelNames(found);
  const place = statedPlace(named) ?? placeOf(named, stated.class as string);
  const meaning = meaningOfMany(found);
  if (!meaning) {
    refuse(found, {
      seen: `${width} values per row, ${spanAfter(found)}: exclusive classes (logits, probabilities) and independent labels (logit, probability) cannot be told apart`,
      remedy: { id: 'state-convention', choices: ['logits', 'probabilities', 'logit', 'probability'] },
    });
  }
  const { convention, reason } = meaning as Meaning;
  const corrected = named.names === names ? '' : `; ${named.namesReason}`;
  const positive = {
    positiveClass: 'other',
    positiveReason: `value ${place} of ${width}, as stated${corrected}`,
  } as const;
  const reading = readAs(named, convention, reason, { place, positive });
  if (convention === 'logits' || convention === 'probabilities') refuseDisagreement(named);
  return reading;
}

/**
 * Says that class 1 must be chosen.
 * @param isClear whether the meaning of the values is
 * @throws DebkdError `convention`
 */
export function refuseOpen(found: Case, isClear: boolean = true): never {
  const { probe } = found;
  const { names } = withLabelNames(found);
  return refuse(found, {
    seen: `${probe.width} values per row`,
    expected: isClear
      ? `1 or 2, or one class to separate from the rest: ${listed(names, probe.width)}`
      : `one class (${listed(names, probe.width)}) and what the values mean (the convention logits, probabilities, logit or probability)`,
    remedy: { id: 'name-class' },
  });
}

/**
 * What the values mean; undefined where exclusive classes and independent labels cannot be told apart.
 * @throws DebkdError `convention` where the evidence is contradictory
 */
export function meaningOfMany(found: Case): Meaning | undefined {
  const { graph, probe, stated, output, last, exact, names, problem } = found;
  const { width, values } = probe;
  const shares = couldBeProbabilities(values);
  const sums = values.length > 0 && shares && sumsTo(values, width, 1, sumPrecision(graph, output));
  if (stated.convention === 'probabilities' && values.length > 0 && !sums) {
    refuse(found, {
      seen: `${width} values per row (${spanOf(probe)}) that do not sum to 1`,
      expected: 'a sum of 1 for the convention probabilities',
      remedy: { id: 'state-convention', choices: ['logits', 'logit', 'probability'] },
    });
  }
  if (stated.convention !== undefined) return { convention: stated.convention, reason: 'as stated' };
  const exclusive = last === 'Softmax' || last === 'LogSoftmax' ? `a ${last}` : sums ? 'values that sum to 1' : '';
  const independent = last === 'Sigmoid' && !sums ? 'a Sigmoid for each value' : '';
  if (problem === 'independent' && exclusive !== '') refuseContradiction(found, 'independent labels', exclusive);
  if (problem === 'exclusive' && independent !== '') refuseContradiction(found, 'exclusive classes', independent);
  if (problem === 'regression') {
    refuse(found, {
      seen: "the model's configuration says that it is a regressor",
      expected: 'the scores of a classifier',
      remedy: { id: 'state-convention', choices: ['logits', 'probabilities', 'logit', 'probability'] },
    });
  }
  if (last === 'Sigmoid')
    return { convention: 'probability', reason: 'the graph ends in Sigmoid: an independent label' };
  if (last === 'Softmax' || last === 'LogSoftmax')
    return {
      convention: last === 'Softmax' ? 'probabilities' : 'logits',
      reason: `the graph ends in ${last}: one class versus the rest`,
    };
  if (sums)
    return {
      convention: 'probabilities',
      reason: `${width} values per row that sum to 1: one class versus the rest`,
    };
  if (values.length > 0 && exact?.form === 'logit' && last !== 'Normalizer' && problem !== 'exclusive')
    return {
      convention: 'probability',
      reason: 'each value is the probability of a score of its own: an independent label',
    };
  if (values.length > 0 && shares && fromSeveralSigmoids(graph, output, probe) && problem !== 'exclusive')
    return {
      convention: 'probability',
      reason: `${width} probabilities per row, and several exceed .5 in the same row: independent labels`,
    };
  const followed = probe.labels && namesByLabels(probe.labels, values, width);
  const alike = followed?.every((name, k) => names && (name === names[k] || sameClass(name, names[k] ?? '')));
  if (!shares && (alike || (names && probe.labels && follows(followsNames(probe.labels, values, width, names).share))))
    return {
      convention: 'logits',
      reason: `${width} scores per row, and the model's label output follows the largest`,
    };
  if (problem !== undefined && (values.length === 0 || !shares))
    return problem === 'exclusive'
      ? { convention: 'logits', reason: "the model's configuration says that its classes are exclusive" }
      : { convention: 'logit', reason: "the model's configuration says that its labels are independent" };
  return undefined;
}

function refuseContradiction(found: Case, configured: string, seen: string): never {
  return refuse(found, {
    seen: `${seen}, but the model's configuration says ${configured}`,
    remedy: { id: 'state-convention', choices: ['logits', 'probabilities', 'logit', 'probability'] },
  });
}

/**
 * The case with names that the model's label output shows, where they disagree with its own names and are consistent.
 */
export function withLabelNames(found: Case): Case {
  const { probe, names, isNamedByLabels } = found;
  const { labels, values, width } = probe;
  if (!labels || labels.length === 0 || !names || isNamedByLabels) return found;
  if (follows(followsNames(labels, values, width, names).share)) return found;
  const shown = namesByLabels(labels, values, width);
  if (!shown || followsSmallest(labels, values, width, names)) return found;
  if (!follows(followsNames(labels, values, width, shown).share)) return found;
  const own = listNames(names);
  const corrected = completeNames(shown, names);
  return {
    ...found,
    names: corrected,
    namesReason: `the model names its classes ${own}, but its label output shows that the scores are those of ${listNames(corrected)}`,
  };
}

const listNames = (names: readonly string[]): string => shortList(names.map((name) => quote(name)));

/** Refuses exclusive classes that the model's label output contradicts. @throws DebkdError `convention` */
function refuseDisagreement(found: Case): void {
  const { probe, stated, isNamedByLabels } = found;
  const names = isNamedByLabels ? undefined : found.names;
  const { labels, values, width } = probe;
  if (!labels || labels.length === 0 || stated.convention !== undefined) return;
  const smallest = followsSmallest(labels, values, width, names);
  const share = names ? followsNames(labels, values, width, names).share : 1;
  if (follows(share) && !smallest) return;
  refuse(found, {
    seen: smallest
      ? `its ${width} values do not follow the model's label output, which belongs to the smallest value`
      : `its ${width} values do not follow the model's label output: the largest belongs to the label in ${Math.round(100 * share)} % of the rows`,
    expected: 'the largest value for the label',
    remedy: [
      { id: 'name-output' },
      'export scores that grow with the class',
      { id: 'state-convention', choices: ['logits', 'probabilities'] },
    ],
  });
}
