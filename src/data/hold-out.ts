// Keeps labelled validation rows apart: neither training nor any choice sees their labels, so that they can show how often a student errs.
import { checkWhole } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_HELD_OUT } from '../kernels/streams.ts';
import { type AnyDataset, type Dataset, selectRows } from './dataset.ts';
import { countsIn } from './row-weights.ts';
import { rowsWhere } from './rows-where.ts';

/** Most rows that are kept apart: more make a bound hardly tighter. */
const MOST = 20_000;
/** Values of a row's bucket. */
const BUCKETS = 250;

/**
 * Keeps half of the labelled validation rows apart, at most about 20,000. Equal rows, and rows of one group of the split, stay together.
 * @param seed an integer from 0
 * @returns `validation` with these rows unlabelled, and `heldOut`, these rows in memory
 * @throws DebkdError `value` for another seed, `rows` if no labelled row is left for one of the two
 * @example
 * const { validation, heldOut } = holdOut(parts.validation, 1);
 * const { student } = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
 * const { student: careful } = chooseDeferral(student, heldOut, { target: 0.05 });
 */
export function holdOut(validation: AnyDataset, seed: number): { validation: AnyDataset; heldOut: Dataset } {
  checkWhole('rows held out for deferral', 'seed', seed, 0);
  const { labels, folds } = validation;
  const counts = countsIn(validation);
  const labelled = rowsWhere(labels.length, counts);
  const sizes = new Uint32Array(BUCKETS);
  for (const row of labelled) sizes[folds[row] as number] = (sizes[folds[row] as number] as number) + 1;
  const wanted = Math.min(MOST, labelled.length / 2);
  const taken = new Set<number>();
  let rows = 0;
  const source = words(seed, STREAM_HELD_OUT, 0);
  const buckets = Array.from(sizes.keys()).filter((bucket) => sizes[bucket] !== 0);
  while (rows < wanted && buckets.length > 1) {
    const [bucket = 0] = buckets.splice(below(source, buckets.length), 1);
    taken.add(bucket);
    rows += sizes[bucket] as number;
  }
  if (rows === 0 || rows === labelled.length)
    throw new DebkdError('rows', {
      subject: 'rows held out for deferral',
      seen: `${labelled.length} labelled validation rows${labelled.length > 1 ? ' that the split keeps together' : ''}`,
      expected: 'some to choose the student by and some to test it',
      remedy: 'give more labelled validation rows',
    });
  const isTaken = (row: number): boolean => counts(row) && taken.has(folds[row] as number);
  return {
    validation: { ...validation, labels: labels.map((label, row) => (isTaken(row) ? -1 : label)) },
    heldOut: selectRows(validation, labelled.filter(isTaken)),
  };
}
