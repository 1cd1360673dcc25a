// Runs that are killed, refused or out of disk space lose no finished work. npm run interruptions does more of them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CASES, digest, interrupt, stop } from '../reliability/interrupt.mjs';
import { debkd, modelPath, start, temporary, WDBC } from './run.ts';

const args = [...CASES.distill, '--debias', 'platt'];

test.each(['distill', 'compare'] as const)('%s, killed at random moments, resumes to the same bytes', async (name) => {
  const { faults, milliseconds } = await interrupt(CASES[name], { times: 3, seed: 1 });
  expect(faults).toEqual([]);
  const { codes } = await stop(CASES[name], { times: 3, milliseconds });
  expect(['130', 'SIGINT', '0']).toEqual(expect.arrayContaining([...codes.keys()].map(String)));
});

/** Kills a run while its students are in training. A run may end before it says so: it is then run again. */
async function cut(cwd: string, words: readonly string[] = [...args, '--out', 'result']): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const child = start(words, cwd);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const inTraining = new Promise<void>((resolve) =>
      child.stderr?.on('data', (chunk) => /student [2-6] of/.test(String(chunk)) && resolve()),
    );
    await Promise.race([inTraining, ended]);
    child.kill('SIGKILL');
    await ended;
    if (existsSync(join(cwd, 'result.checkpoint'))) return;
  }
  throw new Error('no run was cut in the middle');
}

test('a checkpoint is refused by another run, kept, and used by its own run', async () => {
  const cwd = temporary();
  await cut(cwd);
  const kept = readdirSync(join(cwd, 'result.checkpoint')).length;
  const other = debkd([...args, '--out', 'result', '--resume', '--seed', '2'], { cwd });
  expect(other.status).toBe(2);
  expect(other.stderr).toMatch(
    /result\.checkpoint": it belongs to a run that differs in options; .* leave out --resume/,
  );
  expect(readdirSync(join(cwd, 'result.checkpoint'))).toHaveLength(kept);
  // damaged parts are computed again
  const parts = readdirSync(join(cwd, 'result.checkpoint')).filter((name) => name !== 'run.json');
  for (const [i, name] of parts.entries()) {
    const path = join(cwd, 'result.checkpoint', name);
    const bytes = readFileSync(path);
    if (i % 2) writeFileSync(path, bytes.subarray(0, i * 7));
    else writeFileSync(path, bytes.fill(7, Math.min(20, bytes.length), Math.min(30, bytes.length))); // a killed write leaves an empty file
  }
  expect(debkd([...args, '--out', 'result', '--resume'], { cwd }).status).toBe(0);
  expect(debkd([...args, '--out', 'whole'], { cwd }).status).toBe(0);
  expect(digest(join(cwd, 'result'))).toBe(digest(join(cwd, 'whole')));
});

test('a checkpoint is refused once the groups of validation rows have changed, which are in no feature', async () => {
  const cwd = temporary();
  const [header, ...lines] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
  const [parts = '', ...partOf] = readFileSync(modelPath('wdbc/split.csv'), 'utf8').trimEnd().split('\n');
  const place = parts.split(',').indexOf('split');
  const isValidation = (i: number): boolean => partOf[i]?.split(',')[place] === 'validation';
  const write = (siteOf: (i: number) => string): void =>
    writeFileSync(
      join(cwd, 'rows.csv'),
      [`${header},site`, ...lines.map((line, i) => `${line},${siteOf(i)}`)].join('\n'),
    );
  write((i) => `s${i % 3}`);
  const words = [
    ...['distill', '--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--data', 'rows.csv', '--no-cache'],
    ...['--preprocessing', modelPath('wdbc/preprocessing.json'), '--split', modelPath('wdbc/split.csv')],
    ...['--drop', 'site', '--groups', 'site', '--epochs', '300', '--out', 'result'],
  ];
  await cut(cwd, words);
  write((i) => `s${isValidation(i) ? 0 : i % 3}`);
  const { status, stderr } = debkd([...words, '--resume'], { cwd });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/it belongs to a run that differs in rows; /)]);
  write((i) => `s${i % 3}`);
  expect(debkd([...words, '--resume'], { cwd }).status).toBe(0);
});

test('temporary folders of killed processes are removed, and an earlier result in one is moved back', () => {
  const cwd = temporary();
  expect(debkd([...args, '--out', 'result'], { cwd }).status).toBe(0);
  const before = digest(join(cwd, 'result'));
  // the state after a kill between the two renames
  const left = join(cwd, '.debkd-0123456789abcdef');
  const dead = { program: 'debkd', for: 'result', host: hostname(), pid: 2 ** 22 + 1, started: null };
  mkdirSync(join(left, 'new'), { recursive: true });
  writeFileSync(join(left, 'debkd.json'), JSON.stringify(dead));
  renameSync(join(cwd, 'result'), join(left, 'old'));
  expect(debkd(['distill', '--teacher', 'none', '--data', 'none', '--out', 'result'], { cwd }).status).toBe(2);
  expect(readdirSync(cwd)).toEqual(['result']);
  expect(digest(join(cwd, 'result'))).toBe(before);
});

test('an unfinished run stays until another one has finished a part', async () => {
  const cwd = temporary();
  await cut(cwd);
  const comparing = start([...CASES.compare, '--out', 'study'], cwd);
  const cells = join(cwd, 'study.cells');
  while (!existsSync(cells) || readdirSync(cells).length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  comparing.kill('SIGKILL');
  await new Promise((resolve) => comparing.on('exit', resolve));
  const before = [digest(join(cwd, 'result.checkpoint')), digest(cells)];
  // no teacher, no rows, and one label, which is too few
  const csv = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
  const labelled = csv.slice(1).map((line, i) => (i === 0 ? line : line.replace(/,[^,]*$/, ',')));
  writeFileSync(join(cwd, 'few.csv'), [csv[0], ...labelled].join('\n'));
  const wrong = [
    ['--teacher', 'nope.onnx', '--data', modelPath('wdbc/data.csv')],
    ['--teacher', modelPath('wdbc-mlp/teacher.onnx'), '--data', 'nope.csv'],
    [...WDBC.slice(0, 2), '--preprocessing', modelPath('wdbc/preprocessing.json'), '--data', 'few.csv'],
  ];
  for (const inputs of wrong) {
    expect(debkd(['distill', ...inputs, '--out', 'result'], { cwd }).status).toBe(2);
    expect(debkd(['compare', ...inputs, '--out', 'study'], { cwd }).status).toBe(2);
    expect([digest(join(cwd, 'result.checkpoint')), digest(cells)]).toEqual(before);
  }
  const again = debkd([...args, '--out', 'result', '--seed', '2'], { cwd });
  expect([again.status, existsSync(join(cwd, 'result.checkpoint'))]).toEqual([0, false]);
  const { status, stdout } = debkd([...CASES.compare, '--out', 'study', '--json'], { cwd });
  expect([status, existsSync(cells), JSON.parse(stdout).timing.resumed]).toEqual([0, false, 0]);
});

/** Mounts a separate file system; undefined where this user may not. */
function mount(size: string): string | undefined {
  const folder = temporary();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
    mounted.push(folder);
    return folder;
  } catch {
    return undefined;
  }
}
const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) execFileSync('umount', [folder]);
});
const disk = mount('40k');
if (!disk)
  console.warn('skipped: this user may not mount a file system, so a full and a read-only disk are not tested');

describe.runIf(disk)('a disk', () => {
  const cwd = disk as string;
  const change = (options: string): void => void execFileSync('mount', ['-o', `remount,${options}`, cwd]);

  test('that is full gives one error and keeps the finished parts; with more space, the run resumes to the same bytes', () => {
    const full = debkd([...args, '--out', 'result'], { cwd });
    expect(full.status).toBe(2);
    expect(full.stderr).toMatch(/"result\.checkpoint": cannot be written \(the disk is full\); make room/);
    expect(existsSync(join(cwd, 'result'))).toBe(false);
    const kept = readdirSync(join(cwd, 'result.checkpoint'));
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.filter((name) => name.includes('.part-'))).toEqual([]);
    change('size=4m');
    const rest = debkd([...args, '--out', 'result', '--resume'], { cwd });
    expect(rest.status).toBe(0);
    expect(rest.stderr).not.toMatch(/asking the teacher \(|removing the teacher's bias/);
    const elsewhere = temporary();
    expect(debkd([...args, '--out', 'result'], { cwd: elsewhere }).status).toBe(0);
    expect(digest(join(cwd, 'result'))).toBe(digest(join(elsewhere, 'result')));
  });

  test('that is read-only is refused before the teacher runs', () => {
    change('ro');
    for (const command of [args, CASES.compare]) {
      const { status, stderr } = debkd([...command, '--out', 'other'], { cwd });
      expect(status).toBe(2);
      expect(stderr).toMatch(/cannot be written \(no permission to write\); choose another place/);
      expect(stderr).not.toMatch(/soft labels/);
    }
    change('rw');
  });
});
