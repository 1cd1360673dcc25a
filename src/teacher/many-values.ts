// Reads an output of more than two values per row: one class versus the rest, or one of several independent labels.
import { sameClass } from '../data/target.ts';
import { namesByLabels } from './label-agreement.ts';
import { listed, placeOf, readAs, refuse, spanAfter, spanOf, sumPrecision } from './make-reading.ts';
import { couldBeProbabilities, sumsTo } from './probe-values.ts';
import type { Case, Convention, Reading } from './reading.ts';

/** @throws DebkdError `convention` */
export function readMany(found: Case): Reading {
  const { graph, probe, stated, output, last, names } = found;
  const { width, values } = probe;
  if (stated.class === undefined) {
    refuse(found, {
      seen: `${width} values per row`,
      expected: `1 or 2, or one class to separate from the rest: ${listed(names, width)}`,
      remedy: { id: 'name-class' },
    });
  }
  const place = placeOf(found, stated.class as string);
  const positive = { positiveClass: 'other', positiveReason: `value ${place} of ${width}, as stated` } as const;
  const read = (convention: Convention, reason: string): Reading =>
    readAs(found, convention, reason, { place, positive });
  const sums = couldBeProbabilities(values) && sumsTo(values, width, 1, sumPrecision(graph, output));
  if (stated.convention === 'probabilities' && values.length > 0 && !sums) {
    refuse(found, {
      seen: `${width} values per row (${spanOf(probe)}) that do not sum to 1`,
      expected: 'a sum of 1 for the convention probabilities',
      remedy: { id: 'state-convention', choices: ['logits', 'logit', 'probability'] },
    });
  }
  if (stated.convention !== undefined) return read(stated.convention, 'as stated');
  if (last === 'Sigmoid') return read('probability', 'the graph ends in Sigmoid: an independent label');
  if (last === 'LogSoftmax' || last === 'Softmax')
    return read(
      last === 'Softmax' ? 'probabilities' : 'logits',
      `the graph ends in ${last}: one class versus the rest`,
    );
  if (values.length > 0 && sums)
    return read('probabilities', `${width} values per row that sum to 1: one class versus the rest`);
  const followed = probe.labels && namesByLabels(probe.labels, values, width);
  if (followed?.every((name, k) => names && sameClass(name, names[k] ?? '')) && !couldBeProbabilities(values))
    return read('logits', `${width} scores per row, and the model's label output follows the largest`);
  return refuse(found, {
    seen: `${width} values per row, ${spanAfter(found)}: exclusive classes (logits, probabilities) and independent labels (logit, probability) cannot be told apart`,
    remedy: { id: 'state-convention', choices: ['logits', 'probabilities', 'logit', 'probability'] },
  });
}
