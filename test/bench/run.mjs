// Training speed beside rivals, in one interleaved run: every round times each of them once, medians are compared.
//   npm run bench [-- --json --rounds 5]     needs `npm ci --prefix test/bench` once for tfjs
import { parseArgs } from 'node:util';
import * as debkd from '../../dist/index.js';
import { plainTrainer } from './plain.mjs';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
});
const ROWS = 30000;
const FEATURES = 108;
const HIDDEN = [64, 32];
const BATCH = 256;
const EPOCHS = 10;

let state = 12345;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const x = Float32Array.from({ length: ROWS * FEATURES }, () => random() * 2 - 1);
const targets = Float32Array.from({ length: ROWS }, () => random());
const preprocessing = {
  clip: 10,
  columns: Array.from({ length: FEATURES }, (_, j) => ({
    name: `x${j}`,
    kind: 'numeric',
    transform: 'none',
    mean: 0,
    std: 1,
    offset: j,
    width: 1,
  })),
  F: FEATURES,
};
const features = debkd.denseMatrix(x, FEATURES);
const base = { rows: ROWS, preprocessing, labels: new Int8Array(ROWS).fill(-1), folds: new Uint8Array(ROWS) };
const dense = { ...base, features, teacherInputs: features };
const margins = Float64Array.from(targets, (p) => Math.log(p / (1 - p)));

// rows as adult has them: 6 numbers and 8 categories, 108 columns encoded
const sizes = [9, 16, 7, 15, 6, 5, 2, 42];
const words = new Int32Array(ROWS * 14);
const floats = new Float32Array(words.buffer);
for (let i = 0; i < ROWS; i++) {
  for (let s = 0; s < 6; s++) floats[i * 14 + s] = random() * 2 - 1;
  let offset = 6;
  sizes.forEach((size, c) => {
    words[i * 14 + 6 + c] = offset + Math.floor(random() * size);
    offset += size;
  });
}
const slotColumns = Int32Array.from({ length: 14 }, (_, s) => (s < 6 ? s : -1));
const mixed = { rows: ROWS, slots: 14, width: FEATURES, slotColumns, words };
const tabular = { ...base, features: mixed, teacherInputs: mixed };

const ours = (dataset) => async () => {
  const started = performance.now();
  const options = { seed: 1, epochs: EPOCHS, batchSize: BATCH };
  await debkd.fit({ hidden: HIDDEN }, dataset, { margins }, debkd.debiasedDistillation(), options);
  return (performance.now() - started) / EPOCHS;
};
const rival = (epoch) => async () => {
  const started = performance.now();
  epoch(x, targets, ROWS, BATCH);
  return performance.now() - started;
};

const runners = new Map([
  ['debkd', ours(dense)],
  ['debkd, rows of numbers and categories', ours(tabular)],
  ['plain JavaScript', rival(plainTrainer(FEATURES, HIDDEN))],
]);
try {
  const { tfjsTrainer } = await import('./tfjs.mjs');
  runners.set('tfjs-wasm', rival(await tfjsTrainer(FEATURES, HIDDEN)));
} catch (error) {
  console.error(`skipped: tfjs-wasm (${error.message.split('\n')[0]}); npm ci --prefix test/bench installs it`);
}

const rounds = Number(values.rounds);
const times = new Map([...runners.keys()].map((name) => [name, []]));
for (let round = -1; round < rounds; round++) {
  for (const [name, run] of runners) {
    const ms = await run();
    if (round >= 0) times.get(name).push(ms); // the round before counts as warm-up
  }
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const targetOf = new Map([['tfjs-wasm', 10]]);
const results = [];
for (const name of ['debkd', 'debkd, rows of numbers and categories']) {
  for (const against of ['plain JavaScript', 'tfjs-wasm']) {
    if (!times.has(against)) continue;
    const ratios = times.get(against).map((ms, i) => ms / times.get(name)[i]);
    const ratio = median(times.get(against)) / median(times.get(name));
    const target = name === 'debkd' ? (targetOf.get(against) ?? null) : null;
    const spread = [Math.min(...ratios), Math.max(...ratios)];
    results.push({
      name: `${name}: an epoch of 108-64-32-1, 30,000 rows, batch 256, AdamW`,
      host: `node ${process.versions.node}`,
      against,
      ratio,
      target,
      reached: target === null ? null : ratio >= target,
      rounds,
      spread,
    });
  }
}
if (values.json) console.log(JSON.stringify(results, null, 1));
else {
  for (const [name, list] of times) console.log(`${name.padEnd(40)}${median(list).toFixed(0).padStart(6)} ms an epoch`);
  for (const { name, against, ratio, spread } of results) {
    console.log(
      `${name.split(':')[0]} against ${against}: ${ratio.toFixed(1)} x (${spread.map((r) => r.toFixed(1)).join(' .. ')})`,
    );
  }
}
