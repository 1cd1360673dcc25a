// Changes of the service's files for students with thresholds of groups: a record has the column of the groups, which chooses its threshold.
import { quote } from '../../io/errors.ts';
import { groupInput } from '../../student/record-inputs.ts';
import type { Student } from '../../student/student.ts';
import { edited } from './edit.ts';

/** A file of a project as a student with thresholds of groups has it; unchanged for other students. */
export function withGroups(path: string, text: string, student: Student): string {
  const { groupThresholds } = student;
  if (!groupThresholds) return text;
  const inputs = groupInput(student).map((input) => `, ${JSON.stringify(input)}`);
  if (path === 'src/service.js')
    return edited(path, text, [
      ['    ...about,\n', `    ...about,\n    inputs: [...about.inputs${inputs.join('')}],\n`],
      [
        'at or above the threshold, otherwise 0; unknown',
        'at or above the threshold of the group of the record, otherwise 0; unknown',
      ],
    ]);
  // a category of the sample may be a group
  if (path === 'test/service.test.js')
    return edited(path, text, [
      [
        '  assert.equal(label, probability >= threshold ? 1 : 0);\n',
        '  assert.ok(threshold >= 0 && threshold <= 1);\n',
      ],
    ]);
  return text;
}

/** What the label depends on, for the README. */
export function groupText({ groupThresholds, threshold }: Student): string | undefined {
  if (!groupThresholds) return undefined;
  const { column, thresholds } = groupThresholds;
  const listed = thresholds.map(([value, own]) => `${own} for ${quote(value)}`).join(', ');
  return `1 if the probability is at or above the threshold of the record's ${quote(column)}: ${listed}, and ${threshold} for a missing or other value. Otherwise 0.`;
}
