// Runs the examples that are single programs.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { modelPath, temporary } from '../cli/run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const WDBC = ['wdbc-mlp-biased/teacher.onnx', 'wdbc/data.csv', 'wdbc/preprocessing.json'].map(modelPath);

describe('examples/node', () => {
  const program = join(root, 'examples/node/distil.mjs');

  test('writes a student and its JavaScript; the student is better than the teacher', () => {
    const out = temporary();
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...WDBC, out], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const [, before, after] = /teacher: .*log-loss ([\d.]+)\nstudent: .*log-loss ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(after)).toBeLessThan(Number(before));
    expect(existsSync(join(out, 'student.debkd')) && existsSync(join(out, 'student.js'))).toBe(true);
  });

  test('Ctrl-C stops it and writes nothing', async () => {
    const out = join(temporary(), 'none');
    const [teacher, rows, preprocessing] = WDBC as [string, string, string];
    const [header, ...lines] = readFileSync(rows, 'utf8').trim().split('\n') as [string, ...string[]];
    const many = join(temporary(), 'many.csv'); // many rows, to leave time for the signal
    writeFileSync(many, `${[header, ...Array.from({ length: 40 }, () => lines).flat()].join('\n')}\n`);
    const child = spawn(process.execPath, [program, teacher, many, preprocessing, out], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text) => {
      const before = said;
      said += text;
      if (!/soft labels/.test(before) && /soft labels/.test(said)) child.kill('SIGINT');
    });
    const status = await new Promise((resolve) => child.on('exit', resolve));
    expect([status, said]).toEqual([1, expect.stringContaining('Error: stopped')]);
    expect(existsSync(out)).toBe(false);
  });

  test('prints the code and message of an error', () => {
    const { status, stderr } = spawnSync(process.execPath, [program, modelPath('wdbc/data.csv'), ...WDBC.slice(1)], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^teacher: teacher ".*data\.csv": this is text, perhaps a table/),
    ]);
  });
});

const deno = join(root, 'test/runtime/node_modules/.bin/deno');
test.runIf(existsSync(deno))('examples/deno: the same bytes as on Node', () => {
  const out = join(temporary(), 'student.debkd');
  const program = join(root, 'examples/deno/distil.ts');
  const args = ['run', '--no-check', '--allow-read', '--allow-write', '--allow-env', program, ...WDBC, out];
  const { status, stdout, stderr } = spawnSync(deno, args, { encoding: 'utf8', cwd: join(root, 'examples/deno') });
  expect(status, stderr).toBe(0);
  const node = temporary();
  spawnSync(process.execPath, [join(root, 'examples/node/distil.mjs'), ...WDBC, node]);
  expect(readFileSync(out)).toEqual(readFileSync(join(node, 'student.debkd')));
  expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
});

test('examples/own-labels: prints metrics', async () => {
  const source = readFileSync(join(root, 'examples/own-labels/own-labels.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts', target: 'node20' });
  const file = join(root, 'examples/own-labels/own-labels.test-run.mjs'); // in the source's folder: its URLs are relative
  writeFileSync(file, code);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  rmSync(file);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^AUC 0\.9\d\d, log-loss 0\.[012]\d\d\n$/);
});
