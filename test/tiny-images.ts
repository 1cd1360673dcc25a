// Students of small synthetic images, with and without other columns, and records of such images.
import type { Dataset } from '../src/data/dataset.ts';
import type { ImageColumn } from '../src/data/image-column.ts';
import { lookNames } from '../src/data/looks.ts';
import { IMAGE_FIELD, type Matrix } from '../src/data/matrix.ts';
import type { Preprocessing, PreprocessingColumn } from '../src/data/preprocessing.ts';
import { hardLabels } from '../src/loss/distillation.ts';
import type { Architecture } from '../src/student/architecture.ts';
import { fit as fitStudent } from '../src/student/fit.ts';
import type { RawImage, RawRecord } from '../src/student/record.ts';
import type { Student } from '../src/student/student.ts';
import { dice } from './random.ts';

/** The form of synthetic images. */
export interface TinyForm {
  readonly size: readonly [height: number, width: number];
  readonly channels: 1 | 3;
  /** Whether a number comes before the image and a category after it; default false. */
  readonly others?: boolean;
}

/** A preprocessing with an image column, "image", and perhaps "age" and "colour". */
export function tinyPreprocessing({ size, channels, others = false }: TinyForm): Preprocessing {
  const width = size[0] * size[1] * channels;
  const mean = [0.4, 0.5, 0.6].slice(0, channels);
  const std = [0.2, 0.25, 0.3].slice(0, channels);
  const offset = others ? 1 : 0;
  const image: ImageColumn = { name: 'image', kind: 'image', size, channels, mean, std, offset, width };
  const columns: PreprocessingColumn[] = others
    ? [
        { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 0, width: 1 },
        image,
        { name: 'colour', kind: 'categorical', categories: ['', 'red', 'blue'], offset: 1 + width, width: 3 },
      ]
    : [image];
  return { clip: 10, columns, encodedWidth: width + (others ? 4 : 0) };
}

/** The pixels of an image with edges, ramps and noise; seeds of one parity are brighter at the top. */
export function tinyPixels(seed: number, height: number, width: number, channels: number): Uint8Array {
  const d = dice(seed);
  const [slopeY, slopeX, noise] = [d.real(20, 120), d.real(-90, 90), d.real(5, 120)];
  const edge = d.below(width);
  const top = seed % 2 === 0 ? slopeY : -slopeY;
  return Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const [y, x, c] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels];
    const value = 128 + top * (0.5 - y / height) + (slopeX * x) / width + (x > edge ? 40 : 0) + 15 * c;
    return Math.max(0, Math.min(255, Math.round(value + noise * d.real(-1, 1))));
  });
}

/** A dataset of images at the student's size; labels are the seeds' parity. */
export function tinyDataset(form: TinyForm, rows: number, seed: number): Dataset {
  const preprocessing = tinyPreprocessing(form);
  const { size, channels, others = false } = form;
  const column = preprocessing.columns.find((one): one is ImageColumn => one.kind === 'image') as ImageColumn;
  const pixels = new Uint8Array(rows * column.width);
  const fields = preprocessing.columns.length;
  const data = new Int32Array(rows * fields);
  const floats = new Float32Array(data.buffer);
  const at = others ? 1 : 0;
  for (let i = 0; i < rows; i++) {
    pixels.set(tinyPixels(seed + i, size[0], size[1], channels), i * column.width);
    data[i * fields + at] = i;
    if (!others) continue;
    const { age, colour } = otherValues(seed + i);
    floats[i * fields] = (age - 40) / 10;
    data[i * fields + 2] = colour === 'green' ? -1 : 1 + column.width + ['', 'red', 'blue'].indexOf(colour);
  }
  const { mean, std, offset } = column;
  const looks = new Float32Array(rows * lookNames(channels).length);
  const features: Matrix = {
    ...{ rows, fields, width: preprocessing.encodedWidth, data },
    fieldColumns: Int32Array.from(others ? [0, IMAGE_FIELD, -1] : [IMAGE_FIELD]),
    images: { size, channels, mean, std, offset, pixels, looks },
  };
  const labels = Int8Array.from({ length: rows }, (_, i) => (seed + i) % 2);
  const folds = Uint8Array.from({ length: rows }, (_, i) => i % 5);
  return { rows, features, teacherInputs: features, preprocessing, labels, folds };
}

function otherValues(seed: number): { age: number; colour: string } {
  const d = dice(seed + 5000);
  return { age: 20 + d.below(40), colour: ['', 'red', 'blue', 'green'][d.below(4)] as string };
}

/** Row `i` of tinyDataset as a record; with other sizes and channels its image is another one. */
export function tinyRecord(
  { size, channels, others = false }: TinyForm,
  seed: number,
  image: Partial<{ readonly height: number; readonly width: number; readonly channels: 1 | 3 | 4 }> = {},
): RawRecord & { readonly image: RawImage } {
  const { height = size[0], width = size[1], channels: own = channels } = image;
  const pixels = tinyPixels(seed, height, width, own);
  return { image: { pixels, width, height }, ...(others && otherValues(seed)) };
}

/** A student trained for a moment on tinyDataset. */
export async function tinyImageStudent(form: TinyForm, architecture: Architecture, seed: number = 1): Promise<Student> {
  const data = tinyDataset(form, 48, seed);
  const targets = { margins: Float64Array.from(data.labels, (y) => 4 * y - 2) };
  return await fitStudent(architecture, data, targets, hardLabels(), { seed, epochs: 2, batchSize: 16 });
}

/** Students of every kind of stage, grey and colour, with and without hidden layers and other columns. */
export const IMAGE_CASES: readonly (readonly [Architecture, TinyForm])[] = [
  [
    { hidden: [], conv: { channels: [3] } },
    { size: [8, 8], channels: 1 },
  ],
  [
    { hidden: [], conv: { channels: [8, 12] } },
    { size: [16, 13], channels: 3 },
  ],
  [
    { hidden: [5], conv: { channels: [6, 10] } },
    { size: [11, 16], channels: 3, others: true },
  ],
  [
    { hidden: [], conv: { channels: [5, 9], kernel: 5 } },
    { size: [12, 12], channels: 1, others: true },
  ],
  [
    { hidden: [4], activation: 'tanh', conv: { channels: [6, 7, 9], blocks: 'separable' } },
    { size: [17, 16], channels: 3 },
  ],
  [
    { hidden: [6, 6], activation: 'gelu', residual: true, conv: { channels: [8, 5], blocks: 'residual' } },
    { size: [9, 14], channels: 1, others: true },
  ],
  [
    { hidden: [], conv: { channels: [4, 8], blocks: 'separable', kernel: 5 } },
    { size: [16, 16], channels: 1 },
  ],
];
