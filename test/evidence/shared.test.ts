// The commands that reproduce figures of the documentation report missing data in one line.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const clone = mkdtempSync(join(tmpdir(), 'debkd-clone-'));
mkdirSync(join(clone, 'debkd/test'), { recursive: true });
cpSync(join(root, 'test/evidence'), join(clone, 'debkd/test/evidence'), { recursive: true });
copyFileSync(join(root, 'test/library.mjs'), join(clone, 'debkd/test/library.mjs'));
for (const name of ['dist', 'node_modules', 'package.json']) symlinkSync(join(root, name), join(clone, 'debkd', name));
afterAll(() => rmSync(clone, { recursive: true }));

const env = { ...process.env };
delete env['DEBKD_SHARED'];

test.each([
  ['results', 'data and teachers', ''],
  ['parts', 'data and teachers', ''],
  ['unlabelled', 'data and teachers', ''],
  ['budget', 'data and teachers', ''],
  ['text', 'text/data and text/teachers', ' -- --sets texts'],
  ['images', 'images/teachers', ' -- --sets images'],
])('%s without its data: one line that names npm run data, exit code 2', (name, parts, sets) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, `debkd/test/evidence/${name}.mjs`)], {
    encoding: 'utf8',
    env,
  });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^data: .*\n$/);
  expect(stderr).toContain(`no folder with ${parts}, which`);
  expect(stderr).toContain(`\`npm run data${sets}\``);
});

test('the folder is that of DEBKD_SHARED, else ../shared, else .data', () => {
  const found = (extra: { [name: string]: string } = {}): string => {
    const code = `import('${pathToFileURL(join(clone, 'debkd/test/evidence/shared.mjs'))}').then((m) => console.log(m.findShared()))`;
    return spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', env: { ...env, ...extra } }).stdout.trim();
  };
  const folders = ['debkd/.data', 'shared', 'elsewhere'].map((name) => join(clone, name));
  try {
    expect(found()).toBe('undefined');
    for (const folder of folders.slice(0, 2)) {
      for (const part of ['data', 'teachers']) mkdirSync(join(folder, part), { recursive: true });
      expect(found()).toBe(folder);
    }
    // a folder that was named is not replaced by another one
    expect(found({ DEBKD_SHARED: folders[2] as string })).toBe('undefined');
    expect(found({ DEBKD_SHARED: folders[0] as string })).toBe(folders[0]);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});
