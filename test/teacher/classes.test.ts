// Margins of one class of several, and of one label of several, against scikit-learn and PyTorch (../golden/classes.py).
import { describe, expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import golden from '../golden/classes.json' with { type: 'json' };

interface Model {
  readonly name: string;
  readonly onnx: string;
  readonly tolerance: number;
  readonly clipped: number | Readonly<Record<string, number>>;
  readonly classes: Readonly<Record<string, readonly number[]>>;
  readonly config?: Readonly<Record<string, unknown>>;
}
const rows = denseMatrix(Float32Array.from(golden.rows.flat()), 3);
const models = golden.models as unknown as readonly Model[];

describe.each(models)('$name', ({ onnx, tolerance, clipped, classes, config }) => {
  const bytes = Uint8Array.from(Buffer.from(onnx, 'base64'));
  const options = config ? { config } : {};

  test.each(Object.entries(classes))('the margins of %s', async (name, want) => {
    using teacher = await loadTeacher(bytes, { ...options, class: name });
    const { margins, clippedCount } = await teacher.margins(rows);
    expect(clippedCount).toBe(typeof clipped === 'number' ? clipped : clipped[name]);
    want.forEach((v, i) => {
      expect(Math.abs((margins[i] as number) - v), `row ${i}: ${margins[i]} for ${v}`).toBeLessThan(
        tolerance * Math.max(1, Math.abs(v)),
      );
    });
    expect(teacher.reading.className).toBe(name);
  });

  test('the classes are known before one is chosen; the label chooses one', async () => {
    using teacher = await loadTeacher(bytes, options);
    expect(teacher.reading).toMatchObject({ positiveClass: 'open', classes: Object.keys(classes) });
    await expect(teacher.margins(rows)).rejects.toThrow(/name the class that is class 1 \(class\)/);
    const [, positive = ''] = Object.keys(classes);
    using stated = await loadTeacher(bytes, { ...options, class: positive });
    const chosen = teacher.forTarget({ name: 'label', positive: positive.toUpperCase(), negative: 'other' });
    expect([chosen.identity, chosen.refusal, chosen.reading.className]).toEqual([stated.identity, undefined, positive]);
    expect((await chosen.margins(rows)).margins).toEqual((await stated.margins(rows)).margins);
    expect(chosen.notes.join()).toMatch(new RegExp(`class 1 is the (class|label) "${positive}"`));
  });
});
