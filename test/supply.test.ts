// What is installed: few packages, each pinned, hashed, licensed and accounted for in docs/dependencies.md.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const table = read('docs/dependencies.md');
const LICENCES = /^(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|Unlicense|MPL-2\.0|MIT OR Apache-2\.0)$/;

describe.each(['', 'test/runtime/', 'docs/site/', 'test/bench/'])('%spackage.json', (folder) => {
  const own = JSON.parse(read(`${folder}package.json`)) as Record<string, Record<string, string>>;
  const wanted = { ...own['dependencies'], ...own['devDependencies'] };
  const { packages } = JSON.parse(read(`${folder}package-lock.json`)) as { packages: Record<string, Locked> };
  const locked = Object.entries(packages).filter(([path]) => path.startsWith('node_modules/'));

  test('every package is pinned to one version and has its reason in the table', () => {
    for (const [name, version] of Object.entries(wanted)) {
      expect(version, name).toMatch(/^(npm:[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
      if (folder !== 'test/bench/') expect(table, name).toContain(`\`${name}\``);
    }
  });

  test('every package that comes with them has a hash, and a licence that allows its use', () => {
    for (const [path, { integrity, license }] of locked) {
      expect(integrity, path).toMatch(/^sha512-/);
      if (folder === '') expect(license, path).toMatch(LICENCES);
    }
  });
});

test('what users install: no copyleft, and one install script, which nothing needs', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
  const used = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  const names = used.map(([path]) => path.replace(/^.*node_modules\//, '')).sort();
  for (const name of names) expect(table, name).toContain(`\`${name}\``);
  expect(used.filter(([, { license }]) => license === 'MPL-2.0')).toEqual([]);
  expect(used.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([
    'node_modules/protobufjs',
  ]);
});

test('the table names nothing that is not installed', () => {
  const known = ['', 'test/runtime/', 'docs/site/'].flatMap((folder) =>
    Object.keys(JSON.parse(read(`${folder}package-lock.json`)).packages),
  );
  const names = new Set(known.map((path) => path.replace(/^.*node_modules\//, '')));
  for (const [, cell = ''] of table.matchAll(/^\| ([^|]+) \|/gm))
    for (const [, name = ''] of cell.matchAll(/`([^`]+)`/g)) expect(names, name).toContain(name);
});
