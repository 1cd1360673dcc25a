// Weights in separate files: read from the model's folder, in the length that the model needs, and never through a
// link.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { field, numberField } from '../../src/io/protobuf.ts';
import { bytesOf, concat } from '../../src/io/source.ts';
import { readExternalData } from '../../src/teacher/external-data.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { parseOnnx } from '../../src/teacher/parse-onnx.ts';

const tiny = (name: string): string => fileURLToPath(new URL(`./tiny/${name}`, import.meta.url));
let folder = '';
let model = '';
let weights = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'debkd-weights-'));
  model = join(folder, 'model.onnx');
  weights = join(folder, 'external.bin');
  copyFileSync(tiny('external.onnx'), model);
  copyFileSync(tiny('external.bin'), weights);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const identity = async (place: string | URL): Promise<string> => {
  using teacher = await loadTeacher(place);
  return teacher.identity;
};

test('a path, a file address and a linked folder give the same teacher', async () => {
  const expected = await identity(model);
  expect(await identity(new URL(`file://${model}`))).toBe(expected);
  symlinkSync(folder, join(folder, 'here'));
  expect(await identity(join(folder, 'here', 'model.onnx'))).toBe(expected);
});

/** Weights [2, 1] with an offset and a length, as exporters write them. */
function withPlaces(): void {
  const entry = (key: string, value: string): Uint8Array => field(13, [field(1, key), field(2, value)]);
  const places = [entry('location', 'external.bin'), entry('offset', '16'), entry('length', '8')];
  const sizes = [numberField(1, 2), numberField(1, 1), numberField(2, 1)];
  const tensor = field(5, [...sizes, field(8, 'w'), ...places, numberField(14, 1)]);
  const info = (id: number, name: string, width: number): Uint8Array => {
    const shape = field(2, [field(1, [field(2, 'n')]), field(1, [numberField(1, width)])]);
    return field(id, [field(1, name), field(2, [field(1, [numberField(1, 1), shape])])]);
  };
  const node = field(1, [field(1, 'x'), field(1, 'w'), field(2, 'logit'), field(4, 'MatMul')]);
  const graph = [node, field(2, 'g'), tensor, info(11, 'x', 2), info(12, 'logit', 1)];
  writeFileSync(model, concat([numberField(1, 8), field(7, graph), field(8, [field(1, ''), numberField(2, 17)])]));
  writeFileSync(weights, concat([new Uint8Array(16), new Uint8Array(Float32Array.of(2, -1).buffer)]));
}

test('a file longer than the weights is read only up to their end', async () => {
  withPlaces();
  const expected = await identity(model);
  appendFileSync(weights, Buffer.alloc(1000, 7));
  expect(await identity(model)).toBe(expected);
  const graph = parseOnnx(await bytesOf(model), 'model');
  expect(graph.externalSizes.get('external.bin')).toBe(24);
  const [file] = await readExternalData(graph, model, undefined, 'model');
  expect(file?.data.length).toBe(24);
});

test('a file shorter than the weights is refused', async () => {
  withPlaces();
  truncateSync(weights, 3);
  await expect(identity(model)).rejects.toThrow(
    /its weights "external.bin" have 3 bytes, expected 24; copy the file again, it is cut short/,
  );
});

const linked =
  /its weights "external.bin" are behind a link, which is not followed; put the file itself next to the model/;

test.each([['/dev/zero'], ['/dev/stdin'], ['../private.bin']])('a link to %s is not followed', async (target) => {
  writeFileSync(join(folder, 'private.bin'), 'a private file of more bytes than the weights have, and then some');
  mkdirSync(join(folder, 'inner'));
  for (const name of ['model.onnx', 'external.bin']) copyFileSync(join(folder, name), join(folder, 'inner', name));
  rmSync(join(folder, 'inner', 'external.bin'));
  symlinkSync(target, join(folder, 'inner', 'external.bin'));
  await expect(identity(join(folder, 'inner', 'model.onnx'))).rejects.toThrow(linked);
});

test('a folder or a pipe is refused', async () => {
  rmSync(weights);
  mkdirSync(weights);
  await expect(identity(model)).rejects.toThrow(/its weights "external.bin" are a folder/);
  rmSync(weights, { recursive: true });
  execFileSync('mkfifo', [weights]);
  await expect(identity(model)).rejects.toThrow(/its weights "external.bin" are not a file/);
});

test('a missing file of weights is named', async () => {
  rmSync(weights);
  await expect(identity(model)).rejects.toThrow(/external.bin": there is no such file; check the path/);
});

test('the time limit begins before the model is opened, and ends after success and failure', async () => {
  for (const [place, fine] of [
    [model, true],
    [tiny('../shapes/random.onnx'), false],
  ] as const) {
    const told: boolean[] = [];
    const loading = loadTeacher(place, { onRuntime: (busy) => told.push(busy) });
    if (fine) (await loading)[Symbol.dispose]?.();
    else await expect(loading).rejects.toThrow(/draws random numbers/);
    // it starts again at each step, and ends once
    expect(told.slice(0, -1).every(Boolean), String(told)).toBe(true);
    expect(told.at(-1)).toBe(false);
    expect(told.length).toBeGreaterThan(4);
  }
});
