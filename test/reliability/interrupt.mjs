// Kills runs of the command line with SIGKILL at random times, resumes them with --resume, and compares their output with that of an
// uninterrupted run.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findShared } from '../evidence/shared.mjs';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const local = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const shared = (path) => `${findShared()}/${path}`;

const wdbc = [
  `--teacher=${local('models/wdbc-mlp-biased/teacher.onnx')}`,
  `--data=${local('models/wdbc/data.csv')}`,
  `--preprocessing=${local('models/wdbc/preprocessing.json')}`,
  `--split=${local('models/wdbc/split.csv')}`,
];
const adult = [
  `--teacher=${shared('teachers/adult-mlp-groupbias.onnx')}`,
  `--data=${shared('data/adult/data.csv.gz')}`,
  `--preprocessing=${shared('teachers/adult.preprocessing.json')}`,
  `--split=${shared('data/adult/split-transfer.csv.gz')}`,
];

/** Whether the data of the larger cases exists. */
export const hasShared = findShared() !== undefined;

/** The commands without --out, by name. --no-cache makes each run label its rows, so labelling is interrupted as well. */
export const CASES = {
  distill: ['distill', ...wdbc, '--student', '32,16', '--epochs', '300', '--no-cache'],
  compare: ['compare', ...wdbc, '--methods', 'hard,kd,debiased', '--seeds', '3', '--student', '8', '--no-cache'],
  'distill adult': ['distill', ...adult, '--train-rows', '3000', '--no-cache'],
  'compare adult': [
    'compare',
    ...adult,
    '--methods=hard,kd,debiased',
    '--seeds=4',
    '--student=16',
    '--train-rows=1000',
    '--threads=2',
    '--no-cache',
  ],
};

/** Runs a command; sends it `signal` after `milliseconds` if it still runs. `answered` is the time from the signal to its end, in ms. */
export async function run(args, milliseconds, signal = 'SIGKILL') {
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  let signalled = Infinity;
  const kill = () => {
    signalled = performance.now();
    child.kill(signal);
  };
  const timer = milliseconds === undefined ? undefined : setTimeout(kill, milliseconds);
  const status = await new Promise((resolve) => child.on('exit', (code, by) => resolve(code ?? by)));
  clearTimeout(timer);
  const ended = performance.now();
  return { status, stderr, milliseconds: ended - started, answered: Math.max(0, ended - signalled) };
}

/** SHA-256 of the names and contents of a run's files, without times. */
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

/** Seeded uniform numbers in [0, 1), from a 32-bit mixing function. */
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

/** Sends a command SIGINT at random fractions of its time. Counts the exit codes and measures the longest time to end, in ms. */
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
 * Runs a command `times` times, kills each run at a random fraction of the uninterrupted run's time and resumes it.
 * @returns the faults, the mean total time as a multiple of the uninterrupted run's, and how many runs resumed from a checkpoint
 */
export async function interrupt(args, { times, seed = 1, onDone = () => undefined }) {
  const folder = mkdtempSync(join(tmpdir(), 'debkd-interrupt-'));
  try {
    const uninterrupted = join(folder, 'uninterrupted');
    const { status, milliseconds, stderr } = await run([...args, '--out', uninterrupted]);
    if (status !== 0) throw new Error(`the uninterrupted run exited with ${status}: ${stderr}`);
    const expected = digest(uninterrupted);
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
      if (rest && rest.status !== 0) faults.push(`at ${fraction}: --resume exited with ${rest.status}: ${rest.stderr}`);
      else if (digest(out) !== expected) faults.push(`at ${fraction}: different bytes`);
      const left = readdirSync(folder).filter((name) => name.startsWith(`run-${i}.`));
      if (left.length > 0) faults.push(`at ${fraction}: left temporary files: ${left.join(', ')}`);
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
