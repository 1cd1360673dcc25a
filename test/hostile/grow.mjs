// Do time and memory grow at most linearly with the input? Reads each structure at n, 4 n and 16 n bytes, each in a new process.
//   npm run growing -- [--only TEXT] [--quick]
// A structure fails if 16 times the input takes more than 64 times the time or memory. Linear growth gives 16 and quadratic growth 256, so
// the limit tolerates noise. Times are processor times, which other programs on the machine hardly change.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, quick: { type: 'boolean', default: false } },
});
const folder = new URL('../../node_modules/.cache/debkd-hostile/', import.meta.url);
mkdirSync(folder, { recursive: true });
const program = fileURLToPath(new URL(`grow-${process.pid}.mjs`, folder));
await build({
  entryPoints: [fileURLToPath(new URL('grow-one.ts', import.meta.url))],
  outfile: program,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
});
const MOST_SECONDS = 20;
const run = promisify(execFile);
const measure = async (index, factor) => {
  try {
    const { stdout } = await run(process.execPath, [program, String(index), String(factor)], {
      timeout: 1000 * MOST_SECONDS * 6,
      maxBuffer: 2 ** 20,
    });
    return JSON.parse(stdout);
  } catch (error) {
    return { seconds: Infinity, mebibytes: Infinity, how: String(error.message).slice(0, 200) };
  }
};
const names = JSON.parse((await run(process.execPath, [program])).stdout);
const wanted = [...names.keys()].filter((index) => names[index].includes(values.only));
let faults = 0;
async function work() {
  for (let index = wanted.shift(); index !== undefined; index = wanted.shift()) {
    const found = [];
    for (const factor of values.quick ? [1, 16] : [1, 4, 16]) found.push(await measure(index, factor));
    const [first, last] = [found[0], found.at(-1)];
    const slow = last.seconds > 0.25 && last.seconds > 64 * Math.max(0.01, first.seconds);
    const large = last.mebibytes > 64 && last.mebibytes > 64 * Math.max(2, first.mebibytes);
    const fault = last.how === 'fault' || last.seconds === Infinity || slow || large;
    if (fault) faults++;
    const figures = found.map(({ seconds, mebibytes }) => `${seconds.toFixed(3)} s ${mebibytes.toFixed(0)} MiB`);
    console.log(`${fault ? 'FAULT ' : ''}${names[index]}: ${figures.join(', ')}; ${last.how}`);
  }
}
await Promise.all(Array.from({ length: cpus().length }, work));
rmSync(program, { force: true });
console.log(`${faults} faults`);
process.exitCode = faults > 0 ? 1 : 0;
