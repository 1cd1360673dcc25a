// Files and options with earlier names are still read; keys and student files do not change.
import { expect, test } from 'vitest';
import { mergeConfig, parseCommand } from '../../src/cli/parse.ts';
import { decodeOutcome, encodeOutcome } from '../../src/compare/outcome.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { distill } from '../../src/distill.ts';
import { packPlain } from '../../src/io/plain.ts';
import { digestOf } from '../../src/io/sha256.ts';
import { checkpointKey } from '../../src/student/checkpoint.ts';
import { getOrCompute } from '../../src/student/checkpoint-parts.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';

import { loadTeacher } from '../../src/teacher/onnx.ts';
import { model, wdbc } from '../models.ts';

const column = { name: 'x', kind: 'numeric', mean: 1, std: 2, offset: 0 };
const earlier = { clip: 10, columns: [{ ...column, transform: 'slog1p' }], F: 1 };
const current = { clip: 10, columns: [{ ...column, transform: 'symlog' }], encodedWidth: 1 };

test('a preprocessing may use F and slog1p, or encodedWidth and symlog', () => {
  const parsed = parsePreprocessing(current, 'p');
  expect(parsed).toEqual({ ...current, columns: [{ ...current.columns[0], width: 1 }] });
  expect(parsePreprocessing(earlier, 'p')).toEqual(parsed);
  expect(() => parsePreprocessing({ ...earlier, F: 2 }, 'p')).toThrow(/encodedWidth is "2"/);
});

test('a student file keeps the first names, and is read back with the current ones', () => {
  const preprocessing = parsePreprocessing(current, 'p');
  const data = { architecture: { hidden: [] }, parameters: Float32Array.of(1, 0), threshold: 0.5, provenance: {} };
  const bytes = encodeStudent(new Student({ ...data, preprocessing }));
  const header = new TextDecoder().decode(bytes.subarray(12));
  expect(header).toContain('"transform":"slog1p"');
  expect(header).toContain('"F":1');
  expect(header).not.toMatch(/symlog|encodedWidth/);
  expect(decodeStudent(bytes).preprocessing).toEqual(preprocessing);
});

test('digests and checkpoint keys use the first names', () => {
  const named = { optimizer: { learningRate: 1, weightDecay: 2 }, own: { ablate: ['trees'] } };
  const first = { optimizer: { rate: 1, decay: 2 }, own: { leaveOut: ['trees'] } };
  expect(digestOf(named)).toBe(digestOf(first));
  expect(checkpointKey(named)).toEqual(checkpointKey(first));
  expect(digestOf(named)).not.toBe(digestOf({ ...first, own: {} }));
});

test('a checkpoint part is read with the current names', async () => {
  const stored = packPlain({ judge: Float64Array.of(1), debias: { parts: [{ judgeWeight: 0.5, weight: 1 }] } });
  const checkpoint = { get: async () => stored, put: async () => undefined };
  const read = await getOrCompute(checkpoint, 'debiased', () => Promise.reject(new Error('it is there')));
  expect(read).toEqual({
    selectionMargins: Float64Array.of(1),
    debias: { parts: [{ selectionWeight: 0.5, weight: 1 }] },
  });
});

test('the settings of a finished cell are read with the current names', () => {
  const key = 'a'.repeat(64);
  const outcome = { kind: 'failed', seconds: 1, why: 'x', settings: { rate: 2, decay: 3 } };
  const bytes = encodeOutcome(key, outcome as unknown as Parameters<typeof encodeOutcome>[1]);
  expect(decodeOutcome(key, bytes)).toEqual({
    ...outcome,
    settings: { learningRateScale: 2, weightDecayScale: 3 },
  });
});

test.each([
  ['distill', 'spill', 'temp-dir', '/tmp'],
  ['distill', 'missing', 'na-values', 'x'],
  ['compare', 'leave-out', 'ablate', 'trees'],
  ['worker', 'silence', 'heartbeat-timeout', '4'],
])('%s --%s is taken as --%s', (command, old, name, value) => {
  const parsed = parseCommand([command, `--${old}`, value]);
  expect(parsed).toMatchObject({ values: { [name]: value }, notes: [`note: --${old} is now --${name}`] });
  expect(parseCommand([command, `--${name}`, value])).toMatchObject({ values: { [name]: value }, notes: [] });
  expect(() => parseCommand([command, `--${old}`, value, `--${name}`, value])).toThrow(`--${name}: given twice`);
});

test('a --config file may use an earlier name; the earlier name of another command is refused', () => {
  expect(mergeConfig('compare', { leaveOut: 'trees' }, {})).toEqual({ ablate: 'trees' });
  expect(() => parseCommand(['evaluate', '--leave-out', 'trees'])).toThrow(/option "--leave-out": unknown/);
});

test('a student file records how it was trained by the first names', async () => {
  const { train, validation, preprocessing } = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing });
  const optimizer = { name: 'sgd', learningRate: 0.01, weightDecay: 0 } as const;
  const { student } = await distill({
    teacher,
    train,
    validation,
    student: { hidden: [2] },
    epochs: 1,
    seed: 1,
    optimizer,
  });
  expect(student.provenance['training']).toMatchObject({ optimizer: { name: 'sgd', rate: 0.01, decay: 0 } });
});
