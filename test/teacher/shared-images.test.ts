// Teachers of images in the shared folder: pixels and margins equal the stored ones, in any batches; the last hidden layer is that before the head.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { readyTeacher } from '../../src/teacher/ready-teacher.ts';
import { imageFolder, imageRows } from '../image-files.ts';
import { describeShared, shared, sharedFloats, sharedJson } from '../shared.ts';

interface Entry {
  readonly id: string;
  readonly data: string;
  readonly architecture: string;
  readonly convention: string;
  readonly preprocessor: string;
}
interface Reference {
  readonly margins: readonly number[];
  readonly pixelValues: readonly (readonly number[])[];
}

/** Rows of each teacher; all rows give at most 1.2e-5. */
const ROWS = 100;

describeShared('image teachers of ../shared', () => {
  const { teachers } = sharedJson<{ teachers: readonly Entry[] }>('images/teachers/teachers.json');
  test.each(teachers)('$id', async ({ id, data, architecture, convention, preprocessor }) => {
    const csv = gunzipSync(readFileSync(shared(`images/${data}/data.csv.gz`))).toString();
    const lines = csv.trim().split('\n').slice(1);
    const step = Math.floor(lines.length / ROWS);
    const picked = Array.from({ length: ROWS }, (_, i) => i * step + 1);
    const pathOf = (row: number): string => (lines[row] as string).split(',')[0] as string;
    const images = imageFolder(shared(`images/${data}/`));
    const logits = sharedFloats(`images/teachers/${id}.logits.f32`);
    using teacher = await loadTeacher(shared(`images/teachers/${id}.onnx`), {
      imageConfig: shared(`images/teachers/${preprocessor}`),
    });
    expect(teacher.convention).toBe(convention === 'logit' ? 'logit' : 'logits');
    expect(teacher.notes.some((note) => note.includes('one row at a time'))).toBe(false);

    const rows = imageRows(picked.map(pathOf), images);
    const { margins } = await teacher.margins(rows);
    const errors = picked.map((row, i) => Math.abs((margins[i] as number) - (logits[row] as number)));
    expect(Math.max(...errors)).toBeLessThan(1e-4);
    const few = await teacher.margins(imageRows(picked.slice(0, 12).reverse().map(pathOf), images), { batchSize: 5 });
    few.margins.reverse().forEach((margin, i) => {
      expect(margin).toBeCloseTo(margins[i] as number, 5);
    });

    const reference = sharedJson<Reference>(`images/teachers/${id}.reference.json`);
    const traced = await teacher.trace(
      imageRows(
        Array.from({ length: 10 }, (_, row) => pathOf(row)),
        images,
      ),
    );
    reference.pixelValues.forEach((values, row) => {
      values.forEach((value, k) => {
        expect(Math.abs((traced.inputs[0]?.values[row]?.[k] as number) - value)).toBeLessThan(1e-6);
      });
    });

    const found = teacher.hiddenLayer();
    const { width } = await teacher.features(rows, 'layer' in found ? found.layer : '');
    expect(width).toBe(architecture === 'resnet' ? 128 : 192);

    const labels = Int8Array.from(picked, (row) => Number((lines[row] as string).split(',').at(-1)));
    const ready = await readyTeacher(teacher, { target: undefined, labels, teacherInputs: rows });
    expect(ready.notes).toEqual(teacher.notes);
  });
});
