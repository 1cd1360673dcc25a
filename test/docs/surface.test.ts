// The public names are few, and none of them is also internal.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// 100 since holdOut and chooseDeferral: a student that defers
const MAX_NAMES = 100;

function namesOf(file: string): string[] {
  const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((name) => name.replace(/^\s*type\s/, '').trim())
      .filter(Boolean),
  );
}

test('the library has at most 100 public names', () => {
  const names = namesOf('index.ts');
  expect(names.length).toBeGreaterThan(50);
  expect(names.length).toBeLessThanOrEqual(MAX_NAMES);
});

test('no name is exported twice, or both public and internal', () => {
  const all = [...namesOf('index.ts'), ...namesOf('internals.ts')];
  expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
});
