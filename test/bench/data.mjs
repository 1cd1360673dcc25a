// Seeded training rows: numeric columns, or numeric and categorical columns like those of adult.
import { denseMatrix } from '../library.mjs';

export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const column = (j) => ({
  name: `x${j}`,
  kind: 'numeric',
  transform: 'none',
  mean: 0,
  std: 1,
  offset: j,
  width: 1,
});

function datasetOf(features, rows, random) {
  const { width } = features;
  const preprocessing = { clip: 10, columns: Array.from({ length: width }, (_, j) => column(j)), encodedWidth: width };
  const labels = Int8Array.from({ length: rows }, () => (random() < 0.5 ? 1 : 0));
  const folds = Uint8Array.from({ length: rows }, () => Math.floor(random() * 5));
  const margins = Float64Array.from({ length: rows }, () => random() * 4 - 2);
  return { dataset: { rows, preprocessing, labels, folds, features, teacherInputs: features }, margins };
}

/** A dataset of rows x columns numbers in -1 .. 1. `values` holds the same numbers, for the rivals. */
export function denseRows(rows, columns, random = randomOf(12345)) {
  const values = Float32Array.from({ length: rows * columns }, () => random() * 2 - 1);
  return { ...datasetOf(denseMatrix(values, columns), rows, random), values };
}

/** A dataset with 6 numbers and 8 categories per row: 108 encoded columns. */
export function tabularRows(rows, random = randomOf(12345)) {
  const sizes = [9, 16, 7, 15, 6, 5, 2, 42];
  const words = new Int32Array(rows * 14);
  const floats = new Float32Array(words.buffer);
  for (let i = 0; i < rows; i++) {
    for (let s = 0; s < 6; s++) floats[i * 14 + s] = random() * 2 - 1;
    let offset = 6;
    sizes.forEach((size, c) => {
      words[i * 14 + 6 + c] = offset + Math.floor(random() * size);
      offset += size;
    });
  }
  const fieldColumns = Int32Array.from({ length: 14 }, (_, s) => (s < 6 ? s : -1));
  return datasetOf({ rows, fields: 14, width: 108, fieldColumns, data: words }, rows, random);
}
