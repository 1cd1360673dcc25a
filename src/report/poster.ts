// The poster of a distillation: what changes for each group, as one SVG file.

import { shownGroup } from '../data/shown-group.ts';
import { DebkdError } from '../io/errors.ts';
import { changedGroups } from './group-changes.ts';
import { groupMeasures, groupModels, sharedColumn } from './group-figures.ts';
import type { DistillRecord } from './result.ts';
import { sizeText } from './short-numbers.ts';

/** Groups on a poster. */
const MOST_GROUPS = 8;

/**
 * Makes a picture of missed positives, false alarms and calibration by group: teacher, plain KD if it was measured, and student, with 95 %
 * intervals. It adapts to light and dark, needs nothing else, and is meant for a README.
 * @returns the text of an SVG file
 * @throws DebkdError `value` if the record has no groups
 */
export async function posterOf(result: DistillRecord): Promise<string> {
  const { groups, label, rows, teacher, student } = result;
  if (groups.length === 0)
    throw new DebkdError('value', {
      subject: 'poster',
      seen: 'the result has no groups',
      expected: 'groups, which the picture compares',
      remedy: 'distil with --groups and labelled test rows',
    });
  const { drawPoster } = await import('./charts/draw.ts');
  const changed = changedGroups(result, label);
  const [most] = changed;
  const shown = groups.filter(({ teacher: { group } }) =>
    changed.slice(0, MOST_GROUPS).some((one) => one.group === group),
  );
  const left = groups.length - shown.length;
  const size = student.bytes === undefined ? '' : `, ${sizeText(student.bytes)}`;
  const own = teacher.bytes === undefined ? '' : `, ${sizeText(teacher.bytes)}`;
  const column = sharedColumn(shown);
  const by = column === undefined ? '' : `By ${column}. `;
  const picture = drawPoster({
    title:
      most?.change === 'better'
        ? `In ${shownGroup(most.group)} the student ${most.words}`
        : 'Errors of the teacher and of the student by group',
    lines: [
      `${by}Teacher ${teacher.name ?? teacher.sha256.slice(0, 8)}${own}; student ${student.architecture}${size}.`,
    ],
    measures: groupMeasures({ groups: shown, ...(label && { label }) }),
    legend: groupModels(result),
    note: `${rows.labelled.test} labelled test rows; bands are 95 % intervals.${left > 0 ? ` ${left} more groups change less.` : ''} Made by debkd.`,
  });
  // it names debkd, so that a later picture may replace it
  return `<!--debkd-->\n${picture}`;
}
