// The memory of predict does not grow with the number of images.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { numberedPng } from '../tiny-image.ts';
import { tinyImageStudent } from '../tiny-images.ts';
import { temporary } from './run.ts';

const folder = temporary();
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
// the largest image of a student: 27 KB of pixels
const SIDE = 96;
const FILES = 50;

beforeAll(async () => {
  const student = await tinyImageStudent({ size: [SIDE, SIDE], channels: 3 }, { hidden: [], conv: { channels: [2] } });
  writeFileSync(join(folder, 'student.debkd'), encodeStudent(student));
  for (let k = 0; k < FILES; k++) writeFileSync(join(folder, `${k}.png`), numberedPng(k));
});

/** The largest resident memory of predict, in MB. */
function peakOf(rows: number): number {
  const data = join(folder, `${rows}.csv`);
  writeFileSync(data, `image\n${Array.from({ length: rows }, (_, i) => `${i % FILES}.png`).join('\n')}\n`);
  const report = `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${report}`, main, 'predict', '--student', folder, '--data', data],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  expect([status, stdout.trim().split('\n').length], stderr).toEqual([0, rows + 1]);
  return Math.max(...Array.from(stderr.matchAll(/peak (\d+)/g), ([, kilobytes]) => Number(kilobytes))) / 1024;
}

test('10,000 images take the memory of 1,000', () => {
  const [few, many] = [peakOf(1_000), peakOf(10_000)];
  // the pixels of each chunk's images would take 55 MB more
  expect(many - few, `${few} MB, ${many} MB`).toBeLessThan(30);
});
