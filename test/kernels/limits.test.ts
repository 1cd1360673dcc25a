// What the kernels may weigh and take: bytes of the module, memory over many fits, sizes that cannot be.
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

test('the module weighs at most 40 KB, 16 KB compressed: it is in every bundle', () => {
  const bytes = file('kernels.wasm');
  expect(bytes.length).toBeLessThanOrEqual(40 * 1024);
  expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(16 * 1024);
});

test('it takes one function of its caller, a loss, and gives what exports.ts says', () => {
  const module = new WebAssembly.Module(file('kernels.wasm'));
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'loss', name: 'own', kind: 'function' }]);
  const source = readFileSync(new URL('../../src/kernels/exports.ts', import.meta.url), 'utf8');
  const stated = [...source.matchAll(/^ {2}(\w+)\(([^()]*)\): (?:number|void);$/gm)];
  const given = Object.entries(new WebAssembly.Instance(module, { loss: { own: () => 0 } }).exports);
  expect(Object.fromEntries(stated.map(([, name, list = '']) => [name, list.split(':').length - 1]))).toEqual(
    Object.fromEntries(given.flatMap(([name, it]) => (typeof it === 'function' ? [[name, it.length]] : []))),
  );
});

test('a thousand fits in one process: kernel memory stays as it was after the first', async () => {
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

test('a fit takes its rows once, 32 bytes a parameter, 32 a row beside, and what a batch passes through', async () => {
  const [rows, columns, width, batch] = [20000, 64, 512, 64];
  const features = denseMatrix(new Float32Array(rows * columns).fill(0.5), columns);
  const { dataset } = drawWorld(1, 1);
  const preprocessing = { ...dataset.preprocessing, encodedWidth: columns };
  const data = { ...dataset, preprocessing, rows, features, teacherInputs: features, labels: new Int8Array(rows) };
  await fitStudent({ hidden: [width] }, data, { margins: new Float64Array(rows) }, debiasedDistillation(), {
    ...{ seed: 1, epochs: 1, batchSize: batch },
  });
  // the instance that was used last is lent next, and memory never shrinks
  using arena = openArena();
  const parameters = (columns + 1) * width + width + 1;
  const stated = 4 * rows * columns + 32 * parameters + 32 * rows + 4 * batch * (columns + 4 * width);
  expect(arena.kernels.memory.buffer.byteLength).toBeGreaterThan(4 * rows * columns);
  expect(arena.kernels.memory.buffer.byteLength - instantiate().memory.buffer.byteLength).toBeLessThan(stated);
});

test.each([
  ['a layer too wide', { hidden: [2 ** 31] }],
  ['parameters beyond the address space', { hidden: [60000, 60000] }],
])('%s: an error, before any memory is taken', (_, shape) => {
  using arena = openArena();
  const before = arena.kernels.memory.buffer.byteLength;
  expect(() => createNetwork(arena, 108, shape)).toThrow(/no room for its parameters; use narrower layers/);
  expect(arena.kernels.memory.buffer.byteLength).toBe(before);
});

test('batches whose numbers wrap around 32 bits are refused', () => {
  using arena = openArena();
  const net = createNetwork(arena, 2 ** 20, { hidden: [] });
  const words = arena.reserve(64);
  expect(arena.kernels.bindRows(net, words, 2 ** 20, words, 1, 2 ** 12)).toBe(0);
});

const fast = file('kernels-fast.wasm');
const runs = WebAssembly.validate(fast);
if (!runs) console.warn('skipped: this host does not run relaxed SIMD, so the fast kernels are not tested');
test.runIf(runs)('the fast kernels are asked for by init, round differently, and by little', async () => {
  const { dataset, truth } = drawWorld(500, 6);
  const run = () =>
    fitStudent({ hidden: [32, 16] }, dataset, { margins: truth }, debiasedDistillation(), { seed: 1, epochs: 5 });
  const plain = await run();
  await init({ wasm: fast });
  // instances that were made before stay as they are: while they are lent, a new one is made
  const held = Array.from({ length: 4 }, openArena);
  const other = await run();
  for (const arena of held) arena[Symbol.dispose]();
  expect(other.parameters).not.toEqual(plain.parameters);
  other.parameters.forEach((p, i) => {
    expect(Math.abs(p - (plain.parameters[i] as number))).toBeLessThan(1e-3);
  });
});
