// Selections: their rows and target probabilities.
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { debiasedSelection, labelSelection } from '../../src/student/selection.ts';

function rowsWith(labels: number[]): Dataset {
  const features = denseMatrix(new Float32Array(labels.length), 1);
  const preprocessing = { clip: 10, columns: [], encodedWidth: 1 };
  const rows = labels.length;
  return {
    ...{ rows, features, teacherInputs: features, preprocessing },
    ...{ labels: Int8Array.from(labels), folds: new Uint8Array(rows) },
  };
}

test('label selection uses the labelled rows', () => {
  const dataset = rowsWith([-1, 1, 0, -1, 1]);
  const { rows, targets, dataset: same } = labelSelection(dataset);
  expect([same, rows, targets]).toEqual([dataset, Uint32Array.of(1, 2, 4), Float64Array.of(1, 0, 1)]);
});

test('de-biased selection mixes a fifth of the label, or a given share, with the margin on all rows', () => {
  const margins = Float64Array.of(0, 0, Math.log(3));
  const { rows, targets } = debiasedSelection(rowsWith([1, 0, -1]), margins);
  expect(rows).toEqual(Uint32Array.of(0, 1, 2));
  [0.6, 0.4, 0.75].forEach((p, i) => {
    expect(targets[i]).toBeCloseTo(p, 12);
  });
  const half = debiasedSelection(rowsWith([1, 0, -1]), margins, 0.5);
  [0.75, 0.25, 0.75].forEach((p, i) => {
    expect(half.targets[i]).toBeCloseTo(p, 12);
  });
});

test('refuses a selection without rows', () => {
  const message = expect.stringMatching(/^validation: no rows to select the student by; give validation rows/);
  expect(() => labelSelection(rowsWith([-1, -1]))).toThrow(expect.objectContaining({ code: 'rows', message }));
  expect(() => labelSelection(rowsWith([]))).toThrow(expect.objectContaining({ code: 'rows' }));
  expect(() => debiasedSelection(rowsWith([]), new Float64Array(0))).toThrow(expect.objectContaining({ code: 'rows' }));
});
