// Reads an output of more than two values a row: one class against the rest, or one label of several.
import { sameClass } from '../data/target.ts';
import { quote } from '../io/errors.ts';
import { namesByLabels } from './label-agreement.ts';
import { listed, placeOf, readAs, refuse, spanOf, sumPrecision } from './make-reading.ts';
import { couldBeProbabilities, sumsTo } from './probe-values.ts';
import type { Case, Convention, Reading } from './reading.ts';

/** More than two values a row: one class against the rest, or one label of several. */
export function readMany(found: Case): Reading {
  const { graph, probe, stated, subject, output, last, names } = found;
  const { width, values } = probe;
  if (stated.class === undefined) {
    refuse(
      `${subject}: output ${quote(output)} has ${width} values a row, expected 1 or 2; to tell one class from the rest, name it with --class: ${listed(names, width)}`,
    );
  }
  const place = placeOf(found, stated.class as string);
  const positive = { positiveClass: 'other', positiveReason: `value ${place} of ${width}, as stated` } as const;
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, { place, positive });
  const sums = couldBeProbabilities(values) && sumsTo(values, width, 1, sumPrecision(graph, output));
  if (stated.convention === 'probabilities' && values.length > 0 && !sums) {
    refuse(
      `${subject}: convention probabilities was given, but the ${width} values a row of output ${quote(output)} (${spanOf(probe)}) do not sum to 1; they are logits, or labels of their own: state --convention logits|logit|probability`,
    );
  }
  if (stated.convention !== undefined) return read(stated.convention, 'as stated');
  if (last === 'Sigmoid') return read('probability', 'the graph ends in Sigmoid: a label of its own');
  if (last === 'LogSoftmax' || last === 'Softmax')
    return read(
      last === 'Softmax' ? 'probabilities' : 'logits',
      `the graph ends in ${last}: one class against the rest`,
    );
  if (values.length > 0 && sums)
    return read('probabilities', `${width} values a row that sum to 1: one class against the rest`);
  const followed = probe.labels && namesByLabels(probe.labels, values, width);
  if (followed?.every((name, k) => names && sameClass(name, names[k] ?? '')) && !couldBeProbabilities(values))
    return read('logits', `${width} scores a row, and the model's own label follows the largest`);
  return refuse(
    `${subject}: output ${quote(output)} has ${width} values a row, ${spanOf(probe)} after ${last}: scores of classes that exclude each other or labels of their own cannot be told apart; state --convention logits|probabilities or logit|probability`,
  );
}
