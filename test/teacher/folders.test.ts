// Folders with a model, its configuration and its preprocessing, as Hugging Face keeps them.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openPackedTeacher, packTeacher } from '../../src/cluster/packed-teacher.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { temporary } from '../cli/run.ts';
import golden from '../golden/classes.json' with { type: 'json' };
import grouped from './grouped/expected.json' with { type: 'json' };

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const rows = denseMatrix(Float32Array.from(golden.rows.flat()), 3);
const modelOf = (name: string): Buffer =>
  Buffer.from((golden.models.find((model) => model.name === name) as { onnx: string }).onnx, 'base64');
const exclusive = modelOf('PyTorch, cross-entropy');
const several = modelOf('the same after a Sigmoid');
const names = { 0: 'low', 1: 'mid', 2: 'high' };

/** A new folder with these files. */
function folderOf(files: Readonly<Record<string, Uint8Array | object>>): string {
  const folder = temporary();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content instanceof Uint8Array ? content : JSON.stringify(content));
  }
  return folder;
}

const config = { id2label: names, problem_type: 'single_label_classification', architectures: ['X'] };

describe.each(['model.onnx', 'onnx/model.onnx', 'onnx/model_quantized.onnx'])('a folder with %s', (file) => {
  test('gives the class names and the kind of problem', async () => {
    const folder = folderOf({ [file]: exclusive, 'config.json': config });
    using teacher = await loadTeacher(folder, { class: 'mid' });
    expect([teacher.convention, teacher.reading.classes, teacher.name]).toEqual([
      'logits',
      ['low', 'mid', 'high'],
      folder,
    ]);
    using same = await loadTeacher(exclusive, { convention: 'logits', class: '1' });
    expect(teacher.identity).toBe(same.identity);
    expect((await teacher.margins(rows)).margins).toEqual((await same.margins(rows)).margins);
    using byUrl = await loadTeacher(pathToFileURL(`${folder}/`), { class: 'mid' });
    expect(byUrl.identity).toBe(teacher.identity);
    // a worker has no such folder
    using packed = await openPackedTeacher(await packTeacher(`${folder}/`, { class: 'mid' }));
    expect([packed.identity, packed.reading.className, packed.name]).toEqual([
      teacher.identity,
      'mid',
      folder.replace(/^.*\//, ''),
    ]);
  });
});

test('model.onnx is preferred, and weights beside it are read', async () => {
  const folder = folderOf({ 'other.onnx': exclusive, 'onnx/model.onnx': exclusive });
  copyFileSync(here('./tiny/external.onnx'), join(folder, 'model.onnx'));
  copyFileSync(here('./tiny/external.bin'), join(folder, 'external.bin'));
  using teacher = await loadTeacher(folder);
  using there = await loadTeacher(here('./tiny/external.onnx'));
  expect(teacher.identity).toBe(there.identity);
  const inner = folderOf({ 'config.json': {} });
  mkdirSync(join(inner, 'onnx'));
  copyFileSync(here('./tiny/external.onnx'), join(inner, 'onnx/model.onnx'));
  copyFileSync(here('./tiny/external.bin'), join(inner, 'onnx/external.bin'));
  using second = await loadTeacher(inner);
  expect(second.identity).toBe(there.identity);
  using packed = await openPackedTeacher(await packTeacher(inner));
  expect(packed.identity).toBe(there.identity);
});

test.each<[string, Readonly<Record<string, Uint8Array>>, RegExp]>([
  [
    'no model',
    { 'readme.md': new Uint8Array(3) },
    /this folder holds no ONNX model, expected model\.onnx, onnx\/model\.onnx/,
  ],
  [
    'several models',
    { 'onnx/model_int8.onnx': exclusive, 'onnx/model_fp16.onnx': exclusive },
    /no model\.onnx but several models: "onnx\/model_fp16\.onnx", "onnx\/model_int8\.onnx", expected .*; give the file itself, such as ".*\/onnx\/model_fp16\.onnx"/,
  ],
  ['one model of another name', { 'teacher.onnx': exclusive }, /one model of another name: "teacher\.onnx"/],
])('a folder with %s is refused', async (_, files, message) => {
  await expect(loadTeacher(folderOf(files))).rejects.toThrow(
    expect.objectContaining({ code: 'source', message: expect.stringMatching(message) }),
  );
});

test.each<[unknown, RegExp]>([
  [[], /configuration ".*config\.json": not a JSON object/],
  [{ id2label: { 0: 'a', 2: 'b' } }, /id2label is malformed, expected one name for each index from 0/],
  [{ problem_type: 'ranking' }, /problem_type is "ranking", expected one of single_label_classification, multi_label/],
  [{ id2label: names, num_labels: 4 }, /num_labels is 4, and id2label names 3/],
])('the configuration %j is refused', async (value, message) => {
  await expect(loadTeacher(folderOf({ 'model.onnx': exclusive, 'config.json': value as object }))).rejects.toThrow(
    message,
  );
});

test('a configuration that does not fit the output is noted, one that contradicts it is refused', async () => {
  using teacher = await loadTeacher(
    folderOf({ 'model.onnx': exclusive, 'config.json': { ...config, id2label: { 0: 'a', 1: 'b' } } }),
    { class: '0' },
  );
  expect([teacher.reading.classes, teacher.notes.join()]).toEqual([
    undefined,
    expect.stringMatching(/config\.json" names 2 classes, its output has 3 values per row; the names are not used$/),
  ]);
  await expect(loadTeacher(folderOf({ 'model.onnx': several, 'config.json': config }), { class: '0' })).rejects.toThrow(
    /a Sigmoid for each value, but the model's configuration says exclusive classes; state what the output means/,
  );
  await expect(loadTeacher(several, { config: { problem_type: 'regression' }, class: '0' })).rejects.toThrow(
    /the model's configuration says that it is a regressor/,
  );
  await expect(
    loadTeacher(modelOf('neural network'), { config: { problem_type: 'multi_label_classification' }, class: '0' }),
  ).rejects.toThrow(/a Softmax, but the model's configuration says independent labels/);
});

test('a lone model takes only names from config.json in its folder, if they fit', async () => {
  const folder = folderOf({ 'a.onnx': several, 'config.json': config });
  using teacher = await loadTeacher(join(folder, 'a.onnx'), { class: 'high' });
  expect([teacher.convention, teacher.reading.className, teacher.notes]).toEqual([
    'probability',
    'high',
    ['teacher: the names of its classes are those of config.json in its folder'],
  ]);
  using packed = await openPackedTeacher(await packTeacher(join(folder, 'a.onnx'), { class: 'high' }));
  expect(packed.identity).toBe(teacher.identity);
  // the kind of problem is not that of a lone model
  const logits = folderOf({ 'a.onnx': exclusive, 'config.json': config });
  await expect(loadTeacher(join(logits, 'a.onnx'), { class: 'high' })).rejects.toThrow(/cannot be told apart/);
  using unclear = await loadTeacher(join(logits, 'a.onnx'));
  expect([unclear.convention, unclear.refusal?.message]).toEqual([
    'unclear',
    expect.stringMatching(
      /expected one class \("low", "mid", "high", or an index from 0 to 2\) and what the values mean/,
    ),
  ]);
  for (const other of [{ id2label: { 0: 'x' } }, 'not a configuration', { name: 'my-app' }]) {
    const beside = folderOf({ 'a.onnx': several, 'config.json': other as object });
    using lone = await loadTeacher(join(beside, 'a.onnx'), { class: '2' });
    expect([lone.reading.classes, lone.notes]).toEqual([undefined, []]);
  }
});

test('the preprocessing of a folder is used unless one is given', async () => {
  const files = {
    'model.onnx': readFileSync(here('./grouped/two-groups.onnx')),
    'preprocessing.json': grouped.preprocessing,
  };
  const folder = folderOf(files);
  const inputs = { left: ['age', 'hours'] };
  using teacher = await loadTeacher(folder, { inputs });
  expect([teacher.preprocessing?.encodedWidth, teacher.notes]).toEqual([
    5,
    [expect.stringMatching(/^teacher: the preprocessing is that of its folder, ".*preprocessing\.json"$/)],
  ]);
  using given = await loadTeacher(folder, {
    inputs,
    preprocessing: parsePreprocessing(grouped.preprocessing, 'preprocessing.json'),
  });
  expect([given.notes, given.identity]).toEqual([[], teacher.identity]);
  using packed = await openPackedTeacher(await packTeacher(folder, { inputs }));
  expect(packed.identity).toBe(teacher.identity);
});

test('a configuration can be given as an object or a source', async () => {
  const json = new TextEncoder().encode(JSON.stringify(config));
  for (const given of [config, json, new Blob([json])]) {
    using teacher = await loadTeacher(exclusive, { config: given, class: 'low' });
    expect([teacher.convention, teacher.reading.className]).toEqual(['logits', 'low']);
  }
});
