// The errors of failed tasks as text in Redis, and what the coordinator makes of them.
import { describe, expect, test } from 'vitest';
import { alteredTask, isRequeueable, TASK_INPUTS } from '../../src/cluster/requeue.ts';
import { summaryOf, tasksFailed, throwFailures } from '../../src/cluster/task-error.ts';
import { packReason, parseReason } from '../../src/cluster/task-failure.ts';
import { DebkdError } from '../../src/io/errors.ts';

const refused = new DebkdError('column', {
  subject: 'data "x.csv", column "age"',
  seen: 'text\nin two lines',
  expected: 'a number',
  remedy: [{ id: 'drop-column', column: 'age' }, 'correct the cell'],
});

describe('the reason of a failed task', () => {
  test('is readable, and keeps the parts of the error', () => {
    const reason = packReason(refused);
    expect(reason.startsWith(refused.message)).toBe(true);
    const error = parseReason(reason);
    const { subject, seen, expected, remedies, message } = refused;
    expect(error).toMatchObject({ code: 'task', subject, seen, expected, remedies, message });
    expect(error.cause).toMatchObject({ code: 'column', message });
    expect(error.toSentence((setting, value) => `--${setting} ${value}`)).toContain('(--drop age)');
  });

  test('tells which tasks the coordinator queues again', () => {
    const inputs = new DebkdError('task', { subject: TASK_INPUTS, seen: 'rows missing' });
    for (const [error, again] of [
      [alteredTask('why'), true] as const,
      [inputs, true] as const,
      [refused, false] as const,
    ])
      expect(isRequeueable(parseReason(packReason(error))), error.subject).toBe(again);
  });

  test('may be the message of an unexpected error, or of BullMQ', () => {
    expect(parseReason(packReason(new TypeError('x is undefined'))).message).toBe(
      'worker: unexpected error (x is undefined)',
    );
    expect(parseReason('job stalled more than allowable limit').message).toMatch(
      /^workers: every worker that took the task stopped responding/,
    );
  });

  test.each([
    '',
    '{"build":',
    'null',
    '[]',
    '3',
    '{"message":4}',
    '{"message":"m","code":"task","problem":{"subject":1,"seen":"s"}}',
    '{"message":"m","code":"task","problem":{"subject":"a","seen":"s","remedy":{"id":"unknown"}}}',
    '{"message":"m","code":"task","problem":{"subject":"a","seen":"s","remedy":[null]}}',
  ])('may be anything: %s', (reason) => {
    expect(parseReason(reason)).toMatchObject({
      code: 'task',
      subject: 'worker',
      seen: expect.stringMatching(/^unexpected/),
    });
  });
});

describe('failed tasks', () => {
  const failures = Array.from({ length: 7 }, (_, i) => refused.within(`rows ${i}`));

  test('five are shown with the remedies that they share', () => {
    const { message, remedies } = tasksFailed(failures, 9);
    expect(message).toContain(`cluster: 7 of 9 tasks failed: ${summaryOf(failures[0] as DebkdError)}; rows 1: `);
    expect(message).toContain('rows 4: data');
    expect(message).toContain('; and 2 more; drop the column (drop: age), correct the cell, or run the same again');
    expect(message).not.toContain('rows 5');
    expect(remedies).toHaveLength(3);
  });

  test('an error of the cluster comes before errors of tasks', () => {
    const reject = (reason: unknown): PromiseSettledResult<void> => ({ status: 'rejected', reason });
    const done: PromiseSettledResult<void> = { status: 'fulfilled', value: undefined };
    const task = parseReason(packReason(refused));
    expect(() => throwFailures([done, reject(task)])).toThrow('1 of 2 tasks failed');
    const away = new Error('away');
    expect(() => throwFailures([reject(task), reject(away)])).toThrow(away);
    expect(() => throwFailures([done])).not.toThrow();
  });
});
