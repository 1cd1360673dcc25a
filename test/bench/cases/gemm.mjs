// The speed of matrix products as a share of the peak rate of multiplications and additions, measured right before each product.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHAPES = [
  [256, 108, 64],
  [256, 64, 32],
  [256, 512, 512],
  [1024, 1024, 1024],
];
const STEPS = 2e6;
const root = fileURLToPath(new URL('../../../', import.meta.url));

function compileProducts() {
  const out = `${root}build/products.wasm`;
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='];
  const program = `${root}node_modules/assemblyscript/bin/asc.js`;
  execFileSync(process.execPath, [program, 'test/bench/products.ts', '-o', out, ...flags], { cwd: root });
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(out))).exports;
}

export function gemmCases() {
  const kernels = compileProducts();
  const peakNumbers = kernels.alloc(256) >>> 0;
  const floats = (n) => {
    const at = kernels.alloc(4 * n) >>> 0;
    const view = new Float32Array(kernels.memory.buffer, at, n);
    for (let i = 0; i < n; i++) view[i] = Math.sin(i);
    return at;
  };
  const rate = (operations, work) => {
    const started = performance.now();
    work();
    return operations / (performance.now() - started) / 1e6; // GFLOP/s
  };
  return SHAPES.flatMap(([m, k, n]) => {
    const [a, b, c, d, w, e] = [m * k, k * n, m * n, m * n, k * n, m * k].map(floats);
    const turns = Math.max(1, Math.round(2e7 / (m * k * n)));
    const repeat = (work) => () => {
      for (let i = 0; i < turns; i++) work();
    };
    const products = {
      forward: repeat(() => kernels.multiply(a, k, b, n, 0, 0, c, n, m, n, k)),
      'gradient of weights': repeat(() => kernels.multiplyTransposed(a, k, d, n, w, n, m, n, k)),
      'gradient of inputs': repeat(() => kernels.multiplyByTransposed(d, n, b, n, e, k, m, k, n)),
    };
    return Object.entries(products).map(([name, work]) => ({
      name: `${m} x ${k} x ${n}, ${name}`,
      share: () => {
        const best = (list) => Math.max(...list);
        const rates = Array.from({ length: 5 }, () => [
          rate(64 * STEPS, () => kernels.peak(STEPS, peakNumbers)),
          rate(2 * m * k * n * turns, work),
        ]);
        return { reached: best(rates.map(([, r]) => r)), peak: best(rates.map(([p]) => p)) };
      },
    }));
  });
}
