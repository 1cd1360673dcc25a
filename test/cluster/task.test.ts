// Jobs that are not tasks of this build are refused; packed data is unpacked unchanged.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openPackedTeacher, packTeacher } from '../../src/cluster/packed-teacher.ts';
import { redacted } from '../../src/cluster/redis.ts';
import { parseTask } from '../../src/cluster/task.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { packPlain, unpackPlain } from '../../src/io/plain.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, modelJson, wdbc } from '../models.ts';

const key = 'a'.repeat(64);
const labels = { build: 'b', kind: 'labels', key, title: 'rows', teacher: key, rows: key, count: 3 };
const cell = { build: 'b', kind: 'cell', key, title: 'kd of seed 1', inputs: key, job: { method: 'kd', seed: 1 } };

test('tasks', () => {
  for (const task of [labels, { ...labels, layer: 'h' }, cell, { ...cell, kind: 'student', setting: 4 }])
    expect(parseTask(task, 'b')).toEqual(task);
});

test('a task of another build is refused', () => {
  expect(() => parseTask({ ...cell, build: 'c' }, 'b')).toThrow(/from build "c" of debkd, expected build "b"; install/);
});

describe('refused', () => {
  const without = (task: object, name: string): object =>
    Object.fromEntries(Object.entries(task).filter(([key]) => key !== name));
  test.each([
    ...Object.keys(labels).map((name) => without(labels, name)),
    ...Object.keys(cell).map((name) => without(cell, name)),
    ...[null, undefined, 'labels', [], 3],
    ...['../../etc/passwd', key.slice(1), `${key}0`, key.toUpperCase(), '', 7].flatMap((bad) => [
      { ...labels, key: bad },
      { ...labels, rows: bad },
      { ...labels, teacher: bad },
      { ...cell, inputs: bad },
    ]),
    ...[-1, 1.5, '3', null].map((count) => ({ ...labels, count })),
    { ...labels, layer: 5 },
    { ...cell, job: { method: 'constructor', seed: 1 } },
    { ...cell, job: { method: 'kd', seed: -1 } },
    { ...cell, setting: 1 },
    { ...cell, kind: 'student' },
    { ...cell, kind: '__proto__' },
  ])('%j', (task) => {
    expect(() => parseTask(task, 'b')).toThrow(/^(queued task: altered|task: from build)/);
  });

  test('any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseTask(value, 'b')).toThrow(/^(queued task: altered|task: from build)/);
      }),
    );
  });
});

test('plain data with every kind of array', () => {
  const floats = fc.oneof(fc.double(), fc.constantFrom(-0, Infinity, -Infinity, NaN));
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      ...[floats, fc.string(), fc.boolean(), fc.constant(null), fc.float64Array(), fc.float32Array()],
      ...[fc.int32Array(), fc.uint32Array(), fc.uint16Array(), fc.int8Array(), fc.uint8Array()],
      fc.array(tie('any')),
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => !/^\$|^__proto__$/.test(name)),
        tie('any'),
        {
          noNullPrototype: true,
        },
      ),
    ),
  })).any;
  fc.assert(
    fc.property(value, (given) => {
      expect(unpackPlain(packPlain({ given }))).toEqual({ given });
    }),
  );
});

test('a packed teacher equals the teacher and does not contain its folder', async () => {
  const preprocessing = parsePreprocessing(modelJson('wdbc/preprocessing.json'), 'wdbc');
  const source = model('wdbc-mlp-biased/teacher.onnx');
  using teacher = await loadTeacher(source, { preprocessing });
  const packed = await packTeacher(source, { preprocessing });
  expect(packed).toEqual(await packTeacher(source, { preprocessing }));
  expect(new TextDecoder().decode(packed)).not.toContain('wdbc-mlp-biased/');
  using again = await openPackedTeacher(packed);
  expect([again.identity, again.name]).toEqual([teacher.identity, 'teacher.onnx']);
  const { test: rows } = await wdbc();
  expect((await again.margins(rows.features)).margins).toEqual((await teacher.margins(rows.features)).margins);
});

test('an address without its password', () => {
  expect(redacted('redis://user:p@ss@host:1/2')).toBe('redis://***@host:1/2');
  expect(redacted('rediss://:secret@host')).toBe('rediss://***@host');
  expect(redacted('rediss://default:aB+/x9@h:1')).toBe('rediss://***@h:1');
  expect(redacted('redis://host:6379')).toBe('redis://host:6379');
});
