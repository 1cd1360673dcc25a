// How often the verdict of the demos on simulated rows holds: ten seeds of the rows by default, with no choice among them.
//   node test/evidence/demo.mjs [lending|text|images] [FIRST] [LAST]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [data = 'lending', first = '1', last = '10'] = process.argv.slice(2);
const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'debkd-demo-'));
const held = { all: 0, logLoss: 0, missed: 0, seeds: 0 };
const FIGURES = ['log-loss', 'AUC', 'missed', 'distance'];
const sums = FIGURES.map(() => [0, 0, 0, 0]);
for (let seed = Number(first); seed <= Number(last); seed++) {
  const args = ['demo', '--data', data, '--seed', String(seed), '--out', join(folder, String(seed))];
  const { stdout, status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const row = (name) => stdout.split('\n').find((line) => line.startsWith(`${name} `));
  // the last model is the de-biased student: the others' values are above its interval
  const isAhead = (name) => {
    const found = [...row(name).matchAll(/([\d.]+) \(([\d.]+) \.\. ([\d.]+)\)/g)].map((match) =>
      match.slice(1).map(Number),
    );
    const [, , high] = found[3];
    return found.slice(0, 3).every(([value]) => value > high);
  };
  for (const [i, name] of FIGURES.entries())
    for (const [j, value] of row(name)
      .slice(name.length)
      .replaceAll(/\(.*?\)/g, '')
      .trim()
      .split(/\s+/)
      .entries())
      sums[i][j] += Number(value);
  const of = { logLoss: isAhead('log-loss'), missed: isAhead('missed') };
  held.seeds++;
  held.logLoss += of.logLoss;
  held.missed += of.missed;
  held.all += of.logLoss && of.missed;
  console.log(`seed ${seed}\n${['log-loss', 'missed', 'distance'].map(row).join('\n')}`);
}
rmSync(folder, { recursive: true });
const cells = (values) => values.map((value) => value.padStart(12)).join('');
console.log(`means\n${' '.repeat(9)}${cells(['teacher', 'hard labels', 'plain KD', 'de-biased'])}`);
for (const [i, name] of FIGURES.entries())
  console.log(`${name.padEnd(9)}${cells(sums[i].map((sum) => (sum / held.seeds).toFixed(4)))}`);
console.log(
  `ahead beyond its 95 % interval in ${held.seeds} seeds: log-loss ${held.logLoss}, missed ${held.missed}, both ${held.all}`,
);
