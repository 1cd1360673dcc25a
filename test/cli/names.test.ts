// Names from untrusted files reach the terminal only with control characters escaped.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DebkdError, printable, quote } from '../../src/io/errors.ts';
import { field, numberField } from '../../src/io/protobuf.ts';
import { concat } from '../../src/io/source.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { debkd, temporary } from './run.ts';

/** Clears the screen, changes the direction of writing, starts a new line, and forges a message. */
const EVIL = 'a\x1b[2J\u202e\x9b31m\r\ndebkd: all is well\u2028\x07';
const OBEYED = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test('printable and quote escape every control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      expect(quote(text, 1000)).not.toMatch(OBEYED);
    }),
    { numRuns: 2000 },
  );
  expect(printable('naïve 名前 می\u200cخواهم 👩\u200d🔬')).toBe('naïve 名前 می\u200cخواهم 👩\u200d🔬');
  expect(printable('\x1b[31m\n')).toBe('\\u{1b}[31m\\u{a}');
});

/** An identity model with one column of this name. */
function model(name: string): Uint8Array<ArrayBuffer> {
  const info = (id: number, called: string): Uint8Array => {
    const shape = field(2, [field(1, [field(2, 'n')]), field(1, [numberField(1, 1)])]);
    return field(id, [field(1, called), field(2, [field(1, [numberField(1, 1), shape])])]);
  };
  const node = (from: string, to: string): Uint8Array => field(1, [field(1, from), field(2, to), field(4, 'Identity')]);
  const graph = [node(name, 'logit'), field(2, 'g'), info(11, name), info(12, 'logit')];
  return concat([numberField(1, 8), field(7, graph), field(8, [field(1, ''), numberField(2, 17)])]);
}

test('inspect, predict, evaluate, label and distill escape the names of columns, classes and tensors', () => {
  const cwd = temporary();
  writeFileSync(join(cwd, 't.onnx'), model(EVIL));
  const column = (name: string, offset: number) =>
    ({ name, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset, width: 1 }) as const;
  const student = new Student({
    ...{ architecture: { hidden: [] }, parameters: Float32Array.of(1, 0), threshold: 0.5 },
    preprocessing: { clip: 10, columns: [column(EVIL, 0)], encodedWidth: 1 },
    provenance: { target: { name: EVIL, positive: EVIL, negative: 'no' } },
  });
  writeFileSync(join(cwd, 's.debkd'), encodeStudent(student));
  const cell = JSON.stringify(EVIL);
  const line = (i: number): string => `{${cell}:${i - 20},"g":${cell},"label":${i % 3 ? 1 : 0}}`;
  writeFileSync(join(cwd, 'd.ndjson'), Array.from({ length: 40 }, (_, i) => line(i)).join('\n'));
  const data = ['--data', 'd.ndjson'];
  for (const args of [
    ['inspect', 't.onnx'],
    ['inspect', 't.onnx', '--output', EVIL],
    ['label', '--teacher', 't.onnx', ...data, '--drop', 'g,label,nothing'],
    ['label', '--teacher', 't.onnx', ...data, '--target', EVIL],
    ['predict', '--student', 's.debkd', ...data],
    ['evaluate', '--student', 's.debkd', ...data, '--groups', 'g'],
    [
      'distill',
      '--teacher',
      't.onnx',
      ...data,
      '--student',
      'logistic',
      '--epochs',
      '2',
      '--debias',
      'none',
      '--groups',
      'g',
    ],
    ['distill', '--teacher', 't.onnx', ...data, '--target', 'g'],
    [EVIL],
    ['distill', `--${EVIL}`],
  ]) {
    const { status, stdout, stderr } = debkd(args, { cwd });
    expect([0, 2], `${args[0]}: ${stderr}`).toContain(status);
    for (const text of [stdout, stderr]) {
      expect(text.replaceAll('\n', ''), args.join(' ')).not.toMatch(OBEYED);
      expect(text, args.join(' ')).not.toMatch(/^debkd: all is well/m);
    }
  }
});

test('messages of the library escape such names as well', async () => {
  const error = await loadTeacher(model(EVIL), { input: 'x' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DebkdError);
  expect((error as Error).message).not.toMatch(OBEYED);
});
