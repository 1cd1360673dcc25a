// Folders, archives and tables of images as --data, and the options that name their column and folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { greyPng, numberedPng, tarOf, zipOf } from '../tiny-image.ts';
import { debkd, modelPath, temporary } from './run.ts';

type Files = Readonly<Record<string, Uint8Array | string>>;

function folderOf(files: Files): string {
  const folder = temporary();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Distils the soft labels of a table; images are opened, and left to whoever reads them. */
const distil = (data: string, options: readonly string[], student = 'conv:4'): ReturnType<typeof debkd> =>
  debkd(['distill', '--soft-labels', 'p', '--data', data, '--student', student, '--epochs', '3', '--json', ...options]);

const rows = Array.from({ length: 120 }, (_, k) => k);
const csv = (pathOf: (k: number) => string): string =>
  `photo,x,p,label\n${rows.map((k) => `${pathOf(k)},${(k * 7) % 11},${k % 2 ? 0.8 : 0.3},${k % 2}`).join('\n')}\n`;
const images = (pathOf: (k: number) => string): Record<string, Uint8Array> =>
  Object.fromEntries(rows.map((k) => [pathOf(k), numberedPng(k)]));
/** What depends on which rows are in which part. */
const split = ({ stdout }: ReturnType<typeof debkd>): readonly unknown[] => {
  const { rows: sizes, student, trainedOn } = JSON.parse(stdout);
  return [sizes.train, student.sha256, trainedOn.bits];
};

describe('a table of paths', () => {
  const one = folderOf({ 'data.csv': csv((k) => `a/${k}.png`), ...images((k) => `a/${k}.png`) });
  const other = folderOf({ 'rows.csv': csv((k) => `${500 - k}.png`), ...images((k) => `in/${500 - k}.png`) });

  test('is split by the bytes of the images, wherever they are', () => {
    const first = distil(join(one, 'data.csv'), ['--image', 'photo']);
    expect(first.stderr).not.toMatch(/debkd:/);
    expect(first.status).toBe(0);
    const moved = distil(join(other, 'rows.csv'), ['--image', 'photo', '--image-root', join(other, 'in')]);
    expect(moved.stderr).not.toMatch(/debkd:/);
    expect(split(moved)).toEqual(split(first));
    const inFile = distil(join(other, 'rows.csv'), ['--image-root', join(other, 'in'), '--temp-dir', temporary()]);
    expect(split(inFile)).toEqual(split(first));
    // without the images, the paths are the rows
    const byPath = distil(join(other, 'rows.csv'), ['--exclude', 'photo'], '4');
    expect(split(byPath)[2]).not.toEqual(split(first)[2]);
  });

  test.each([
    [
      ['--image', 'photo'],
      /row 1: folder ".*" has no file "500.png".*give the folder that the paths are relative to \(--image-root DIR\)/,
    ],
    [['--image', 'foto'], /no column "foto", which should name the images; did you mean "photo"/],
    [['--image-root', 'nowhere'], /"nowhere": there is no such file/],
  ])('%j is refused', (options, message) => {
    const { status, stderr } = distil(join(other, 'rows.csv'), options);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

describe('--data without a table', () => {
  const files = { ...images((k) => `${k % 2 ? 'cat' : 'dog'}/${k}.png`), 'dog/read me.txt': 'x' };
  const bytes = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const folder = folderOf(files);
  writeFileSync(join(folder, '../pets.zip'), zipOf(bytes));
  writeFileSync(join(folder, '../pets.tar.gz'), gzipSync(tarOf(bytes)));
  const teacher = modelPath('wdbc-mlp-biased/teacher.onnx');

  test.each([folder, join(folder, '../pets.zip'), join(folder, '../pets.tar.gz')])('%s', (data) => {
    const { status, stderr } = debkd(['distill', '--teacher', teacher, '--data', data, '--positive', 'cat']);
    expect(stderr).toMatch(/note: ".*": 1 file that is no image was left out/);
    // the teacher reads numbers
    expect(stderr).toMatch(/debkd: /);
    expect(status).toBe(2);
    const unclear = debkd(['distill', '--teacher', teacher, '--data', data]);
    expect(unclear.stderr).toMatch(
      /unclear whether "cat" or "dog" is class 1; state the value of class 1 \(--positive\)/,
    );
  });

  test('a picture is no table', () => {
    const picture = join(folderOf({ 'rows.csv': greyPng(1) }), 'rows.csv');
    const { status, stderr } = debkd(['distill', '--teacher', teacher, '--data', picture]);
    expect(stderr).toMatch(
      /this is a picture, expected CSV.*; give the folder or the archive that the pictures are in/,
    );
    expect(status).toBe(2);
  });

  test('a folder of images is no label', () => {
    const flat = folderOf({ 'a.png': greyPng(1) });
    expect(debkd(['distill', '--teacher', teacher, '--data', flat]).stderr).toMatch(
      /in no folders, so no row has a label/,
    );
    expect(debkd(['distill', '--teacher', teacher, '--data', temporary()]).stderr).toMatch(
      /neither images \(.png, .jpg\) nor a table/,
    );
  });
});

test('--help lists the options', () => {
  for (const command of ['distill', 'compare', 'label', 'evaluate', 'predict', 'inspect'])
    expect(debkd([command, '--help']).stdout).toMatch(/--image COLUMN[\s\S]*--image-root DIR/);
});
