// Tiny models (tiny/make.py) with every kind of output and input that exporters write, under one contract.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import expected from './tiny/expected.json' with { type: 'json' };

interface Kind {
  convention: string;
  positiveClass?: 'first';
  tolerance?: number;
  integers?: boolean;
  shift?: number;
  refused?: boolean;
}
const kinds = Object.entries(expected as Record<string, Kind>).filter(([, kind]) => !kind.refused);
const place = (name: string): URL => new URL(`./tiny/${name}`, import.meta.url);

const inputs = [3, -1, 0, 0, 2, 5, -4, 7, 1, 1, 9, -9, 4, 4];
const rows = denseMatrix(Float32Array.from(inputs), 2);
const truth = Array.from({ length: 7 }, (_, i) => 2 * (inputs[2 * i] as number) - (inputs[2 * i + 1] as number) + 0.5);

describe.each(kinds)('%s', (name, kind) => {
  const options: TeacherOptions = kind.positiveClass ? { positiveClass: kind.positiveClass } : {};

  test('convention and margins', async () => {
    using teacher = await loadTeacher(place(`${name}.onnx`), options);
    expect(teacher.convention).toBe(kind.convention);
    expect(teacher.reading.reason.length).toBeGreaterThan(20);
    expect(teacher.width).toBe(2);
    const { margins, clippedCount } = await teacher.margins(rows);
    expect(clippedCount).toBe(0);
    expect(margins).toHaveLength(7);
    truth.forEach((v, i) => {
      const want = v + (kind.shift ?? 0);
      expect(Math.abs((margins[i] as number) - want)).toBeLessThan(
        (kind.tolerance ?? 1e-5) * Math.max(1, Math.abs(want)),
      );
    });
  });

  test('any batch size gives the same bits; no rows give no margins', async () => {
    using teacher = await loadTeacher(place(`${name}.onnx`), options);
    const whole = (await teacher.margins(rows)).margins;
    for (const batchSize of [1, 2, 5]) expect((await teacher.margins(rows, { batchSize })).margins).toEqual(whole);
    expect((await teacher.margins(denseMatrix(new Float32Array(0), 2))).margins).toHaveLength(0);
  });

  test('an abort rejects with the reason of the signal', async () => {
    using teacher = await loadTeacher(place(`${name}.onnx`), options);
    await expect(teacher.margins(rows, { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow('no more');
  });

  test('bytes and a path give the same margins', async () => {
    const externalData = new Map([['external.bin', new Uint8Array(readFileSync(place('external.bin')))]]);
    using teacher = await loadTeacher(new Uint8Array(readFileSync(place(`${name}.onnx`))), {
      ...options,
      externalData,
    });
    using there = await loadTeacher(place(`${name}.onnx`), options);
    expect((await teacher.margins(rows)).margins).toEqual((await there.margins(rows)).margins);
  });
});

test('the other class as class 1 mirrors every margin', async () => {
  using second = await loadTeacher(place('logits.onnx'));
  using first = await loadTeacher(place('logits.onnx'), { positiveClass: 'first' });
  expect((await first.margins(rows)).margins).toEqual((await second.margins(rows)).margins.map((v) => -v));
  await expect(loadTeacher(place('logit.onnx'), { positiveClass: 'first' })).rejects.toThrow(
    /1 value per row, expected 2, of which the first is class 1; leave out positiveClass/,
  );
});

test('weights outside the folder of a model are never read', async () => {
  const failure = await loadTeacher(place('escape.onnx')).catch((error) => error);
  expect([failure.code, failure.message]).toEqual([
    'teacher',
    expect.stringMatching(/"\.\.\/external\.bin", outside its folder, expected a file in the folder of the model/),
  ]);
});

test('missing weights are named', async () => {
  const bytes = new Uint8Array(readFileSync(place('external.onnx')));
  await expect(loadTeacher(bytes)).rejects.toThrow(
    /weights are in a separate file "external.bin"; give the file as externalData/,
  );
});

test('integer inputs refuse fractions', async () => {
  using teacher = await loadTeacher(place('int64.onnx'));
  await expect(teacher.margins(denseMatrix(Float32Array.of(0.5, 1), 2))).rejects.toThrow(
    /0.5 for an input of type int64, expected a whole number/,
  );
});
