// ARCHITECTURE.md: no layer uses one above it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const LAYERS = [
  ['kernels', 'io', 'version.ts'],
  ['data', 'teacher', 'labels', 'loss', 'student', 'metrics', 'deploy'],
  ['distill.ts', 'compare', 'report', 'settings', 'warnings.ts'],
  ['index.ts', 'internals.ts', 'edge.ts'],
  ['cli', 'app', 'cluster', 'worker'],
];
const rank = (path: string): number => LAYERS.findIndex((names) => names.includes(path.split('/')[0] as string));

test('imports point down or sideways', () => {
  const files = readdirSync(src, { recursive: true })
    .map((path) => String(path).replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path));
  expect(files.length).toBeGreaterThan(150);
  const upwards: string[] = [];
  for (const file of files) {
    expect(rank(file), file).toBeGreaterThanOrEqual(0);
    for (const [, from = ''] of readFileSync(join(src, file), 'utf8').matchAll(
      /^(?:import|export) .*from '(\.[^']+)'/gm,
    )) {
      const to = relative(src, join(src, dirname(file), from)).replaceAll('\\', '/');
      if (rank(to) > rank(file)) upwards.push(`${file} uses ${to}`);
      // a page and a terminal do the same work by the same functions, which are below both
      if (file.startsWith('app/') && to.startsWith('cli/')) upwards.push(`${file} uses ${to}`);
    }
  }
  expect(upwards).toEqual([]);
});
