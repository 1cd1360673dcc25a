// Students of images: the same bytes wherever the rows are and however training is cut, small batches, prediction, files.
import { expect, test } from 'vitest';
import { concatRows, type Dataset, type StoredDataset, selectRows } from '../../src/data/dataset.ts';
import { denseRows, type Matrix } from '../../src/data/matrix.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { regressionHint, relationHint } from '../../src/loss/hints.ts';
import { type Architecture, parseArchitecture } from '../../src/student/architecture.ts';
import { type FitOptions, fitMany, fit as train } from '../../src/student/fit.ts';
import { bindMatrix, createNetwork, inputsOf } from '../../src/student/network.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import { labelSelection } from '../../src/student/selection.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { drawImages, inFiles } from '../image-students.ts';

const ROWS = 150;
const { dataset, margins } = drawImages(ROWS, 1);
const validation = drawImages(90, 2).dataset;
const targets = { margins };
const loss = distillation({ alpha: 0.8, temperature: 2 });
const conv = parseArchitecture('conv:4,6');
const options: FitOptions = { seed: 3, epochs: 4, batchSize: 32, validation: labelSelection(validation) };

const stored = ({ otherInputs: _, ...data }: Dataset): StoredDataset => {
  const features = inFiles(data.features);
  return { ...data, features, teacherInputs: features, [Symbol.dispose]: () => undefined };
};
const bytesOf = async (
  architecture: Architecture,
  data: Dataset | StoredDataset,
  more: Partial<FitOptions> = {},
): Promise<Uint8Array> => encodeStudent(await train(architecture, data, targets, loss, { ...options, ...more }));

test.each(['conv:4,6', 'separable:4,6@5', 'residual:4/5'])('%s learns, from memory and from files', async (text) => {
  const architecture = parseArchitecture(text);
  const more = { epochs: 25, weights: Float64Array.from({ length: ROWS }, (_, i) => 0.5 + (i % 3)) };
  const student = await train(architecture, dataset, targets, loss, { ...options, ...more });
  const p = student.predictProba(validation);
  const errors = validation.labels.reduce((sum, y, i) => sum + ((p[i] as number) >= 0.5 === (y === 1) ? 0 : 1), 0);
  expect(errors).toBeLessThan(9);
  const selected = p.reduce((sum, q, i) => sum - Math.log(validation.labels[i] ? q : 1 - q), 0) / p.length;
  expect(student.training?.selectionLoss).toBeCloseTo(selected, 9);
  const bytes = encodeStudent(student);
  expect(await bytesOf(architecture, stored(dataset), more)).toEqual(bytes);
  const selection = labelSelection(stored(validation));
  expect(await bytesOf(architecture, dataset, { ...more, validation: selection })).toEqual(bytes);
  expect(await bytesOf(architecture, dataset, { ...more, augment: [] })).not.toEqual(bytes);
  expect(await bytesOf(architecture, dataset, { ...more, seed: 4 })).not.toEqual(bytes);
});

test('rows of more than one block: a batch spans blocks, and the rate changes in it', { timeout: 60000 }, async () => {
  const rows = 65536 + 700;
  // a block is read in two parts
  const small = drawImages(100, 5, { size: [32, 33] }).dataset;
  const chosen = Uint32Array.from({ length: rows }, (_, i) => (i * 7) % 100);
  const many = selectRows(small, chosen);
  const given = { margins: Float64Array.from(chosen, (i) => (small.labels[i] ? 2 : -2)) };
  const how = { seed: 2, epochs: 1, batchSize: 1100 };
  const run = async (data: Dataset | StoredDataset): Promise<Uint8Array> =>
    encodeStudent(await train(parseArchitecture('conv:2'), data, given, loss, how));
  expect(await run(stored(many))).toEqual(await run(many));
});

test('fitMany gives the students of fit, with hints beside them', async () => {
  const values = Float32Array.from({ length: 3 * ROWS }, (_, k) => margins[Math.floor(k / 3)] as number);
  const features = { rows: ROWS, width: 3, values };
  const [first, second, ...rest] = [loss, regressionHint(loss, { weight: 1 }), relationHint(loss, { weight: 5 })];
  const tasks = [first, second, ...rest].map((one) => ({
    ...{ targets, loss: one as typeof loss, validation: options.validation },
    ...(one?.hint && { features }),
  }));
  const { validation: _, ...shared } = options;
  const together = await fitMany(conv, dataset, tasks, { ...shared, batchSize: 8 });
  for (const [i, task] of tasks.entries()) {
    const alone = await train(conv, dataset, targets, task.loss, { ...shared, batchSize: 8, ...task });
    expect(encodeStudent(together[i] as Student)).toEqual(encodeStudent(alone));
  }
  expect(new Set(together.map(({ parameters }) => `${parameters}`)).size).toBe(3);
});

test('an interrupted fit resumes to the same bytes', async () => {
  const parts = new Map<string, Uint8Array>();
  const checkpoint = {
    pause: 0,
    get: async (name: string) => parts.get(name),
    put: async (name: string, bytes: Uint8Array) => void parts.set(name, bytes),
  };
  const resume = { checkpoint, part: 'student' };
  const controller = new AbortController();
  const interrupted = bytesOf(conv, dataset, {
    resume,
    signal: controller.signal,
    onProgress: ({ done }) => done === 2 && controller.abort(new Error('stop')),
  });
  await expect(interrupted).rejects.toThrow('stop');
  expect(parts.size).toBe(1);
  let epochs = 0;
  const resumed = await bytesOf(conv, dataset, { resume, onProgress: () => epochs++ });
  expect(epochs).toBe(2);
  expect(resumed).toEqual(await bytesOf(conv, dataset));
});

test('rows without a target are left out, with their images', async () => {
  const known = Uint32Array.from([...margins.keys()].filter((i) => i % 4 !== 1));
  const some = { margins: margins.map((v, i) => (i % 4 === 1 ? NaN : v)) };
  const unlabelled = { ...dataset, labels: dataset.labels.map((y, i) => (i % 3 === 0 ? -1 : y)) };
  const run = async (data: Dataset | StoredDataset, of: typeof targets): Promise<Uint8Array> =>
    encodeStudent(await train(conv, data, of, loss, options));
  const wanted = await run(selectRows(unlabelled, known), { margins: margins.filter((_, i) => i % 4 !== 1) });
  expect(await run(unlabelled, some)).toEqual(wanted);
  expect(await run(stored(unlabelled), some)).toEqual(wanted);
});

const deep = parseArchitecture('conv:4,4,5');
const tiny = drawImages(33, 6, { size: [8, 8] });

test('a last batch of one row whose maps are single pixels: nothing becomes NaN', async () => {
  const how = { seed: 1, epochs: 5, batchSize: 16 };
  const student = await train(deep, tiny.dataset, { margins: tiny.margins }, loss, how);
  expect(student.parameters.every(Number.isFinite)).toBe(true);
  expect(student.predictProba(tiny.dataset).every((p) => p > 0 && p < 1)).toBe(true);
});

test('a batch of one value a channel changes the shifts alone, and no running statistics', () => {
  using arena = openArena();
  const { kernels } = arena;
  const { features } = tiny.dataset;
  const net = createNetwork(arena, inputsOf(features), deep, { training: true });
  bindMatrix(arena, net, placeMatrix(arena, features), 4);
  const row = arena.put(Uint32Array.of(7));
  const q = arena.put(Float64Array.of(...new Array(33).fill(0.9)));
  kernels.bindTargets(net, row, arena.put(new Int8Array(33)), q, arena.reserve(8 * 33), 0, 1, 1, 0.01, 0);
  kernels.startNetwork(net, 1, 0);
  // the last stage: 4 channels in, 5 out
  const stride = kernels.stageStride(net, 2);
  const shifts = kernels.networkParameters(net) + kernels.stageBias(net, 2) + 4 * stride;
  arena.write(shifts, Float32Array.of(1, 1, 1, 1, 1));
  kernels.beginEpoch(net, 1, 0, 1);
  kernels.lossGradient(net, row, 1);
  const statistics = arena.f32(kernels.stageStatistics(net, 2), 2 * stride);
  expect([...statistics]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0]);
  const gradient = arena.f32(kernels.networkGradient(net), kernels.networkSize(net));
  const [weights, scales] = [kernels.stageWeight(net, 2) >>> 2, kernels.stageBias(net, 2) >>> 2];
  expect(gradient.subarray(0, scales + stride).every((g) => g === 0)).toBe(true);
  expect(scales - weights).toBe(9 * 8 * 8);
  expect(gradient.subarray(scales + stride, scales + stride + 5).every((g) => g !== 0 && Number.isFinite(g))).toBe(
    true,
  );
  // the stage below has 2 x 2 values
  const below = arena.f32(kernels.stageStatistics(net, 1), 4);
  expect(below.some((x) => x !== 0)).toBe(true);
});

test('refuses batches of one row for maps of single pixels, and takes them otherwise', async () => {
  const given = { margins: tiny.margins };
  const message =
    'fit: batches of one row, for convolutions whose last outputs are single pixels, expected two or more rows; use larger batches, use fewer stages, or use larger images';
  await expect(train(deep, tiny.dataset, given, loss, { seed: 1, batchSize: 1 })).rejects.toThrow(message);
  const [one, margin] = [selectRows(tiny.dataset, Uint32Array.of(4)), { margins: Float64Array.of(1) }];
  await expect(train(deep, one, margin, loss, { seed: 1 })).rejects.toThrow(message);
  const shallow = parseArchitecture('conv:4');
  const student = await train(shallow, tiny.dataset, given, loss, { seed: 1, epochs: 1, batchSize: 1 });
  expect(student.parameters.every(Number.isFinite)).toBe(true);
  expect((await train(shallow, one, margin, loss, { seed: 1, epochs: 2 })).parameters.every(Number.isFinite)).toBe(
    true,
  );
});

test('images need convolutions, and the reverse', async () => {
  const run = (architecture: Architecture, data: Dataset) => train(architecture, data, targets, loss, { seed: 1 });
  await expect(run({ hidden: [4] }, dataset)).rejects.toThrow(
    'student: an architecture without convolutions, and the rows have images, expected convolutions, such as conv:8,16,32; choose another student (student)',
  );
  const plain = withoutImages(dataset);
  await expect(run(conv, plain)).rejects.toThrow('convolutions, and the rows have no images');
  await expect(
    train(conv, dataset, targets, loss, { seed: 1, validation: labelSelection(otherForm(validation)) }),
  ).rejects.toThrow('validation: images in another form, expected the same, as in the training rows');
});

function withoutImages(data: Dataset): Dataset {
  const features = {
    rows: data.rows,
    fields: 1,
    width: 1,
    fieldColumns: Int32Array.of(0),
    data: new Int32Array(data.rows),
  };
  return { ...data, features, teacherInputs: features };
}
function otherForm(data: Dataset): Dataset {
  const { images } = data.features as { images: NonNullable<Matrix['images']> };
  return { ...data, features: { ...data.features, images: { ...images, mean: [0.4] } } };
}

test('predicts the same in memory, from files, of selected and joined rows, one row at a time', async () => {
  const student = await train(conv, dataset, targets, loss, options);
  const all = student.predictProba(dataset);
  expect(new Set(all).size).toBe(ROWS);
  expect(student.predictProba(stored(dataset))).toEqual(all);
  const rows = Uint32Array.from({ length: ROWS }, (_, i) => (i * 7) % ROWS);
  const picked = Float64Array.from(rows, (row) => all[row] as number);
  expect(student.predictProba(selectRows(dataset, rows))).toEqual(picked);
  expect(student.predictProba(selectRows(stored(dataset), rows))).toEqual(picked);
  const joined = concatRows(dataset, validation);
  const others = student.predictProba(validation);
  expect(student.predictProba(joined)).toEqual(Float64Array.of(...all, ...others));
  expect(student.predictProba(concatRows(selectRows(dataset, rows), dataset))).toEqual(
    Float64Array.of(...picked, ...all),
  );
  for (const row of [0, 77])
    expect([...student.predictProba(selectRows(dataset, Uint32Array.of(row)))]).toEqual([all[row]]);
  expect(student.predict(dataset)).toEqual(Uint8Array.from(all, (p) => (p >= 0.5 ? 1 : 0)));
  const m = student.margins(dataset);
  all.forEach((p, i) => {
    expect(1 / (1 + Math.exp(-(m[i] as number)))).toBeCloseTo(p, 12);
  });
});

test('more rows than one call of the kernel takes', async () => {
  const student = await train(conv, dataset, targets, loss, options);
  const rows = Uint32Array.from({ length: 2500 }, (_, i) => (i * 13) % ROWS);
  const all = student.predictProba(dataset);
  expect(student.predictProba(selectRows(dataset, rows))).toEqual(Float64Array.from(rows, (row) => all[row] as number));
});

test('refuses dense values, and rows of another preprocessing', async () => {
  const student = await train(conv, dataset, targets, loss, options);
  const dense = denseRows(dataset.features, 0, 2);
  expect(dense).toHaveLength(2 * 103);
  expect(() => student.predictProba(dense)).toThrow(
    'student: dense values, expected rows with images of 9 x 11 pixels, as encode makes them; open the table',
  );
  expect(() => student.predictProba(otherForm(dataset))).toThrow('rows with images of another preprocessing, expected');
  const turned = drawImages(5, 1, { size: [11, 9] }).dataset;
  expect(() => student.predictProba(turned)).toThrow('rows with images of another preprocessing');
  expect(() => student.predictProba(drawImages(5, 1, { size: [8, 8] }).dataset)).toThrow('rows of 68 encoded columns');
  expect(() => student.predictRecord({ age: 1, kind: 'a', image: 'a.png' })).toThrow('record: field "image" is string');
  // the same parameters behind another preprocessing: no network of the first is used
  const { columns, ...rest } = student.preprocessing;
  const moved = columns.map((column) => (column.kind === 'image' ? { ...column, mean: [0.4] } : column));
  const other = new Student({ ...student, preprocessing: { ...rest, columns: moved } });
  expect(other.predictProba(otherForm(dataset))).not.toEqual(student.predictProba(dataset));
});

test('a student file returns the same student; damaged ones are refused', async () => {
  const student = await train(parseArchitecture('residual:4@5/3'), dataset, targets, loss, options);
  const bytes = encodeStudent(student);
  const again = decodeStudent(bytes);
  expect(again.architecture).toEqual({ hidden: [3], conv: { channels: [4], kernel: 5, blocks: 'residual' } });
  expect(again.preprocessing).toEqual(student.preprocessing);
  expect(again.predictProba(dataset)).toEqual(student.predictProba(dataset));
  expect(encodeStudent(again)).toEqual(bytes);
  for (const at of [14, 200, bytes.length - 60]) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] as number) ^ 1;
    expect(() => decodeStudent(damaged)).toThrow('damaged (its checksum differs)');
  }
  const change = (more: Partial<Student>): (() => Student) => {
    const { architecture, parameters, preprocessing } = student;
    const data = { architecture, parameters, preprocessing, threshold: 0.5, provenance: {}, ...more };
    return () => decodeStudent(encodeStudent(data));
  };
  expect(change({ architecture: { hidden: [3] } })).toThrow(
    'student: a preprocessing with images, and an architecture without convolutions, expected both or neither',
  );
  const numeric = student.preprocessing.columns.slice(0, 1);
  expect(change({ preprocessing: { clip: 10, columns: numeric, encodedWidth: 1 } })).toThrow(
    'an architecture with convolutions, and a preprocessing without images',
  );
  expect(change({ architecture: { hidden: [3], conv: { channels: [4] } } })).toThrow(/damaged \(\d+ parameters\)/);
  const wide = student.parameters.slice();
  wide[0] = 1e36;
  expect(change({ parameters: wide })).toThrow('so large that predictions would not be finite');
  expect(() => new Student({ ...student, architecture: { hidden: [3] } })).toThrow('expected both or neither');
});

test('the preprocessing of images as JSON', () => {
  const { preprocessing } = dataset;
  expect(parsePreprocessing(JSON.parse(JSON.stringify(preprocessing)), 'p.json')).toEqual(preprocessing);
  const [age, image, kind] = preprocessing.columns as [object, object, object];
  const parse = (change: object) => () =>
    parsePreprocessing({ ...preprocessing, columns: [age, { ...image, ...change }, kind] }, 'p.json');
  expect(parse({ width: undefined })()).toEqual(preprocessing);
  for (const [change, message] of [
    [{ size: [9, 97] }, 'column "image": size is [9,97], expected [height, width], from 8 to 96'],
    [{ size: [9] }, 'size is [9]'],
    [{ size: undefined }, 'size is undefined'],
    [{ channels: 2 }, 'channels is 2, expected 1 or 3'],
    [{ channels: 3 }, 'mean is [0.5], expected 3 numbers'],
    [{ mean: [null] }, 'mean is [null], expected 1 numbers'],
    [{ std: [0] }, 'std is [0], expected 1 numbers above 0'],
    [{ width: 98 }, 'width is 98, expected 99, all values of the pixels'],
    [{ size: [9, 10] }, 'width is 99, expected 90'],
    [{ kind: 'picture' }, 'kind "picture", expected numeric, categorical, text or image, or a list "steps"'],
  ] as const)
    expect(parse(change)).toThrow(message);
  const second = { ...image, name: 'other', offset: 103 };
  const two = { ...preprocessing, columns: [age, image, kind, second], encodedWidth: 202 };
  expect(() => parsePreprocessing(two, 'p.json')).toThrow('2 columns of images, expected at most one');
});
