// Students of images on the command line: predict, evaluate and export with rows whose images are files.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDecoder } from '../../src/data/image/decode.ts';
import type { Student } from '../../src/student/student.ts';
import { pictureFile } from '../pictures.ts';
import { tinyImageStudent } from '../tiny-images.ts';
import { debkd } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-image-students-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const FILES = ['rgb.png', 'rgba.png', 'grey-alpha.png', 'grey.jpg', 'progressive.jpg'];
const COLOURS = ['red', 'blue', '', 'green', 'red'];
let student: Student;

beforeAll(async () => {
  const form = { size: [12, 10], channels: 3, others: true } as const;
  student = await tinyImageStudent(form, { hidden: [3], conv: { channels: [4, 6] } });
  await student.save(join(folder, 'student.debkd'));
  mkdirSync(join(folder, 'photos'));
  for (const name of FILES) writeFileSync(join(folder, 'photos', name), pictureFile(name));
  const lines = FILES.map((name, i) => `photos/${name},${20 + i},${COLOURS[i]},${i % 2}`);
  writeFileSync(join(folder, 'rows.csv'), `image,age,colour,label\n${lines.join('\n')}\n`);
});

const run = (...args: string[]): ReturnType<typeof debkd> => debkd(args, { cwd: folder });

test('predict has the answers of records', async () => {
  const { status, stdout, stderr } = run('predict', '--student', 'student.debkd', '--data', 'rows.csv');
  expect(status, stderr).toBe(0);
  const decoder = await openDecoder();
  const expected = FILES.map((name, i) => {
    const record = { image: decoder.decode(pictureFile(name), name), age: 20 + i, colour: COLOURS[i] };
    return student.predictRecord(record).probability;
  });
  const rows = stdout.trim().split('\n').slice(1);
  expect(rows.map((line) => Number(line.split(',')[0]))).toEqual(expected);
  expect(stderr).toContain('colour');
});

test('predict names an image that is gone or damaged, and --image-root', () => {
  writeFileSync(join(folder, 'gone.csv'), 'image,age,colour\nphotos/none.png,3,red\n');
  const gone = run('predict', '--student', 'student.debkd', '--data', 'gone.csv');
  expect(gone.status).not.toBe(0);
  expect(gone.stderr).toContain('photos/none.png');
  writeFileSync(join(folder, 'photos', 'cut.png'), pictureFile('rgb.png').subarray(0, 60));
  writeFileSync(join(folder, 'cut.csv'), 'image,age,colour\ncut.png,3,red\n');
  const cut = run('predict', '--student', 'student.debkd', '--data', 'cut.csv', '--image-root', 'photos');
  expect(cut.status).not.toBe(0);
  expect(cut.stderr).toMatch(/cut\.png.*(cut|damaged|ends|missing)/s);
});

test('evaluate and export read the images of --data', () => {
  const measured = run('evaluate', '--student', 'student.debkd', '--data', 'rows.csv', '--json');
  expect(measured.status, measured.stderr).toBe(0);
  expect(measured.stdout).toContain('"auc"');
  const options = ['--to', 'js', '--quantize', 'int8', '--force', '--out', 'deploy'];
  const exported = run('export', '--student', 'student.debkd', '--data', 'rows.csv', ...options);
  expect(exported.status, exported.stderr).toBe(0);
  expect(exported.stdout).toContain('int8 against float32, 5 rows');
});
