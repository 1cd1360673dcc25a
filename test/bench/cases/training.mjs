// The time of an epoch of AdamW, compared with other libraries that train in a browser and with PyTorch.
import { debiasedDistillation, fit } from '../../library.mjs';
import { denseRows, tabularRows } from '../data.mjs';
import { plainTrainer } from '../rivals/plain.mjs';

const timed = async (work) => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

function ours({ dataset, margins }, hidden, batchSize, epochs) {
  const options = { seed: 1, epochs, batchSize };
  return async () =>
    (await timed(() => fit({ hidden }, dataset, { margins }, debiasedDistillation(), options))) / epochs;
}

/** @param fast whether the fast kernels are loaded; they have a higher target */
export async function trainingCases(rivals, fast) {
  const { python, tfjs, jax } = rivals;
  const narrow = denseRows(30000, 108);
  const wide = denseRows(4096, 1024);
  const table = tabularRows(30000);
  const targets = Float32Array.from(narrow.margins, (v) => 1 / (1 + Math.exp(-v)));
  const torch = (job) => python && (() => python.ask({ work: 'train', epochs: 1, batch: 256, ...job }));
  const rival = async (made, rows, data, columns, hidden) => {
    const epoch = await made?.(columns, hidden);
    return epoch && (() => timed(() => epoch(data.values, targets, rows, 256)));
  };
  /** For slow rivals: ten times the time of a tenth of the rows. */
  const tenth = async (made, data, columns, hidden) => {
    const run = await rival(made, 3000, data, columns, hidden);
    return run && (async () => 10 * (await run()));
  };
  const small = [108, [64, 32]];
  const large = [1024, [512, 256]];
  return [
    {
      name: 'an epoch of 108-64-32-1, 30,000 rows, batch 256, dense',
      ours: ours(narrow, small[1], 256, 5),
      rivals: [
        { against: 'tfjs-wasm, layers', target: 25, run: await rival(tfjs?.layers, 30000, narrow, ...small) },
        { against: 'tfjs-wasm, own loop', target: null, run: await rival(tfjs?.loop, 30000, narrow, ...small) },
        { against: 'tfjs-cpu', target: null, run: await tenth(tfjs?.cpu, narrow, ...small) },
        { against: 'jax-js', target: 8, run: await rival(jax, 30000, narrow, ...small) },
        { against: 'PyTorch', target: 3, run: torch({ features: 108, hidden: small[1], rows: 30000 }) },
        { against: 'plain JavaScript', target: null, run: await rival(plainTrainer, 30000, narrow, ...small) },
      ],
    },
    {
      name: 'an epoch of 108-64-32-1, 30,000 rows of numbers and categories, batch 256',
      ours: ours(table, small[1], 256, 5),
      rivals: [
        { against: 'PyTorch on dense rows', target: 5, run: torch({ features: 108, hidden: small[1], rows: 30000 }) },
      ],
    },
    {
      name: 'an epoch of 1024-512-256-1, 4,096 rows, batch 256',
      ours: ours(wide, large[1], 256, 1),
      rivals: [
        { against: 'tfjs-wasm, layers', target: 23, run: await rival(tfjs?.layers, 4096, wide, ...large) },
        { against: 'tfjs-wasm, own loop', target: null, run: await rival(tfjs?.loop, 4096, wide, ...large) },
        { against: 'PyTorch', target: fast ? 0.65 : 0.5, run: torch({ features: 1024, hidden: large[1], rows: 4096 }) },
      ],
    },
    {
      name: '20 students 108-16-1 on 2,000 rows, 10 epochs, batch 64',
      ours: (() => {
        const { dataset, margins } = tabularRows(2000);
        return () =>
          timed(async () => {
            for (let seed = 1; seed <= 20; seed++) {
              await fit({ hidden: [16] }, dataset, { margins }, debiasedDistillation(), { seed, epochs: 10 });
            }
          });
      })(),
      rivals: [
        {
          against: 'PyTorch, one after another',
          target: 10,
          run: torch({ features: 108, hidden: [16], rows: 2000, batch: 64, epochs: 10, students: 20 }),
        },
      ],
    },
  ];
}
