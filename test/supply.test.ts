// The installed packages: each is pinned, has a hash and an acceptable licence, and docs/dependencies.md gives its reason.
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
  const direct = { ...own['dependencies'], ...own['devDependencies'] };
  const { packages } = JSON.parse(read(`${folder}package-lock.json`)) as { packages: Record<string, Locked> };
  const locked = Object.entries(packages).filter(([path]) => path.startsWith('node_modules/'));

  test('every direct dependency is pinned to one version and listed in docs/dependencies.md', () => {
    for (const [name, version] of Object.entries(direct)) {
      expect(version, name).toMatch(/^(npm:[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
      if (folder !== 'test/bench/') expect(table, name).toContain(`\`${name}\``);
    }
  });

  test('every locked package has a hash and an acceptable licence', () => {
    for (const [path, { integrity, license }] of locked) {
      expect(integrity, path).toMatch(/^sha512-/);
      if (folder === '') expect(license, path).toMatch(LICENCES);
    }
  });
});

test('packages that users install: all are listed, none is MPL-licensed, only protobufjs has an install script', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
  const used = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  const names = used.map(([path]) => path.replace(/^.*node_modules\//, '')).sort();
  for (const name of names) expect(table, name).toContain(`\`${name}\``);
  expect(used.filter(([, { license }]) => license === 'MPL-2.0')).toEqual([]);
  expect(used.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([
    'node_modules/protobufjs',
  ]);
});

test('docs/dependencies.md lists only installed packages', () => {
  const known = ['', 'test/runtime/', 'docs/site/'].flatMap((folder) =>
    Object.keys(JSON.parse(read(`${folder}package-lock.json`)).packages),
  );
  const names = new Set(known.map((path) => path.replace(/^.*node_modules\//, '')));
  for (const [, cell = ''] of table.matchAll(/^\| ([^|]+) \|/gm))
    for (const [, name = ''] of cell.matchAll(/`([^`]+)`/g)) expect(names, name).toContain(name);
});
