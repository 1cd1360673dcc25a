// The README's code runs as it stands.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

test('the API example distils', () => {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(`${root}README.md`, 'utf8')) ?? [];
  // inside the package its own name resolves to dist/, as it does for those who install it
  const file = `${root}build/readme.mjs`;
  writeFileSync(file, code as string);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: root, encoding: 'utf8' });
  rmSync(file);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^platt \d+ \[[\s\S]*value: 0\.9\d+, low/);
});
