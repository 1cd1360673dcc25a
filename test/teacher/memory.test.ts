// A teacher that runs out of memory on a batch gets smaller batches.
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { wideOnnx } from '../tiny-onnx.ts';

test('300 rows of 16 MiB each run in several batches, with correct margins', async () => {
  using teacher = await loadTeacher(wideOnnx(2 ** 22), { convention: 'logit' });
  const rows = denseMatrix(
    Float32Array.from({ length: 600 }, (_, i) => i / 300),
    2,
  );
  const seen: number[] = [];
  const { margins } = await teacher.margins(rows, { onProgress: ({ done }) => seen.push(done) });
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toBe(300);
  margins.forEach((v, i) => {
    expect(Math.abs(v - (4 * i + 1) / 600)).toBeLessThan(1e-3);
  });
});
