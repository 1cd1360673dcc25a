// Students of images in every command: predict, evaluate, export, report, compare and an interrupted distill.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { openImages } from '../../src/data/open-images.ts';
import { decodeImages } from '../../src/data/rasters.ts';
import { readTable } from '../../src/data/read-table.ts';
import { loadStudent } from '../../src/student/student-file.ts';
import { dice } from '../random.ts';
import { pngOf, tarOf, tinyPng, zipOf } from '../tiny-image.ts';
import { debkd, start, temporary } from './run.ts';

const folder = temporary();
const photos = join(folder, 'photos');
const data = join(photos, 'data.csv');
const student = join(folder, 'student');
mkdirSync(join(photos, 'a'), { recursive: true });
const ROWS = 300;
const d = dice(4);
const files: Record<string, Uint8Array> = {};
const lines = Array.from({ length: ROWS }, (_, i) => {
  const [height, width] = [9 + (i % 4), 10];
  // class 1 has bars down, class 0 bars across
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, k) => {
    const [y, x] = [Math.floor(k / (3 * width)), Math.floor(k / 3) % width];
    return ((i % 2 ? x : y) % 4 < 2 ? 40 : 150) + d.below(60) + (i % 5) * 8;
  });
  files[`a/${i}.png`] = tinyPng(width, height, pixels, 3);
  return `a/${i}.png,${d.below(9)},${i % 2 ? 0.8 : 0.3},${i % 2}`;
});
const table = `photo,x,p,label\n${lines.join('\n')}\n`;
for (const [path, bytes] of Object.entries(files)) writeFileSync(join(photos, path), bytes);
writeFileSync(data, table);
const distil = ['distill', '--soft-labels', 'p', '--data', data, '--image', 'photo', '--no-cache', '--pixels', '8'];
const predict = (...more: string[]) => debkd(['predict', '--student', student, ...more]);

beforeAll(() => {
  const args = [...distil, '--student', 'conv:4', '--epochs', '4', '--dropout', '0.1', '--groups', 'brightness'];
  const { status, stderr } = debkd([...args, '--out', student]);
  expect([status, stderr]).toEqual([0, expect.stringContaining('the student takes "photo", "x"')]);
  expect(stderr).toContain('note: ignoring --dropout: the student has no hidden layers after its convolutions');
});

test('predict gives the bits of the library, in order, for a table, a folder, archives and standard input', async () => {
  const { stdout, status, stderr } = predict('--data', data, '--keep', 'photo');
  expect([status, stderr.includes('note:')]).toEqual([0, false]);
  const own = await loadStudent(join(student, 'student.debkd'));
  const opened = await openImages(await readTable(data, { target: 'label' }), { image: 'photo' });
  const expected = own.predictProba(encode(await decodeImages(opened, own.preprocessing), own.preprocessing));
  const rows = stdout.trim().split('\n').slice(1);
  expect(rows.map((row) => row.split(',')[0])).toEqual(Object.keys(files));
  expect(rows.map((row) => Number(row.split(',')[1]))).toEqual([...expected]);
  expect(new Set(expected).size).toBeGreaterThan(ROWS / 2);
  writeFileSync(join(folder, 'p.zip'), zipOf({ 'data.csv': Buffer.from(table), ...files }));
  writeFileSync(join(folder, 'p.tar'), tarOf({ 'data.csv': Buffer.from(table), ...files }));
  for (const from of [photos, join(folder, 'p.zip'), join(folder, 'p.tar')])
    expect(predict('--data', from, '--keep', 'photo').stdout).toBe(stdout);
  const streamed = debkd(['predict', '--student', student, '--image-root', photos, '--keep', 'photo'], {
    input: table,
  });
  expect(streamed.stdout).toBe(stdout);
  // another name of the column
  const other = join(photos, 'other.csv');
  writeFileSync(other, table.replace('photo', 'picture'));
  const renamed = predict('--data', other, '--keep', 'picture');
  expect(renamed.stderr).toContain(`note: the images of column "picture" are the student's "photo"`);
  expect(renamed.stdout.split('\n').slice(1)).toEqual(stdout.split('\n').slice(1));
});

test('monitor compares numbers and margins of a table, a folder and an archive', () => {
  const compared = (from: string) => debkd(['monitor', '--student', student, '--data', from, '--json']);
  const { status, stdout } = compared(data);
  expect(status).toBe(0);
  const found = JSON.parse(stdout);
  expect(found.columns.map(({ column, kind }: Record<string, string>) => [column, kind])).toEqual([
    ['photo', 'image'],
    ['x', expect.stringMatching(/number|category/)],
  ]);
  expect(found.columns[0]).toMatchObject({ psi: 0, shifted: false, missing: { reference: 0, now: 0 } });
  expect(found.margins.bins.length).toBeGreaterThan(1);
  expect(found.labels.rows).toBe(ROWS);
  expect(compared(photos).stdout).toBe(stdout);
  const statistics = JSON.parse(readFileSync(join(student, 'statistics.json'), 'utf8'));
  expect(JSON.stringify(statistics)).not.toContain('.png');
});

test('predict names the row and the path of an image that it cannot read', () => {
  const broken = tinyPng(8, 8, new Uint8Array(64));
  broken[broken.length - 30] = (broken[broken.length - 30] as number) ^ 1;
  writeFileSync(join(photos, 'broken.png'), broken);
  // sums of parts are right, but the compressed pixels are not
  writeFileSync(join(photos, 'short.png'), pngOf(8, 8, deflateSync(new Uint8Array(20))));
  writeFileSync(join(photos, 'gif.png'), 'GIF89a............');
  writeFileSync(join(photos, 'one.png'), tinyPng(1, 1, Uint8Array.of(90)));
  const wrong = (path: string, instead = 'a/270.png'): ReturnType<typeof debkd> => {
    const csv = join(photos, 'wrong.csv');
    writeFileSync(csv, table.replace(instead, path));
    return predict('--data', csv);
  };
  for (const [path, message] of [
    ['a/none.png', /column "photo", row 271: folder ".*" has no file "a\/none.png"/],
    ['../../x.png', /column "photo", row 271: "..\/..\/x.png" is outside folder/],
    ['broken.png', /row 271, image "broken.png": .*damaged/],
    ['short.png', /row 271, image "short.png": this PNG file is damaged/],
    ['gif.png', /row 271, image "gif.png": the file is a GIF image, expected PNG or JPEG/],
    ['""', /row 271: the path of its image is empty/],
  ] as const) {
    const { status, stderr } = wrong(path);
    expect([path, status]).toEqual([path, 2]);
    expect(stderr.replace('images ...\n', '')).toMatch(message);
    expect(stderr.match(/debkd:/g)).toHaveLength(1);
  }
  // first rows that are refused leave no header
  const nothing = [wrong('a/none.png', 'a/2.png'), predict('--data', data, '--image', 'foto')];
  expect(nothing.map(({ status, stdout }) => [status, stdout])).toEqual([
    [2, ''],
    [2, ''],
  ]);
  expect(wrong('one.png').status).toBe(0);
  expect(predict('--data', data, '--explain', '1').stdout).toMatch(/^[\d.]+,[01],"?photo [+-]/m);
});

test('evaluate measures by how images look; export measures its quantisation on them; report', () => {
  const measured = debkd([
    ...['evaluate', '--student', student, '--data', data, '--drop', 'p', '--split', 'hash'],
    ...['--groups', 'brightness', '--json'],
  ]);
  expect(measured.stderr).toContain('"brightness": low, middle and high are thirds of the measured rows');
  // the rows are those of the split of distill: the images have the same hashes
  expect(measured.stderr).toContain('by its record, the student was trained on none of them');
  const { groups, metrics } = JSON.parse(measured.stdout);
  expect(groups.map(({ group }: { group: string }) => group)).toEqual([
    'brightness=high',
    'brightness=low',
    'brightness=middle',
  ]);
  const result = JSON.parse(readFileSync(join(student, 'result.json'), 'utf8'));
  expect(metrics.auc.value).toBe(result.metrics.test.auc.value);
  const out = join(folder, 'exports');
  const exported = debkd([
    ...['export', '--student', student, '--data', data, '--image', 'photo', '--to', 'js', '--quantize', 'int8'],
    ...['--force', '--out', out],
  ]);
  expect([exported.status, exported.stdout]).toEqual([
    0,
    expect.stringContaining(`int8 against float32, ${ROWS} rows`),
  ]);
  expect(debkd(['report', student, '--out', join(folder, 'r.html')]).status).toBe(0);
});

test('compare gives the same with one thread and with two; other pixels are other cells', () => {
  const args = ['compare', ...distil.slice(1), '--student', 'conv:2', '--epochs', '2', '--seeds', '2', '--json'];
  const compare = (...more: string[]): unknown => {
    const { status, stdout, stderr } = debkd([...args, '--methods', 'hard,debiased', ...more]);
    expect([status, stderr.includes('debkd:')]).toEqual([0, false]);
    return { ...JSON.parse(stdout), timing: undefined, command: undefined };
  };
  const one = compare('--threads', '1');
  expect(compare('--threads', '2')).toEqual(one);
  expect(compare('--threads', '2', '--colour', 'grey')).not.toEqual(one);
});

test('an interrupted distill resumes to the same bytes, and not with other pixels', async () => {
  const args = [...distil.slice(0, -1), '24', '--student', 'conv:4,8', '--epochs', '40'];
  const whole = join(folder, 'whole');
  expect(debkd([...args, '--out', whole]).status).toBe(0);
  const child = start([...args, '--out', 'cut'], folder);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
    if (/student [2-6] of 6/.test(said) && !child.killed) child.kill('SIGINT');
  });
  await ended;
  expect(said).toContain('finished work is kept in cut.checkpoint');
  const resume = (options: readonly string[]): ReturnType<typeof debkd> =>
    debkd([...options, '--out', 'cut', '--resume'], { cwd: folder });
  const other = resume(args.map((arg) => (arg === '24' ? '16' : arg)));
  expect(other.stderr).toMatch(/checkpoint "cut.checkpoint": it belongs to a run that differs in options/);
  expect(resume(args).status).toBe(0);
  expect(readFileSync(join(folder, 'cut', 'student.debkd'))).toEqual(readFileSync(join(whole, 'student.debkd')));
});

test('one error for options and students that do not fit, and a note for what is ignored', () => {
  const numbers = join(folder, 'numbers.csv');
  writeFileSync(numbers, table.replaceAll(/^a.(\d+).png,/gm, '$1,'));
  const short = ['--epochs', '1'];
  const bare = distil.slice(0, -2);
  const refused = debkd([...bare, '--pixels', '7', ...short]);
  expect([refused.status, refused.stderr.split('\n').length]).toEqual([2, 2]); // before the images are read
  for (const [args, message] of [
    [[...distil, '--student', '16'], /an architecture without convolutions, and the rows have images.*--student/],
    [[...bare, '--pixels', '200'], /size of the student's images: "200x200", expected whole numbers from 8 to 96/],
    [[...bare, '--pixels', 'big'], /option --pixels: "big", expected one whole number/],
    [[...distil, '--augment', 'miror'], /changes of training images: "miror".*did you mean mirror\?/],
    [[...distil, '--colour', 'gray'], /option --colour: "gray".*did you mean grey\?/],
    [['distill', '--soft-labels', 'p', '--data', numbers, '--student', 'conv:8'], /the rows have no images/],
    [['predict', '--student', student, '--data', numbers], /row 1: folder .* has no file "0"/],
    [['predict', '--student', student, '--data', join(photos, 'a', '0.png')], /debkd: data/],
  ] as const) {
    const { status, stderr } = debkd([...args, ...(args[0] === 'distill' ? short : [])]);
    expect([args.slice(-2), status]).toEqual([args.slice(-2), 2]);
    expect(stderr).toMatch(message);
    expect(stderr.match(/debkd:/g)).toHaveLength(1);
  }
  const plain = ['distill', '--soft-labels', 'p', '--data', numbers, '--student', '2', ...short];
  expect(debkd([...plain, '--pixels', '8', '--augment', 'none']).stderr).toContain(
    'note: ignoring --pixels, --augment: the student has no images',
  );
  // the cache also keeps decoded images
  expect(debkd([...plain, '--no-cache']).stderr).toContain('note: ignoring --no-cache: soft labels have no model');
  expect(debkd([...distil, '--student', 'conv:2', ...short]).stderr).not.toContain('ignoring');
});
