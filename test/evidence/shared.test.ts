// The commands that reproduce figures of the documentation report missing data in one line.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const clone = mkdtempSync(join(tmpdir(), 'debkd-clone-'));
mkdirSync(join(clone, 'debkd/test'), { recursive: true });
cpSync(join(root, 'test/evidence'), join(clone, 'debkd/test/evidence'), { recursive: true });
copyFileSync(join(root, 'test/library.mjs'), join(clone, 'debkd/test/library.mjs'));
for (const name of ['dist', 'node_modules', 'package.json']) symlinkSync(join(root, name), join(clone, 'debkd', name));
afterAll(() => rmSync(clone, { recursive: true }));

test.each(['results', 'parts', 'unlabelled', 'budget'])('%s without ../shared: one line, exit code 2', (name) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, `debkd/test/evidence/${name}.mjs`)], {
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^data: no folder \S+shared\/ with data sets and teachers, .*\n$/);
});
