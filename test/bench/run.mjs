// Compares debkd's speed with that of other libraries (rivals) in one interleaved run: every round times each of them once. Prints the
// rival's median time divided by debkd's: above 1, debkd is faster.
//   npm run bench [-- --json --rounds 5 --only training,gemm,inference,ridge,edge,reading --fast]
//   npm run bench -- --only sweep
//   npm run bench -- --only pipeline [--tables adult,dense,mixed,wide]
// `pipeline` runs whole commands, about 10 minutes a round; `sweep` prints how time grows with rows, columns and labels. Both run only when
// they are asked for.
// --fast loads the fast kernels, which round a * b + c once (Node 24).
// Needs `npm ci --prefix test/bench` for tfjs and jax-js, `npm ci --prefix test/runtime` for workerd, and Debian's python3-torch,
// python3-sklearn and liblapack3 for PyTorch and scikit-learn. A missing rival is reported and skipped.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { init } from '../library.mjs';
import { coldStart, edgeCases } from './cases/edge.mjs';
import { gemmCases } from './cases/gemm.mjs';
import { inferenceCases } from './cases/inference.mjs';
import { pipelineCases } from './cases/pipeline.mjs';
import { readingCases } from './cases/reading.mjs';
import { ridgeCases } from './cases/ridge.mjs';
import { sweep } from './cases/sweep.mjs';
import { trainingCases } from './cases/training.mjs';
import { openPython } from './rivals/python.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    fast: { type: 'boolean', default: false },
    tables: { type: 'string', default: 'adult,dense,mixed,wide' },
    only: { type: 'string', default: 'gemm,inference,training,ridge,edge,reading' },
  },
});
const only = values.only.split(',');
const rounds = Number(values.rounds);
const versions = process.versions;
const host = versions.bun ? `bun ${versions.bun}` : versions.deno ? `deno ${versions.deno}` : `node ${versions.node}`;
const say = (text) => process.stderr.write(`${text}\n`);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function optional(name, load) {
  try {
    return await load();
  } catch (error) {
    say(`skipped: ${name} (${error.message.split('\n')[0]})`);
    return undefined;
  }
}

if (values.fast) await init({ wasm: readFileSync(new URL('../../dist/kernels-fast.wasm', import.meta.url)) });
const needs = (part) => only.includes(part);
const rivals = {
  tfjs: needs('training')
    ? await optional('tfjs-wasm', () => import('./rivals/tfjs.mjs').then((m) => m.openTfjs()))
    : undefined,
  jax: needs('training')
    ? await optional('jax-js', async () => (await import('./rivals/jax.mjs')).jaxTrainer)
    : undefined,
  python: needs('training') || needs('ridge') ? await optional('PyTorch', openPython) : undefined,
};

const results = [];
const record = (entry) => {
  results.push({ ...entry, host, rounds });
  const { name, against, ratio, spread, target, reached } = entry;
  const bar = target === null ? '' : ` (bar ${target}: ${reached ? 'reached' : 'missed'})`;
  say(`${name} | ${against} | ${ratio.toFixed(2)} (${spread.map((r) => r.toFixed(2)).join(' .. ')})${bar}`);
};

if (needs('gemm')) {
  const shares = gemmCases().map(({ name, share }) => {
    const list = Array.from({ length: rounds }, share).map(({ reached, peak }) => reached / peak);
    record({
      name,
      against: 'mul + add peak',
      ratio: median(list),
      target: null,
      reached: null,
      spread: [Math.min(...list), Math.max(...list)],
    });
    return median(list);
  });
  const target = versions.bun || versions.deno ? 0.55 : Number(versions.node.split('.')[0]) >= 24 ? 0.7 : 0.6;
  const middle = median(shares);
  record({
    name: 'products, median over shapes',
    against: 'mul + add peak',
    ratio: middle,
    target,
    reached: middle >= target,
    spread: [Math.min(...shares), Math.max(...shares)],
  });
}
const cases = [
  ...(needs('inference') ? await inferenceCases() : []),
  ...(needs('training') ? await trainingCases(rivals, values.fast) : []),
  ...(needs('ridge') ? ridgeCases(rivals) : []),
  ...(needs('edge') ? await edgeCases(say) : []),
  ...(needs('reading') ? readingCases() : []),
  ...(needs('pipeline') ? pipelineCases(values.tables.split(','), say) : []),
];
for (const { name, ours, rivals: list, once, most } of cases) {
  const present = list.filter(({ run }) => run);
  const times = [[], ...present.map(() => [])];
  // round -1 is a warm-up and is not measured
  for (let round = once ? 0 : -1; round < (once ? Math.min(most ?? 2, rounds) : rounds); round++) {
    for (const [k, run] of [ours, ...present.map((rival) => rival.run)].entries()) {
      const ms = await run();
      if (round >= 0) times[k].push(ms);
    }
  }
  say(`${name}: ${median(times[0]).toPrecision(3)} ms`);
  present.forEach(({ against, target }, k) => {
    const ratios = times[k + 1].map((ms, i) => ms / times[0][i]);
    const ratio = median(times[k + 1]) / median(times[0]);
    const reached = target === null ? null : ratio >= target;
    record({ name, against, ratio, target, reached, spread: [Math.min(...ratios), Math.max(...ratios)] });
  });
}
rivals.python?.close();
if (needs('sweep')) await sweep(say);
if (needs('edge')) await coldStart(4 * rounds, say);
if (values.json) console.log(JSON.stringify(results, null, 1));
else
  console.log(
    `${results.filter(({ reached }) => reached === false).length} of ${results.filter(({ reached }) => reached !== null).length} bars missed`,
  );
process.exit(0);
