// Changes of training images: what the first convolution reads, against a reference in TypeScript, bit for bit.
import { expect, test } from 'vitest';
import { byteValues } from '../../src/data/image-rows.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { philox, seedWords } from '../../src/kernels/random.ts';
import { STREAM_AUGMENT } from '../../src/kernels/streams.ts';
import { type Change, kernelChanges, parseChanges } from '../../src/student/augmentation.ts';
import { bindMatrix, createNetwork, inputsOf } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import { drawImages } from '../image-students.ts';

const SEED = 2 ** 40 + 7;
type Pixels = number[][][];

/** How the kernel changes the image at a position of an epoch. */
function changed(image: Pixels, changes: readonly Change[], position: number, epoch: number): Pixels {
  const [bits = 0, w1 = 0, w2 = 0, w3 = 0] = philox([0, position + 1, STREAM_AUGMENT, epoch], seedWords(SEED));
  const [height, width] = [image.length, image[0]?.length as number];
  let now = image;
  if (changes.includes('turn') && height === width)
    for (let k = 0; k < ((bits >> 2) & 3); k++) {
      const before = now;
      now = before.map((row, y) => row.map((_, x) => (before[x] as number[][])[width - 1 - y] as number[]));
    }
  if (changes.includes('mirror') && bits & 1) now = now.map((row) => row.toReversed());
  if (changes.includes('flip') && bits & 2) now = now.toReversed();
  if (changes.includes('shift')) {
    const most = Math.max(1, Math.round(0.1 * Math.min(height, width)));
    const [down, right] = [w1, w2].map((w) => Math.floor((w * (2 * most + 1)) / 2 ** 32) - most) as [number, number];
    const clamp = (at: number, end: number): number => Math.min(Math.max(at, 0), end - 1);
    const before = now;
    now = before.map((row, y) =>
      row.map((_, x) => (before[clamp(y - down, height)] as number[][])[clamp(x - right, width)] as number[]),
    );
  }
  if (!changes.includes('brightness')) return now;
  const factor = Math.fround(1 + Math.fround(0.2) * (2 * (w3 / 2 ** 32) - 1));
  const bright = (v: number): number => Math.floor(Math.min(Math.fround(Math.fround(v * factor) + 0.5), 255));
  return now.map((row) => row.map((pixel) => pixel.map(bright)));
}

/** The input of a convolution with windows of 3 x 3: a border of zeros around the values of the pixels. */
function padded(image: Pixels, values: Float32Array): number[] {
  const [width, channels] = [image[0]?.length as number, image[0]?.[0]?.length as number];
  const empty = new Array<number>((width + 2) * channels).fill(0);
  const gap = new Array<number>(channels).fill(0);
  const rows = image.flatMap((row) => [
    ...gap,
    ...row.flatMap((pixel) => pixel.map((v, c) => values[256 * c + v] as number)),
    ...gap,
  ]);
  return [...empty, ...rows, ...empty];
}

const cases: [size: [number, number], channels: 1 | 3, changes: string][] = [
  [[9, 11], 1, 'none'],
  [[9, 11], 3, 'mirror'],
  [[9, 11], 1, 'flip'],
  [[10, 10], 3, 'turn'],
  [[9, 11], 1, 'turn'],
  [[8, 30], 3, 'shift'],
  [[24, 26], 1, 'shift'],
  [[9, 11], 3, 'brightness'],
  [[11, 11], 3, 'mirror,flip,turn,shift,brightness'],
  [[9, 12], 1, 'mirror,flip,turn,shift,brightness'],
];
test.each(cases)('%j x %i: %s', (size, channels, text) => {
  const changes = parseChanges(text);
  const [rows, batch] = [11, 4];
  const { features } = drawImages(rows, 5, { size, channels }).dataset;
  const images = features.images as NonNullable<typeof features.images>;
  const [height, width] = size;
  const length = height * width * channels;
  const imageOf = (row: number): Pixels =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => {
        const at = row * length + (y * width + x) * channels;
        return [...images.pixels.subarray(at, at + channels)];
      }),
    );
  using arena = openArena();
  const { kernels } = arena;
  const net = createNetwork(arena, inputsOf(features), { hidden: [], conv: { channels: [2] } }, { training: true });
  bindMatrix(arena, net, placeMatrix(arena, features), batch);
  kernels.setChanges(net, ...kernelChanges(changes, size));
  const order = arena.reserve(4 * rows);
  const zeros = arena.reserve(8 * rows);
  kernels.bindTargets(net, order, arena.put(new Int8Array(rows)), zeros, zeros, 0, 1, 1, 0.01, 0);
  kernels.startNetwork(net, ...seedWords(SEED));
  let differ = 0;
  for (const epoch of [1, 2, 3]) {
    kernels.drawOrder(order, rows, ...seedWords(SEED), epoch);
    const visited = arena.u32(order, rows);
    kernels.beginEpoch(net, ...seedWords(SEED), epoch);
    for (let from = 0; from < rows; from += batch) {
      const to = Math.min(rows, from + batch);
      kernels.trainRows(net, from, to);
      const wanted = Array.from(visited.subarray(from, to), (row, i) =>
        changed(imageOf(row), changes, from + i, epoch),
      );
      differ += wanted.filter((image, i) => `${image}` !== `${imageOf(visited[from + i] as number)}`).length;
      const bytes = Float32Array.from(wanted.flatMap((image) => padded(image, byteValues(images))));
      const memory = Buffer.from(kernels.memory.buffer);
      expect(memory.indexOf(Buffer.from(bytes.buffer)), `epoch ${epoch}, position ${from}`).toBeGreaterThan(0);
    }
  }
  const unchanged = text === 'none' || (text === 'turn' && height !== width);
  if (unchanged) expect(differ).toBe(0);
  else expect(differ).toBeGreaterThan(8);
});

test('the kernel takes flags, pixels of a shift, and a factor', () => {
  expect(kernelChanges(parseChanges('mirror,flip,turn'), [32, 32])).toEqual([7, 0, 0]);
  expect(kernelChanges(parseChanges('turn, shift'), [32, 30])).toEqual([0, 3, 0]);
  expect(kernelChanges(parseChanges('shift'), [8, 96])).toEqual([0, 1, 0]);
  expect(kernelChanges(parseChanges('brightness'), [32, 32])).toEqual([0, 0, 0.2]);
  expect(parseChanges(' none ')).toEqual([]);
  expect(parseChanges('shift,mirror')).toEqual(['mirror', 'shift']);
  expect(() => parseChanges('miror')).toThrow(
    'changes of training images: "miror", expected some of mirror, flip, turn, shift, brightness; did you mean mirror?',
  );
  expect(() => parseChanges('mirror,none')).toThrow('"none", expected some of');
});
