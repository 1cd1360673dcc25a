// Teachers of images on the command line: label, inspect, distill and their refusals.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { dice } from '../random.ts';
import { plainImage, tinyImageOnnx } from '../tiny-image-model.ts';
import { debkd } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-cli-images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const teacher = join(folder, 'model.onnx');
const WEIGHTS = [3, 1, -2];
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const STATED = ['--image-mean', MEAN.join(), '--image-std', STD.join()];
writeFileSync(teacher, tinyImageOnnx({ weights: WEIGHTS }));
mkdirSync(join(folder, 'photos'));
const draw = dice(3);
const colours = Array.from(
  { length: 240 },
  () => [draw.below(256), draw.below(256), draw.below(256)] as [number, number, number],
);
/** The answer with the mean and standard deviation of ImageNet. */
const margins = colours.map((colour) =>
  colour.reduce(
    (sum, x, k) => sum + (WEIGHTS[k] as number) * ((x / 255 - (MEAN[k] as number)) / (STD[k] as number)),
    0,
  ),
);
const data = join(folder, 'photos', 'data.csv');
const lines = colours.map((colour, i) => {
  writeFileSync(join(folder, 'photos', `${i}.ppm`), plainImage(colour, 10));
  return `${i}.ppm,${colour[0]},${(margins[i] as number) > 0 ? 1 : 0}`;
});
writeFileSync(data, `picture,red,label\n${lines.join('\n')}\n`);
const out = join(folder, 'soft.f32');
const label = (...more: string[]) =>
  debkd(['label', '--teacher', teacher, '--data', data, '--no-cache', '--force', '--out', out, ...more]);
function differences(): number[] {
  const bytes = readFileSync(out);
  const read = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return margins.map((margin, i) => Math.abs(margin - (read[i] as number)));
}

test('label reads images as stated, and as the labels say', () => {
  const stated = label(...STATED);
  expect([stated.status, stated.stderr.includes('fits')]).toEqual([0, false]);
  expect(Math.max(...differences())).toBeLessThan(1e-4);
  const chosen = label();
  expect(chosen.stderr).toContain(
    'note: teacher: nothing says how it reads images; of the common ways, bytes / 255 with the mean and standard deviation of ImageNet',
  );
  expect(Math.max(...differences())).toBeLessThan(1e-4);
  const config = join(folder, 'p.json');
  const steps = { size: { height: 8, width: 8 }, resample: 2, image_mean: MEAN, image_std: STD };
  writeFileSync(config, JSON.stringify({ image_processor_type: 'ViTImageProcessor', do_resize: true, ...steps }));
  expect(label('--image-config', config).stderr).not.toContain('teacher:');
  expect(Math.max(...differences())).toBeLessThan(1e-4);
  expect(label(...STATED, '--image-order', 'bgr').stderr).toContain(
    'note: teacher: it may expect RGB: with red and blue exchanged, its AUC on 128 labelled rows is 1.000',
  );
});

test('inspect says how images are read', () => {
  const { stdout } = debkd(['inspect', teacher, '--data', data, '--image-scale=-1..1', '--drop', 'red']);
  expect(stdout).toContain(
    'images       images of 8 x 8 pixels, RGB, bilinear, bytes x 0.00784314 - 1, from the options',
  );
  expect(stdout).toContain('column "picture"');
  expect(stdout).toMatch(/row 1 .*pixel_values float32\[192\] /);
  const record = JSON.parse(debkd(['inspect', teacher, '--json']).stdout) as { image: object };
  expect(record.image).toMatchObject({ size: [8, 8], isOpen: true });
});

test('distill reads images for the teacher and other columns for the student', () => {
  const args = [
    'distill',
    '--teacher',
    teacher,
    '--data',
    data,
    '--no-cache',
    '--student',
    'logistic',
    '--features',
    'red',
  ];
  const { status, stderr, stdout } = debkd(args);
  expect([status, stderr]).toEqual([0, expect.stringMatching(/fits 12\d labelled rows best/)]);
  expect(stdout).toContain('AUC');
});

test('one error for what does not fit', () => {
  const unlabelled = join(folder, 'photos', 'unlabelled.csv');
  writeFileSync(unlabelled, 'picture\n0.ppm\n1.ppm\n');
  expect(debkd(['label', '--teacher', teacher, '--data', unlabelled]).stderr).toMatch(
    /nothing says how bytes become numbers.*\(--image-config FILE\), or state its mean and standard deviation \(--image-mean\)/,
  );
  const numbers = join(folder, 'n.csv');
  writeFileSync(numbers, 'a,b\n1,2\n');
  expect(debkd(['label', '--teacher', teacher, '--data', numbers]).stderr).toMatch(
    /no column clearly names images.*--image COLUMN/,
  );
  // as many columns of numbers as there are pixels enter as they are
  const plain = join(folder, 'plain.onnx');
  writeFileSync(plain, tinyImageOnnx());
  const names = Array.from({ length: 3 * 8 * 8 }, (_, k) => `c${k}`);
  writeFileSync(numbers, [names, names.map(() => 0.5), names.map((_, k) => (k < 64 ? 1 : 0))].join('\n'));
  expect(debkd(['label', '--teacher', plain, '--data', numbers]).stdout).toMatch(/\n1,1\.5,0\.81.*\n2,1,0\.73/);
  expect(label('--image-size', '9').stderr).toMatch(/the stated size makes images of 9 x 9.*leave out --image-size/);
  expect(label('--image-size', 'big').stderr).toMatch(/option --image-size: "big", expected one whole number/);
  expect(label('--image-mean', '1,2').stderr).toMatch(/option --image-mean: "1,2", expected one number/);
  expect(debkd(['label', '--teacher', join(folder, 'photos', '0.ppm'), '--data', data]).status).not.toBe(0);
});
