// The rules of ARCHITECTURE.md: no layer imports a higher one, imports form no cycle. Files that it and other pages name exist.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const LAYERS = [
  ['kernels', 'io', 'version.ts'],
  ['data', 'teacher', 'labels', 'loss', 'student', 'metrics', 'deploy'],
  [
    'distill.ts',
    'distill-calibrate.ts',
    'distill-check.ts',
    'distill-facts.ts',
    'distill-from.ts',
    'distill-hint.ts',
    'distill-labels.ts',
    'distill-options.ts',
    'distill-plan.ts',
    'distill-progress.ts',
    'distill-provenance.ts',
    'distill-students.ts',
    'compare',
    'examples',
    'monitor',
    'report',
    'settings',
    'threads',
    'warnings',
  ],
  ['index.ts', 'internals.ts', 'edge.ts'],
  ['cli', 'app', 'cluster', 'worker'],
];
const rank = (path: string): number => LAYERS.findIndex((names) => names.includes(path.split('/')[0] as string));

/** The files that each file imports, type imports included. */
function importGraph(): Map<string, string[]> {
  const files = readdirSync(src, { recursive: true })
    .map((path) => String(path).replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      const specifiers = [...text.matchAll(/^(?:import|export)\b[^;]*? from '(\.[^']+)'/gm)].map(([, from]) => from);
      return [
        file,
        specifiers.map((from) => relative(src, join(src, dirname(file), from as string)).replaceAll('\\', '/')),
      ];
    }),
  );
}

test('no file imports from a higher layer', () => {
  const graph = importGraph();
  expect(graph.size).toBeGreaterThan(150);
  const upwards: string[] = [];
  for (const [file, imports] of graph) {
    expect(rank(file), file).toBeGreaterThanOrEqual(0);
    for (const to of imports) {
      // the app must not import the command line: functions that both need belong in a lower layer
      const across = file.startsWith('app/') && to.startsWith('cli/');
      if (rank(to) > rank(file) || across) upwards.push(`${file} uses ${to}`);
    }
  }
  expect(upwards).toEqual([]);
});

test('imports form no cycle', () => {
  const graph = importGraph();
  // repeatedly remove the files without remaining imports; those left are in a cycle or lead to one
  for (let before = Infinity; graph.size < before; ) {
    before = graph.size;
    for (const [file, imports] of graph) if (!imports.some((to) => graph.has(to))) graph.delete(file);
  }
  expect([...graph.keys()]).toEqual([]);
});

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/decisions.md'])('%s names files that exist', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:ts|mjs|js))`/g)].map(([, path]) => path as string);
  expect(named.length).toBeGreaterThan(2);
  // a path from the root or from src/; a bare name refers to the folder of the file named before it
  let folder = '';
  for (const path of named) {
    const found = [path, `src/${path}`, `${folder}/${path}`].find((place) => existsSync(join(root, place)));
    expect(found, `${page}: ${path}`).toBeDefined();
    folder = dirname(found as string);
  }
});
