// Standard streams that fail, and threads that end without a result: an exit code and one line that say so.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { debkd, MAIN, modelPath, type Outcome, temporary, WDBC } from './run.ts';

const folder = temporary();
const student = join(folder, 'student');
expect(debkd(['distill', ...WDBC, '--out', student]).status).toBe(0);
const rows = modelPath('wdbc/data.csv');
const args = ['predict', '--student', student, '--data', rows];

/** Runs the command line with files as its streams, by descriptor. @param node options of Node */
function withStreams(
  words: readonly string[],
  streams: Readonly<Partial<Record<0 | 1 | 2, string>>>,
  node: readonly string[] = [],
): Outcome {
  const opened: number[] = [];
  const open = (place: 0 | 1 | 2): 'pipe' | number => {
    const path = streams[place];
    if (path === undefined) return 'pipe';
    const file = openSync(path, place === 0 ? 'r' : 'w');
    opened.push(file);
    return file;
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, MAIN, ...words], {
    stdio: [open(0), open(1), open(2)],
    env: { ...process.env, DEBKD_CACHE: join(folder, 'cache') },
    encoding: 'utf8',
    timeout: 60_000,
  });
  for (const file of opened) closeSync(file);
  return { status, stdout, stderr };
}

const FULL = '/dev/full';
if (!existsSync(FULL)) console.warn(`skipped: this system has no ${FULL}, which the tests of full streams need`);

describe.runIf(existsSync(FULL))('a full disk', () => {
  test.each([
    ['rows of predict', args],
    ['the result of evaluate', ['evaluate', '--student', student, '--data', rows, '--target', 'label']],
    ['rows of label', ['label', '--teacher', modelPath('wdbc-mlp/teacher.onnx'), '--data', rows, '--target', 'label']],
    ['--version', ['--version']],
    ['--help', ['--help']],
    ['--help of a command', ['distill', '--help']],
  ])('standard output, %s: one line, and exit code 2', (_, words) => {
    const { status, stderr } = withStreams(words, { 1: FULL });
    expect(stderr.split('\n').filter((line) => line.startsWith('debkd:'))).toEqual([
      'debkd: standard output: cannot be written (the disk is full); make room, or choose another place',
    ]);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
  });

  test('standard error: the exit code and the answers are the same', () => {
    expect(withStreams(['predict', '--nope'], { 2: FULL }).status).toBe(2);
    expect(withStreams(['predict', '--student', 'none'], { 2: FULL }).status).toBe(2);
    const { status, stdout } = withStreams(args, { 2: FULL });
    expect([status, stdout]).toEqual([0, withStreams(args, {}).stdout]);
  });
});

test.runIf(process.platform !== 'win32')('a reader that closes the pipe ends the command quietly', () => {
  const [header, ...lines] = readFileSync(rows, 'utf8').trimEnd().split('\n');
  const many = join(folder, 'many.csv');
  writeFileSync(many, [header, ...Array.from({ length: 60 }, () => lines).flat()].join('\n'));
  const script = '("$1" "$2" predict --student "$3" --data "$4"; echo "code $?" >&2) | head -1';
  const words = [process.execPath, MAIN, student, many];
  const { stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', ...words], { encoding: 'utf8' });
  // the answers are more than a pipe holds
  expect([stdout, stderr]).toEqual(['probability,label\n', 'code 0\n']);
});

test.runIf(process.platform !== 'win32')('standard input that is a folder', () => {
  for (const words of [
    ['predict', '--student', student],
    ['label', '--teacher', modelPath('wdbc-mlp/teacher.onnx')],
  ]) {
    const { status, stderr } = withStreams(words, { 0: folder });
    expect(stderr).toBe(
      'debkd: standard input: this is a folder, expected rows; redirect it from a file or a pipe, or name the file (--data)\n',
    );
    expect(status).toBe(2);
  }
});

/** Options of Node by which the threads of the command line end in silence. @param from the first of them, by its number */
function silentThreads(from: number): readonly string[] {
  const file = join(folder, `silent-${from}.mjs`);
  const condition = `threadId >= ${from} && parentPort`;
  const end = from === 1 ? 'process.exit(7)' : "parentPort.on('message', () => process.exit(7))";
  writeFileSync(file, `import { parentPort, threadId } from 'node:worker_threads';\nif (${condition}) ${end};\n`);
  return ['--import', pathToFileURL(file).href];
}

test('a command whose thread ends without a result has failed', () => {
  const { status, stdout, stderr } = withStreams(args, {}, silentThreads(1));
  expect(stderr).toBe(
    'debkd: this is a bug in debkd, please report it: the thread of the command ended with code 7 and no result\n',
  );
  expect([status, stdout]).toEqual([1, '']);
});

test('compare ends when a thread of it does', () => {
  const words = ['compare', ...WDBC, '--methods', 'hard,kd', '--seeds', '2', '--threads', '2'];
  const { status, stderr } = withStreams(words, {}, silentThreads(2));
  expect(stderr).toMatch(
    /^debkd: a thread of compare: it ended with code 7 \(out of memory\?\); use fewer threads \(--threads\)/m,
  );
  expect(status).toBe(2);
});
