// The thresholds of encoded rows, for a student whose threshold depends on the values of a column.
import { checkLength } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { thresholdOf } from './group-thresholds.ts';
import type { StudentData } from './student-data.ts';

/** The values behind groups such as `sex=Female`. @throws DebkdError `value` for groups of another column, or of ranges of numbers */
export function groupValues(column: string, groups: readonly string[]): string[] {
  const start = `${column}=`;
  const other = groups.find((group) => !group.startsWith(start));
  if (other === undefined) return groups.map((group) => group.slice(start.length));
  throw new DebkdError('value', {
    subject: `thresholds by column ${quote(column)}`,
    seen: `group ${quote(other)}`,
    expected: `a value of the column, such as ${quote(`${start}1`)}`,
    remedy: 'choose a column with at most 20 values',
  });
}

/**
 * The threshold of each row; undefined if all rows have the common one.
 * @param groups as of groupRows, [rows]
 * @throws DebkdError `value` without groups that are needed, or for those of another column
 */
export function rowThresholds(
  student: Pick<StudentData, 'threshold' | 'groupThresholds'>,
  groups: readonly string[] | undefined,
  rows: number,
): Float64Array | undefined {
  if (!student.groupThresholds) return undefined;
  const { column } = student.groupThresholds;
  if (!groups)
    throw new DebkdError('value', {
      subject: 'student',
      seen: `its threshold depends on column ${quote(column)}, whose values encoded rows do not have`,
      expected: "each row's group",
      remedy: `give groupRows(table, ${quote(column)}, rows) as well, or predict records`,
    });
  checkLength('student', 'groups', groups, rows);
  return Float64Array.from(groupValues(column, groups), (value) => thresholdOf(student, value));
}
