// Cutting and turning images, and their statistics.
import { expect, test } from 'vitest';
import { centreCrop, crop } from '../../../src/data/image/crop.ts';
import { orient } from '../../../src/data/image/orient.ts';
import type { Raster } from '../../../src/data/image/raster.ts';
import { statisticsOf } from '../../../src/data/image/statistics.ts';

const raster = (width: number, height: number, pixels: readonly number[]): Raster => ({
  width,
  height,
  channels: (pixels.length / width / height) as 1 | 3,
  pixels: Uint8Array.from(pixels),
});
const six = raster(3, 2, [1, 2, 3, 4, 5, 6]);
const pixelsOf = (image: Raster): number[] => [...image.pixels];

test('a rectangle inside, partly outside and wholly outside', () => {
  expect(pixelsOf(crop(six, { left: 1, top: 0, width: 2, height: 2 }))).toEqual([2, 3, 5, 6]);
  expect(pixelsOf(crop(six, { left: -1, top: 1, width: 3, height: 2 }))).toEqual([0, 4, 5, 0, 0, 0]);
  expect(pixelsOf(crop(six, { left: 2, top: -1, width: 2, height: 2 }))).toEqual([0, 0, 3, 0]);
  expect(pixelsOf(crop(six, { left: 3, top: 0, width: 1, height: 2 }))).toEqual([0, 0]);
  expect(pixelsOf(crop(six, { left: -9, top: 0, width: 2, height: 1 }))).toEqual([0, 0]);
  const colours = raster(2, 1, [1, 2, 3, 4, 5, 6]);
  expect(pixelsOf(crop(colours, { left: 1, top: 0, width: 2, height: 1 }))).toEqual([4, 5, 6, 0, 0, 0]);
});

test('the centre, as center_crop of transformers: the odd row and column', () => {
  // too large by one: the first of two columns that could go is kept
  expect(pixelsOf(centreCrop(six, { width: 2, height: 2 }))).toEqual([1, 2, 4, 5]);
  expect(pixelsOf(centreCrop(six, { width: 1, height: 1 }))).toEqual([2]);
  // too small by one: the padding comes before it
  expect(pixelsOf(centreCrop(six, { width: 4, height: 2 }))).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
  expect(pixelsOf(centreCrop(six, { width: 1, height: 3 }))).toEqual([0, 2, 5]);
});

test('all orientations of EXIF', () => {
  const turned = Array.from({ length: 8 }, (_, i) => orient(six, i + 1));
  expect(turned.map(pixelsOf)).toEqual([
    [1, 2, 3, 4, 5, 6],
    [3, 2, 1, 6, 5, 4],
    [6, 5, 4, 3, 2, 1],
    [4, 5, 6, 1, 2, 3],
    [1, 4, 2, 5, 3, 6],
    [4, 1, 5, 2, 6, 3],
    [6, 3, 5, 2, 4, 1],
    [3, 6, 2, 5, 1, 4],
  ]);
  expect(turned.map(({ width, height }) => [width, height])).toEqual([
    ...Array.from({ length: 4 }, () => [3, 2]),
    ...Array.from({ length: 4 }, () => [2, 3]),
  ]);
});

test('statistics by hand', () => {
  const grey = statisticsOf(raster(2, 1, [0, 255]));
  expect(grey).toMatchObject({ mean: [0.5], std: [0.5], brightness: 0.5, contrast: 0.5 });
  const red = statisticsOf(raster(1, 2, [255, 0, 0, 51, 0, 0]));
  expect(red.mean).toEqual([0.6, 0, 0]);
  expect(red.std).toEqual([0.4, 0, 0]);
  // 255 and 51 of red are 76 and 15 of grey
  expect(red.brightness).toBe(45.5 / 255);
  expect(red.contrast).toBe(30.5 / 255);
});

test('sharpness: 0 where nothing changes, and the variance of the Laplacian at 64 x 64', () => {
  expect(statisticsOf(raster(100, 80, new Array(8000).fill(77)))).toMatchObject({ contrast: 0, sharpness: 0 });
  const board = Array.from({ length: 4096 }, (_, i) => ((i >> 6) + i) % 2);
  // each pixel differs from its four neighbours by 1: the Laplacian is 4 or -4, as often
  expect(statisticsOf(raster(64, 64, board)).sharpness).toBe(16 / 255 ** 2);
});
