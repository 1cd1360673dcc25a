// Images in debkd/worker: they stay in the worker, the student has the bytes of this thread, and errors arrive whole.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { type DebkdWorker, openWorker } from '../../src/worker/client.ts';
import { temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { tinyPng } from '../tiny-image.ts';
import { tinyImageOnnx } from '../tiny-image-model.ts';

const folder = temporary();
const data = join(folder, 'data.csv');
const form = { image: { size: 8 } };
const study = { student: { hidden: [], conv: { channels: [3] } }, epochs: 2, seed: 1 };
let remote: DebkdWorker;

beforeAll(async () => {
  const d = dice(8);
  mkdirSync(join(folder, 'photos'));
  const lines = Array.from({ length: 120 }, (_, i) => {
    const pixels = Uint8Array.from({ length: 10 * 8 * 3 }, () => (i % 2 ? 90 : 50) + d.below(100));
    writeFileSync(join(folder, 'photos', `${i}.png`), tinyPng(10, 8, pixels, 3));
    return `photos/${i}.png,${d.below(5)},${i % 2}`;
  });
  writeFileSync(data, `image,x,label\n${lines.join('\n')}\n`);
  remote = await openThread();
});
afterAll(() => remote[Symbol.dispose]());

const openThread = (): Promise<DebkdWorker> =>
  openWorker({ worker: new Worker(new URL('../../dist/worker/thread.js', import.meta.url)) });

const told = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    ({ name, code, subject, seen, expected, remedies }) => [name, code, subject, seen, expected, remedies],
  );

/** The parts of the table, in this thread or in a worker. */
async function partsOf(debkd: Pick<DebkdWorker, 'readTable' | 'openImages' | 'split' | 'encodeParts'>) {
  const table = await debkd.openImages(await debkd.readTable(data, { target: 'label' }));
  return { table, ...(await debkd.encodeParts(table, await debkd.split(table), undefined, form)) };
}

test('a teacher of images distils to the same bytes', async () => {
  const model = tinyImageOnnx({ weights: [4, 3, 1], bias: -3 });
  const options = { imageMean: [0], imageStd: [1] };
  const [here, there] = [await partsOf(library as unknown as DebkdWorker), await partsOf(remote)];
  expect(there.train.features).toEqual(here.train.features);
  const stages = new Set<string>();
  const onProgress = ({ stage }: { stage: string }): unknown => stages.add(stage);
  using teacher = await library.loadTeacher(model, options);
  const { student } = await library.distill({ ...here, ...study, teacher });
  const own = await remote.loadTeacher(model, options);
  const run = await remote.distill({ ...there, ...study, teacher: own, onProgress });
  expect(library.encodeStudent(run.student)).toEqual(library.encodeStudent(student));
  expect(run.student.predictProba(there.test)).toEqual(student.predictProba(here.test));
  expect([...stages]).toContain('soft labels');
  own[Symbol.dispose]();
});

test('an image that is cut off, one class, and images of another thread are one error each', async () => {
  const cut = join(folder, 'cut.csv');
  writeFileSync(join(folder, 'photos', 'cut.png'), tinyPng(8, 8, new Uint8Array(64)).subarray(0, 60));
  writeFileSync(cut, 'image,label\nphotos/1.png,1\nphotos/cut.png,0\n');
  const subject = `data ${JSON.stringify(cut)}, column "image", row 2, image "photos/cut.png"`;
  expect(await told(remote.readTable(cut, { target: 'label' }).then((table) => remote.openImages(table)))).toEqual([
    ...['DebkdError', 'image', subject, 'the file is cut off', undefined],
    ['copy or download it again', 'leave it out'],
  ]);
  const { table, train, validation } = await partsOf(remote);
  const soft = await remote.givenSoftLabels(Array.from(table.labels, (y) => 0.2 + 0.6 * y));
  const ones = { ...train, labels: train.labels.map(() => 1) };
  expect(await told(remote.distill({ ...study, teacher: soft, train: ones, validation }))).toEqual([
    ...['DebkdError', 'rows', 'label de-biasing', `all ${train.rows} labelled rows are of class 1`, 'both classes'],
    ['give rows of the other class', { id: 'skip-debias', setting: undefined }],
  ]);
  const other = await openThread();
  const images = `images ${JSON.stringify(folder)}`;
  expect(await told(other.split(table))).toEqual([
    ...['DebkdError', 'value', images, 'opened in another worker', undefined],
    ['open them in this worker'],
  ]);
  other[Symbol.dispose]();
  const rows = await library.split(table);
  expect(await told(library.encodeParts(table, rows, undefined, form))).toEqual([
    ...['DebkdError', 'value', images, 'they are open in a worker', undefined],
    ['call the function of that worker'],
  ]);
});
