// Errors are data, and each host makes its own sentence of them.
import { expect, test } from 'vitest';
import { nameField } from '../../src/app/name-field.ts';
import { nameOption } from '../../src/cli/name-option.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { describeRemedy, nameParameter, type SettingRemedy } from '../../src/io/remedies.ts';

const problem = {
  subject: 'data "rows.csv", column "age"',
  seen: '"old" is text',
  expected: 'a number',
  remedy: [{ id: 'drop-column', column: 'age' }, 'correct it'],
} as const;

test('the library names parameters, the command line options, the page fields', () => {
  const error = new DebkdError('column', problem);
  const start = 'data "rows.csv", column "age": "old" is text, expected a number; drop the column';
  expect(error.message).toBe(`${start} (drop: age), or correct it`);
  expect(error.toSentence(nameOption)).toBe(`${start} (--drop age), or correct it`);
  expect(error.toSentence(nameField)).toBe(`${start} (field “Columns of the student”: age), or correct it`);
});

test('an error has its parts', () => {
  const { code, subject, seen, expected, remedies, field, cause } = new DebkdError('column', { ...problem, cause: 1 });
  expect({ code, subject, seen, expected, remedies, field, cause }).toEqual({
    code: 'column',
    subject: problem.subject,
    seen: problem.seen,
    expected: problem.expected,
    remedies: problem.remedy,
    field: undefined,
    cause: 1,
  });
});

test('what is not said is left out', () => {
  expect(new DebkdError('rows', { subject: 'data', seen: 'no rows' }).message).toBe('data: no rows');
  const one = new DebkdError('rows', { subject: 'data', seen: 'no rows', remedy: { id: 'add-rows' } });
  expect(one.message).toBe('data: no rows; give the part more rows (split)');
});

test('an error within something larger keeps its parts', () => {
  const inner = new DebkdError('source', { ...problem, field: 'age' });
  const outer = inner.within('option --split');
  expect(outer.message).toBe(`option --split: ${inner.message}`);
  expect(outer).toMatchObject({ code: 'source', seen: inner.seen, remedies: inner.remedies, field: 'age' });
  expect(outer.cause).toBe(inner);
});

test('options are quoted where a shell would change them', () => {
  expect(nameOption('drop', '')).toBe('--drop \'""\'');
  expect(nameOption('drop', "a b's")).toBe("--drop 'a b'\\''s'");
  expect(nameOption('class', 'a|b')).toBe('--class a|b');
  expect(nameOption('teacher-limit')).toBe('--teacher-limit');
  expect(nameParameter('teacher-limit', '9')).toBe('teacherLimit: 9');
  expect(nameParameter('na-values')).toBe('missing');
});

test('every remedy is a phrase without an option of the command line', () => {
  const remedies: SettingRemedy[] = [
    { id: 'state-convention', choices: ['logit', 'probability'] },
    { id: 'omit-setting', setting: 'preprocessing' },
    { id: 'name-class' },
    { id: 'skip-debias' },
  ];
  for (const remedy of remedies) {
    expect(describeRemedy(remedy, nameParameter)).not.toContain('--');
    expect(describeRemedy(remedy, nameOption)).toMatch(/--[a-z]/);
  }
});
