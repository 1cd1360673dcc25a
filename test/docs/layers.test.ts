// ARCHITECTURE.md: no layer uses one above it, and the files that it and other pages name exist.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const LAYERS = [
  ['kernels', 'io', 'version.ts'],
  ['data', 'teacher', 'labels', 'loss', 'student', 'metrics', 'deploy'],
  ['distill.ts', 'distill-labels.ts', 'distill-options.ts', 'distill-students.ts', 'compare', 'report', 'warnings'],
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
    }
  }
  expect(upwards).toEqual([]);
});

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/decisions.md'])('%s names files that exist', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:ts|mjs|js))`/g)].map(([, path]) => path as string);
  expect(named.length).toBeGreaterThan(2);
  // a path of the repository or of src; a name alone follows another of its folder, which is named before
  let folder = '';
  for (const path of named) {
    const found = [path, `src/${path}`, `${folder}/${path}`].find((place) => existsSync(join(root, place)));
    expect(found, `${page}: ${path}`).toBeDefined();
    folder = dirname(found as string);
  }
});
