// Limits of the kernels: the module's size and interface, their memory, and networks too large for the address space.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { init, instantiate } from '../../src/kernels/load.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { debiasedDistillation } from '../../src/loss/debiased-distillation.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { createNetwork } from '../../src/student/network.ts';
import { drawWorld } from '../simulator.ts';

const file = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../build/${name}`, import.meta.url)));

test('the module, which every bundle contains, has at most 67 KiB, 28 KiB compressed', () => {
  const bytes = file('kernels.wasm');
  expect(bytes.length).toBeLessThanOrEqual(67 * 1024);
  expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(28 * 1024);
});

test('the module imports only a custom loss and exports what exports.ts declares', () => {
  const module = new WebAssembly.Module(file('kernels.wasm'));
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'loss', name: 'own', kind: 'function' }]);
  const source = readFileSync(new URL('../../src/kernels/exports.ts', import.meta.url), 'utf8');
  const declared = [...source.matchAll(/^ {2}(\w+)\(([^()]*)\): (?:number|void);$/gm)];
  const exported = Object.entries(new WebAssembly.Instance(module, { loss: { own: () => 0 } }).exports);
  expect(Object.fromEntries(declared.map(([, name, list = '']) => [name, list.split(':').length - 1]))).toEqual(
    Object.fromEntries(exported.flatMap(([name, it]) => (typeof it === 'function' ? [[name, it.length]] : []))),
  );
});

test('after the first fit, 1,000 more do not grow the memory of the kernels', async () => {
  const { dataset, truth } = drawWorld(50, 2);
  const run = () =>
    fitStudent({ hidden: [8] }, dataset, { margins: truth }, debiasedDistillation(), { seed: 1, epochs: 1 });
  const size = (): number => {
    using arena = openArena();
    return arena.kernels.memory.buffer.byteLength;
  };
  await run();
  const before = size();
  for (let i = 0; i < 1000; i++) await run();
  expect(size()).toBe(before);
});

test('a fit needs one copy of the rows, 32 bytes per parameter, 32 more per row, and the activations of a batch', async () => {
  const [rows, columns, width, batch] = [20000, 64, 512, 64];
  const features = denseMatrix(new Float32Array(rows * columns).fill(0.5), columns);
  const { dataset } = drawWorld(1, 1);
  const preprocessing = { ...dataset.preprocessing, encodedWidth: columns };
  const data = { ...dataset, preprocessing, rows, features, teacherInputs: features, labels: new Int8Array(rows) };
  await fitStudent({ hidden: [width] }, data, { margins: new Float64Array(rows) }, debiasedDistillation(), {
    seed: 1,
    epochs: 1,
    batchSize: batch,
  });
  // openArena returns the last instance used, and wasm memory never shrinks
  using arena = openArena();
  const parameters = (columns + 1) * width + width + 1;
  const limit = 4 * rows * columns + 32 * parameters + 32 * rows + 4 * batch * (columns + 4 * width);
  expect(arena.kernels.memory.buffer.byteLength).toBeGreaterThan(4 * rows * columns);
  expect(arena.kernels.memory.buffer.byteLength - instantiate().memory.buffer.byteLength).toBeLessThan(limit);
});

test.each([
  ['a layer too wide', { hidden: [2 ** 31] }],
  ['parameters beyond the address space', { hidden: [60000, 60000] }],
])('%s: an error before any memory is allocated', (_, shape) => {
  using arena = openArena();
  const before = arena.kernels.memory.buffer.byteLength;
  expect(() => createNetwork(arena, { width: 108 }, shape)).toThrow(/no room for its parameters; use narrower layers/);
  expect(arena.kernels.memory.buffer.byteLength).toBe(before);
});

test('batches whose size in bytes overflows 32 bits are refused', () => {
  using arena = openArena();
  const net = createNetwork(arena, { width: 2 ** 20 }, { hidden: [] });
  const words = arena.reserve(64);
  expect(arena.kernels.bindRows(net, words, 2 ** 20, words, 1, 2 ** 12)).toBe(0);
});

test('batches of images whose size in bytes overflows 32 bits are refused', () => {
  using arena = openArena();
  const image = { size: [96, 96] as const, channels: 3 as const, offset: 0 };
  const shape = { hidden: [], conv: { channels: [8] } };
  const net = createNetwork(arena, { width: 96 * 96 * 3, image }, shape, { training: true });
  const words = arena.reserve(64);
  // the inputs of 38,000 images take 2^32 bytes and a few more
  expect(arena.kernels.bindRows(net, words, 1, words, 0, 38000)).toBe(0);
});

const fast = file('kernels-fast.wasm');
const hasRelaxedSimd = WebAssembly.validate(fast);
if (!hasRelaxedSimd) console.warn('skipped: the test of the fast kernels; this host has no relaxed SIMD');
test.runIf(hasRelaxedSimd)('init loads the fast kernels; they change parameters by less than 1e-3', async () => {
  const { dataset, truth } = drawWorld(500, 6);
  const run = () =>
    fitStudent({ hidden: [32, 16] }, dataset, { margins: truth }, debiasedDistillation(), { seed: 1, epochs: 5 });
  const plain = await run();
  await init({ wasm: fast });
  // existing instances keep the old kernels: hold them all, to make the fit create a new one
  const held = Array.from({ length: 4 }, openArena);
  const other = await run();
  for (const arena of held) arena[Symbol.dispose]();
  expect(other.parameters).not.toEqual(plain.parameters);
  other.parameters.forEach((p, i) => {
    expect(Math.abs(p - (plain.parameters[i] as number))).toBeLessThan(1e-3);
  });
});
