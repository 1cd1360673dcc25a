// What does not fit a teacher of images, or is none, gets one clear error.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { parseImageConfig } from '../../src/teacher/image-config.ts';
import { parseTimmConfig, timmConfig } from '../../src/teacher/image-config-timm.ts';
import { imageInput } from '../../src/teacher/image-reading.ts';
import { finalSize, pixelTable } from '../../src/teacher/image-steps.ts';
import { centreOf } from '../../src/teacher/image-tensor.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import { imageFiles, imageRows } from '../image-files.ts';
import { plainImage, tinyImageOnnx } from '../tiny-image-model.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

const CONFIG = {
  image_processor_type: 'ViTImageProcessor',
  do_resize: true,
  size: { height: 8, width: 8 },
  resample: 2,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
};
const stated: TeacherOptions = { imageConfig: CONFIG };
const images = imageFiles((text) => (text === 'bad.png' ? Uint8Array.of(1, 2, 3) : plainImage([200, 100, 0], 12)));
const codes = Uint32Array.of(0, 1);
const numbers = { name: 'n.csv', rows: 2, rowNumbers: codes, columns: [{ name: 'age', codes, texts: ['1', '2'] }] };

describe('the inputs of models that read images', () => {
  const of = (shape: (number | string)[], type = 'float32', name = 'x') => imageInput([{ name, type, shape }]);
  test.each([
    [['N', 3, 224, 224], { layout: 'channels-first', channels: 3, height: 224, width: 224 }],
    [['N', 224, 192, 3], { layout: 'channels-last', channels: 3, height: 224, width: 192 }],
    [[1, 1, 28, 28], { layout: 'channels-first', channels: 1 }],
    [['N', 3, 'height', 'width'], { height: undefined, width: undefined }],
    [['N', 'num_channels', 'height', 'width'], { layout: 'channels-first', channels: 3 }],
    [['N', 'h', 'w', 'channels'], { layout: 'channels-last', channels: 3 }],
  ])('%j', (shape, found) => expect(of(shape)).toMatchObject(found));
  test('others', () => {
    for (const shape of [
      ['N', 3],
      ['N', 1, 2, 1],
      ['N', 4, 32, 32],
      ['a', 'b', 'c', 'd'],
      ['N', 3, 8, 8, 8],
    ])
      expect(of(shape)).toBeUndefined();
    expect(of(['N', 3, 32, 32], 'int8')).toBeUndefined();
    expect(of(['a', 'b', 'c', 'd'], 'float32', 'pixel_values')).toMatchObject({ layout: 'channels-first' });
    expect(imageInput([{ name: 'x', type: 'float32', shape: ['a', 'b', 'c', 'd'] }], 'channels-last')).toMatchObject({
      layout: 'channels-last',
    });
  });
});

describe('options and configurations that do not fit', () => {
  test.each<[TeacherOptions, RegExp]>([
    [
      { imageConfig: { ...CONFIG, size: { height: 16, width: 16 } } },
      /makes images of 16 x 16, and input "pixel_values" takes 8 x 8 pixels.*imageSize/s,
    ],
    [
      { imageConfig: { ...CONFIG, size: { shortest_edge: 8 }, image_processor_type: 'CLIPImageProcessor' } },
      /makes images of several sizes/,
    ],
    [{ imageConfig: { ...CONFIG, do_resize: false } }, /several sizes/],
    [{ imageSize: 9 }, /the stated size makes images of 9 x 9.*leave out imageSize/s],
    [{ imageSize: [8, 0] }, /image size: "8,0", expected one whole number/],
    [{ imageMean: [0.5, 0.5] }, /image mean: "0.5, 0.5"/],
    [{ imageMean: 127.5, imageStd: 127.5 }, /too large for bytes \/ 255.*0\.\.255/s],
    [{ imageStd: 0 }, /numbers above 0/],
    [{ imageLayout: 'channels-last' }, /is channels-first, not channels-last.*leave out imageLayout/s],
    [{ imageOrder: 'grey' }, /image order: "grey", expected rgb or bgr/],
    [{ imageScale: '1..2' as '0..1' }, /image scale: "1\.\.2", expected 0\.\.1, -1\.\.1, 0\.\.255/],
    [{ imageConfig: [] as never }, /not a JSON object/],
    [{ imageMean: 0, inputs: { pixel_values: ['a'] } }, /both columns and images are stated.*leave out inputs/s],
  ])('%j', async (options, message) => {
    await expect(loadTeacher(tinyImageOnnx(), options)).rejects.toThrow(message);
  });
  test('a free size must be stated', async () => {
    const free = tinyImageOnnx({ shape: ['N', 3, 'h', 'w'] });
    await expect(loadTeacher(free)).rejects.toThrow(/images of any size \(input "pixel_values"\).*imageSize/s);
    using teacher = await loadTeacher(free, { config: { image_size: 10 }, imageMean: 0 });
    expect(teacher.image?.size).toEqual([10, 10]);
    expect(teacher.notes).toContain('teacher: the size of its images, 10 x 10, is that of its config.json');
  });
  test('a model of a table takes no image options', async () => {
    await expect(loadTeacher(tinyOnnx(), stated)).rejects.toThrow(
      /its inputs take no images \(input \(float32 \[n, 2\]\)\), and imageConfig is given/,
    );
    // the column is ignored, as that of text
    using _ = await loadTeacher(tinyOnnx(), { image: 'photo' });
  });
  test('an input of bytes takes pixels as they are, and says so', async () => {
    using teacher = await loadTeacher(tinyImageOnnx({ type: 2 }), stated);
    expect(teacher.image).toMatchObject({ values: 'bytes as they are', isOpen: false });
    expect(teacher.notes).toContainEqual(expect.stringMatching(/input takes bytes.*without bytes \/ 255, mean 0\.5/));
    const { margins } = await teacher.margins(imageRows(['a.ppm'], images));
    expect(margins[0]).toBeCloseTo(300, 3);
    using plain = await loadTeacher(tinyImageOnnx({ type: 2 }));
    expect(plain.notes).toEqual([]);
  });
});

describe('rows that do not fit', () => {
  test('numbers, encoded rows, several columns of images', async () => {
    using teacher = await loadTeacher(tinyImageOnnx(), stated);
    await expect(teacher.margins(numbers)).rejects.toThrow(
      /no column holds images, which teacher .* takes.*image: COLUMN/s,
    );
    expect(() => teacher.forTable(numbers)).toThrow(/no column holds images/);
    await expect(teacher.margins(denseMatrix(new Float32Array(4), 2))).rejects.toThrow(
      /it takes images, but the rows are encoded/,
    );
    const two = imageRows(['a.ppm'], images);
    const both = {
      ...two,
      columns: [...two.columns, { ...(two.columns[0] as (typeof two.columns)[0]), name: 'other' }],
    };
    await expect(teacher.margins(both)).rejects.toThrow(/2 columns hold images \("image", "other"\)/);
    using named = await loadTeacher(tinyImageOnnx(), { ...stated, image: 'other' });
    expect(named.forTable(both).inputs).toEqual(['other']);
    await expect(named.margins(two)).rejects.toThrow(/no column "other", which should hold the images/);
    using age = await loadTeacher(tinyImageOnnx(), { ...stated, image: 'age' });
    await expect(age.margins(numbers)).rejects.toThrow(/column "age" holds no images that were opened/);
  });
  test('a teacher of a table gets images', async () => {
    using teacher = await loadTeacher(tinyOnnx({ inputs: 1 }));
    await expect(teacher.margins(imageRows(['a.ppm'], images))).rejects.toThrow(/column "image", row 1.*"a\.ppm"/s);
  });
  test('a damaged image is named by its row', async () => {
    using teacher = await loadTeacher(tinyImageOnnx(), stated);
    const rows = imageRows(['a.ppm', 'bad.png'], { ...images, header: () => images.header('a.ppm') });
    await expect(teacher.margins(rows)).rejects.toThrow(/data "images\.csv", row 2, image "bad\.png"/);
  });
  test('a model of one channel turns colours into grey', async () => {
    using teacher = await loadTeacher(tinyImageOnnx({ shape: ['N', 1, 8, 8], weights: [1] }), { imageScale: '0..255' });
    expect(teacher.why.inputs).toContain('grey');
    const { margins } = await teacher.margins(imageRows(['a.ppm'], images));
    // Pillow: (200 * 19595 + 100 * 38470 + 0x8000) >> 16
    expect(margins[0]).toBe(118);
  });
});

describe('preprocessor_config.json', () => {
  const read = (more: object) => parseImageConfig({ ...CONFIG, ...more }, 'folder/p.json');
  test.each<[object, RegExp]>([
    [{ resample: 6 }, /resample is "6", expected a number from 0 to 5/],
    [{ do_pad: true }, /do_pad is true, a step that is not known here/],
    [{ do_resize: 'yes' }, /do_resize is "yes"/],
    [{ size: { longest_edge: 8 } }, /size has "longest_edge"/],
    [{ size: { height: 8.5, width: 8 } }, /size has "8.5"/],
    [{ size: null }, /do_resize is true without a size/],
    [
      { size: 8, image_processor_type: 'OwnProcessor' },
      /size is the number 8, which may be both sides or the shorter one/,
    ],
    [{ do_center_crop: true }, /do_center_crop is true without a crop_size/],
    [{ crop_pct: 0.9 }, /crop_pct is "0.9", which only ConvNext/],
    [{ image_processor_type: 'ConvNextImageProcessor' }, /ConvNextImageProcessor with height and width/],
    [{ image_mean: null }, /do_normalize is true without image_mean/],
    [{ image_std: [1, 0, 1] }, /image_std has 0/],
    [{ image_mean: [1, 2] }, /image_mean is "\[1,2\]"/],
    [{ rescale_factor: 0 }, /rescale_factor is "0"/],
    [{ image_processor_type: 'LevitImageProcessor' }, /has steps of its own/],
  ])('%j', (more, message) => expect(() => read(more)).toThrow(message));
  test('what is not used is said', () => {
    expect(read({ foo: 1, image_processor_type: 'NewImageProcessor', resample: null }).notes).toEqual([
      'teacher: "NewImageProcessor" of "p.json" is not known here; its members are read as those of other image processors',
      'teacher: "p.json" has members that are not used: "foo"',
      'teacher: "p.json" has no resample; images are resized with bilinear filter',
    ]);
    expect(read({ do_pad: false, do_convert_rgb: true, processor_class: null }).notes).toEqual([]);
  });
  test('sizes', () => {
    const convnext = read({ image_processor_type: 'ConvNextFeatureExtractor', size: 224, crop_pct: 0.875 });
    expect(convnext).toMatchObject({ resize: { to: 256 }, crops: [{ size: [224, 224] }] });
    expect(read({ image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 384 } })).toMatchObject({
      resize: { to: [384, 384] },
      crops: [],
    });
    expect(read({ size: 12 }).resize?.to).toEqual([12, 12]);
    expect(read({ image_processor_type: 'CLIPFeatureExtractor', size: 12 }).resize?.to).toBe(12);
    // the longer side is cut to a whole number
    const shorter = { resize: { filter: 'bilinear', to: 64 }, crops: [] } as const;
    expect(finalSize({ height: 100, width: 133 }, shorter)).toEqual({ height: 64, width: 85 });
    expect(finalSize({ height: 133, width: 100 }, shorter)).toEqual({ height: 85, width: 64 });
  });
  test('numbers are rounded to float32 at each step', () => {
    const { pixels } = read({ rescale_offset: true, rescale_factor: 1 / 127.5, include_top: true });
    const table = pixelTable(pixels as NonNullable<typeof pixels>, 0);
    const scaled = Math.fround(Math.fround(200 / 127.5) - 1);
    expect(table[200]).toBe(Math.fround(Math.fround(Math.fround(scaled - 0.5) / 0.5) / 0.5));
  });
  test('pretrained_cfg of timm', () => {
    const cfg = {
      input_size: [3, 224, 224],
      interpolation: 'bicubic',
      crop_pct: 0.9,
      mean: [0.1, 0.2, 0.3],
      std: [1, 1, 1],
    };
    const found = timmConfig({ architecture: 'resnet18', pretrained_cfg: cfg });
    expect(parseTimmConfig(found as object, 'config.json')).toMatchObject({
      resize: { filter: 'bicubic', to: 248 },
      crops: [{ size: [224, 224], rounds: 'even' }],
      pixels: { mean: [0.1, 0.2, 0.3] },
    });
    expect(() => parseTimmConfig({ ...cfg, interpolation: 'random' }, 'c')).toThrow(/interpolation is "random"/);
    expect(() => parseTimmConfig({ ...cfg, crop_mode: 'border' }, 'c')).toThrow(/crop_mode is "border"/);
    expect(timmConfig({ architecture: 'x' })).toBeUndefined();
  });
});

test('the centre', () => {
  const raster = { height: 1, width: 5, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5) } as const;
  const cut = (width: number, rounds: 'down' | 'even') => [...centreOf(raster, { size: [1, width], rounds }).pixels];
  expect(cut(3, 'down')).toEqual([2, 3, 4]);
  expect(cut(2, 'down')).toEqual([2, 3]);
  // 1.5 rounds to 2, and .5 to 0, as Python rounds
  expect(cut(2, 'even')).toEqual([3, 4]);
  expect(cut(4, 'even')).toEqual([1, 2, 3, 4]);
  expect(cut(8, 'down')).toEqual([0, 0, 1, 2, 3, 4, 5, 0]);
  expect(cut(8, 'even')).toEqual([0, 1, 2, 3, 4, 5, 0, 0]);
});

test('the configuration in a folder, and beside a file where it is clear', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'debkd-image-'));
  const write = (path: string, content: Uint8Array | string): void => writeFileSync(join(folder, path), content);
  mkdirSync(join(folder, 'onnx'));
  write('onnx/model.onnx', tinyImageOnnx());
  write('preprocessor_config.json', JSON.stringify(CONFIG));
  const isOpen = async (path: string): Promise<{ isOpen: boolean | undefined; notes: readonly string[] }> => {
    using teacher = await loadTeacher(join(folder, path));
    return { isOpen: teacher.image?.isOpen, notes: teacher.notes };
  };
  expect(await isOpen('.')).toEqual({ isOpen: false, notes: [] });
  expect(await isOpen('onnx/model.onnx')).toEqual({ isOpen: false, notes: [] });
  write('a.onnx', tinyImageOnnx());
  expect((await isOpen('a.onnx')).isOpen).toBe(false);
  write('b.onnx', tinyImageOnnx());
  expect(await isOpen('a.onnx')).toEqual({
    isOpen: true,
    notes: [expect.stringMatching(/preprocessor_config\.json" is not used, because it may belong to another model/)],
  });
});
