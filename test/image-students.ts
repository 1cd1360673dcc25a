// Rows with images for students: bars that run across or down, whose direction is the class.
import type { Dataset } from '../src/data/dataset.ts';
import { IMAGE_FIELD, type Matrix, type StoredMatrix } from '../src/data/matrix.ts';
import { openMatrixFile } from '../src/data/matrix-file.ts';
import type { Preprocessing } from '../src/data/preprocessing.ts';
import type { TempFile } from '../src/io/temp-file.ts';
import { dice } from './random.ts';

/** What drawImages makes. */
export interface ImageWorld {
  readonly dataset: Dataset;
  /** Margins of a teacher that is right. */
  readonly margins: Float64Array;
}

/** Draws rows: a number, an image, and a category of three. */
export function drawImages(
  rows: number,
  seed: number,
  { size = [9, 11], channels = 1 }: { size?: readonly [number, number]; channels?: 1 | 3 } = {},
): ImageWorld {
  const d = dice(seed);
  const [height, width] = size;
  const values = height * width * channels;
  const labels = Int8Array.from({ length: rows }, () => d.below(2));
  const pixels = new Uint8Array(rows * values);
  const data = new Int32Array(3 * rows);
  const floats = new Float32Array(data.buffer);
  for (let i = 0; i < rows; i++) {
    const phase = d.below(4);
    for (let k = 0; k < values; k++) {
      const pixel = Math.floor(k / channels);
      const along = labels[i] ? pixel % width : Math.floor(pixel / width);
      pixels[i * values + k] = ((along + phase) % 4 < 2 ? 60 : 170) + d.below(60);
    }
    floats[3 * i] = d.real(-2, 2);
    data[3 * i + 1] = i;
    data[3 * i + 2] = 1 + values + d.below(3);
  }
  const [mean, std] = [new Array(channels).fill(0.5), new Array(channels).fill(0.25)];
  const form = { size, channels, mean, std, offset: 1 };
  const preprocessing: Preprocessing = {
    clip: 10,
    columns: [
      { name: 'age', kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: 0, width: 1 },
      { name: 'image', kind: 'image', ...form, width: values },
      { name: 'kind', kind: 'categorical', categories: ['a', 'b', 'c'], offset: 1 + values, width: 3 },
    ],
    encodedWidth: values + 4,
  };
  const looks = new Float32Array(rows * (channels === 1 ? 5 : 11));
  const features: Matrix = {
    ...{ rows, fields: 3, width: values + 4, fieldColumns: Int32Array.of(0, IMAGE_FIELD, -1), data },
    images: { ...form, pixels, looks },
  };
  const dataset = { rows, features, teacherInputs: features, preprocessing, labels, folds: new Uint8Array(rows) };
  return { dataset, margins: Float64Array.from(labels, (y) => (y ? 3 : -3) + d.real(-1, 1)) };
}

/** A temporary file in memory. */
export function memoryFile(): TempFile {
  let bytes = new Uint8Array(0);
  return {
    append(more) {
      const at = bytes.length;
      const all = new Uint8Array(at + more.length);
      all.set(bytes);
      all.set(more, at);
      bytes = all;
      return at;
    },
    read: (at, length) => bytes.slice(at, at + length),
    [Symbol.dispose]: () => undefined,
  };
}

/** The rows of a matrix in files. */
export function inFiles(matrix: Matrix): StoredMatrix {
  const file = openMatrixFile({ openTempFile: memoryFile }, matrix.rows);
  file.add(matrix);
  return file.matrix();
}
