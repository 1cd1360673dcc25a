// The errors of the app's thread, in the words of a page.
import { expect, test } from 'vitest';
import { workErrorOf } from '../../src/app/remote.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { exceeded, RUNTIME_SECONDS } from '../../src/io/limit.ts';

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

test.each<[string, unknown, string, string | RegExp]>([
  [
    'a refusal has its code, and no options of the command line',
    new DebkdError('target', {
      subject: 'column "y"',
      seen: 'neither value is 1, true or yes',
      remedy: [{ id: 'state-positive', choices: ['a', 'b'] }, 'write 1 and 0'],
    }),
    'target',
    'column "y": neither value is 1, true or yes; state the value of class 1 (value of class 1: a|b), or write 1 and 0',
  ],
  ['an abort', new DOMException('cancelled', 'AbortError'), 'aborted', 'cancelled'],
  ['a file that was moved', named('NotReadableError', 'x'), 'source', /cannot be read any more.*Choose it again/],
  ['a file that was deleted', named('NotFoundError', 'x'), 'source', /cannot be read any more/],
  [
    'rows beyond memory',
    new RangeError('Array buffer allocation failed'),
    'memory',
    /not enough memory for these rows/,
  ],
  ['another range', new RangeError('far'), 'fault', 'this is a fault of debkd, please report it: RangeError: far'],
  ['what is no error', 'odd', 'fault', 'this is a fault of debkd, please report it: Error: odd'],
  [
    'a teacher that takes too long stops the thread',
    exceeded(RUNTIME_SECONDS),
    'fault',
    /^the worker of this page stopped \(the ONNX runtime took longer than the limit of 60 s [^;]*\); reload the page: what was chosen is kept$/,
  ],
  [
    'a thread that stopped',
    new DebkdError('wasm', { subject: 'worker', seen: 'it failed (out of memory)', remedy: 'open another' }),
    'fault',
    'the worker of this page stopped (it failed (out of memory)); reload the page: what was chosen is kept',
  ],
  [
    'a host without SIMD is no thread that stopped',
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
