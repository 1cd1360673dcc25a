// Errors of the app's worker, worded for users of the page.
import { expect, test } from 'vitest';
import { nameField } from '../../src/app/name-field.ts';
import { workErrorOf } from '../../src/app/remote.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { exceeded, RUNTIME_SECONDS } from '../../src/io/limit.ts';

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

test.each<[string, unknown, string, string | RegExp]>([
  [
    'a DebkdError keeps its code and names fields of the page',
    new DebkdError('target', {
      subject: 'column "y"',
      seen: 'neither value is 1, true or yes',
      remedy: [{ id: 'state-positive', choices: ['a', 'b'] }, 'write 1 and 0'],
    }),
    'target',
    'column "y": neither value is 1, true or yes; state the value of class 1 (field “Class 1”: a|b), or write 1 and 0',
  ],
  ['a cancelled call', new DOMException('cancelled', 'AbortError'), 'aborted', 'cancelled'],
  ['a file that was moved', named('NotReadableError', 'x'), 'source', /can no longer be read; choose it again/],
  ['a file that was deleted', named('NotFoundError', 'x'), 'source', /can no longer be read/],
  [
    'rows that exceed the memory',
    new RangeError('Array buffer allocation failed'),
    'memory',
    /not enough memory for these rows/,
  ],
  ['any other RangeError', new RangeError('far'), 'fault', 'this is a bug in debkd, please report it: RangeError: far'],
  ['a value that is not an Error', 'odd', 'fault', 'this is a bug in debkd, please report it: Error: odd'],
  [
    'a teacher that exceeds the time limit stops the worker',
    exceeded(RUNTIME_SECONDS),
    'fault',
    /^the worker of this page stopped \(the ONNX runtime took longer than the limit of 60 s [^;]*\); reload the page, /,
  ],
  [
    'a worker that failed',
    new DebkdError('wasm', { subject: 'worker', seen: 'it failed (out of memory)', remedy: 'open another' }),
    'fault',
    'the worker of this page stopped (it failed (out of memory)); reload the page, your choices are stored',
  ],
  [
    'a host without SIMD is not a stopped worker',
    new DebkdError('wasm', { subject: 'kernels', seen: 'this host has no SIMD', remedy: 'use another' }),
    'wasm',
    'kernels: this host has no SIMD; use another',
  ],
])('%s', (_, error, code, message) => {
  const said = workErrorOf(error);
  expect(said.code).toBe(code);
  if (typeof message === 'string') expect(said.message).toBe(message);
  else expect(said.message).toMatch(message);
});

test('a setting without a field is named as one of the command line', () => {
  expect(nameField('batch-size')).toBe('batch size, only on the command line');
});
