// Checks that new rows have the classes of an earlier student.
import type { Table } from '../data/table.ts';
import { sameClass } from '../data/target.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { Student } from './student.ts';

/** @throws DebkdError `value` where class 1 and class 0 have other names than the earlier student's */
export function checkClasses(target: Table['target'], { target: earlier }: Pick<Student, 'target'>): void {
  if (!target || !earlier) return;
  if (sameClass(target.positive, earlier.positive) && sameClass(target.negative, earlier.negative)) return;
  const named = ({ name, positive, negative }: NonNullable<typeof earlier>): string =>
    `class 1 is ${name} = ${quote(positive)}, class 0 ${quote(negative)}`;
  throw new DebkdError('value', {
    subject: 'distill: from',
    seen: `in the new rows ${named(target)}`,
    expected: `the classes of the earlier student: ${named(earlier)}`,
    remedy: 'give rows with the same classes',
  });
}
