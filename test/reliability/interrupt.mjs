// Kills runs of the command line with SIGKILL at random moments, goes on with --resume, and compares what they end in with
// the bytes of a run that was left alone.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const local = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const shared = (path) => fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));

const wdbc = [
  ...['--teacher', local('models/wdbc-mlp-biased/teacher.onnx'), '--data', local('models/wdbc/data.csv')],
  ...['--preprocessing', local('models/wdbc/preprocessing.json'), '--split', local('models/wdbc/split.csv')],
];
const adult = [
  ...['--teacher', shared('teachers/adult-mlp-groupbias.onnx'), '--data', shared('data/adult/data.csv.gz')],
  ...['--preprocessing', shared('teachers/adult.preprocessing.json')],
  ...['--split', shared('data/adult/split-transfer.csv.gz')],
];

/** Whether the rows of the larger cases are there. */
export const hasShared = existsSync(shared('data/adult/data.csv.gz'));

/** Commands without --out, by name. The cache of soft labels is left out, so that labelling is cut, too. */
export const CASES = {
  distill: ['distill', ...wdbc, '--student', '32,16', '--epochs', '300', '--no-cache'],
  compare: ['compare', ...wdbc, '--methods', 'hard,kd,debiased', '--seeds', '3', '--student', '8', '--no-cache'],
  'distill adult': ['distill', ...adult, '--train-rows', '3000', '--no-cache'],
  'compare adult': [
    ...['compare', ...adult, '--methods', 'hard,kd,debiased', '--seeds', '4', '--student', '16'],
    ...['--train-rows', '1000', '--threads', '2', '--no-cache'],
  ],
};

/** Runs the command line to its end, or to a kill after `milliseconds`. */
export async function run(args, milliseconds, signal = 'SIGKILL') {
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  let asked = Infinity;
  const kill = () => {
    asked = performance.now();
    child.kill(signal);
  };
  const timer = milliseconds === undefined ? undefined : setTimeout(kill, milliseconds);
  const status = await new Promise((resolve) => child.on('exit', (code, by) => resolve(code ?? by)));
  clearTimeout(timer);
  const ended = performance.now();
  return { status, stderr, milliseconds: ended - started, answered: Math.max(0, ended - asked) };
}

/** SHA-256 of what a run wrote: files by name, times left out. */
export function digest(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    let content = readFileSync(join(folder, name));
    if (name.endsWith('.json'))
      content = JSON.stringify({ ...JSON.parse(content), timing: undefined, command: undefined });
    else if (name.endsWith('.html')) continue; // drawn from the JSON
    hash.update(name).update(content);
  }
  return hash.digest('hex');
}

/** Uniform in 0 .. 1, the same for the same seed (a 32-bit mixing function). */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** Ends a command by SIGINT at random fractions of its time: the exit codes, and the longest that it took to end. */
export async function stop(args, { times, milliseconds, seed = 2 }) {
  const folder = mkdtempSync(join(tmpdir(), 'debkd-interrupt-'));
  const next = uniform(seed);
  const codes = new Map();
  let longest = 0;
  for (let i = 0; i < times; i++) {
    const { status, answered } = await run([...args, '--out', join(folder, 'out')], next() * milliseconds, 'SIGINT');
    codes.set(status, (codes.get(status) ?? 0) + 1);
    if (status !== 0) longest = Math.max(longest, answered);
  }
  rmSync(folder, { recursive: true, force: true });
  return { codes, longest };
}

/**
 * Kills a command `times` times, each at another random fraction of the time it took when left alone, and goes on with it.
 * @returns what went wrong, and how much work there was in all, as multiples of the run that was left alone
 */
export async function interrupt(args, { times, seed = 1, onDone = () => undefined }) {
  const folder = mkdtempSync(join(tmpdir(), 'debkd-interrupt-'));
  try {
    const alone = join(folder, 'alone');
    const { status, milliseconds, stderr } = await run([...args, '--out', alone]);
    if (status !== 0) throw new Error(`the run that was left alone ended with ${status}: ${stderr}`);
    const expected = digest(alone);
    const next = uniform(seed);
    const faults = [];
    let work = 0;
    let resumed = 0;
    for (let i = 0; i < times; i++) {
      const out = join(folder, `run-${i}`);
      const fraction = next();
      const cut = await run([...args, '--out', out], fraction * milliseconds);
      const ended = cut.status === 0;
      const rest = ended ? undefined : await run([...args, '--out', out, '--resume']);
      if (rest && rest.status !== 0) faults.push(`at ${fraction}: --resume ended with ${rest.status}: ${rest.stderr}`);
      else if (digest(out) !== expected) faults.push(`at ${fraction}: other bytes`);
      const left = readdirSync(folder).filter((name) => name.startsWith(`run-${i}.`));
      if (left.length > 0) faults.push(`at ${fraction}: left ${left.join(', ')}`);
      if (rest && !/starting afresh|all were done afresh/.test(rest.stderr)) resumed++;
      work += (cut.milliseconds + (rest?.milliseconds ?? 0)) / milliseconds;
      rmSync(out, { recursive: true, force: true });
      onDone(i + 1, fraction);
    }
    return { milliseconds, faults, work: work / times, resumed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
