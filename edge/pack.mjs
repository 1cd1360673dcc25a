// Packs debkd-edge: debkd/edge as a package of its own, without dependencies, for programs that only answer with students.
//   node edge/pack.mjs [FOLDER]     writes debkd-edge-VERSION.tgz into FOLDER (default: this repository), after npm run build
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'build/debkd-edge');
const destination = resolve(process.argv[2] ?? root);
const types = join(root, 'dist/types');
if (!existsSync(join(types, 'edge.d.ts'))) {
  console.error('edge: there are no declarations in dist; run npm run build');
  process.exit(2);
}
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

// what steps, texts and images need is in files of its own, which load with the first student that has them
await build({
  entryPoints: [join(root, 'src/edge.ts')],
  outdir: join(folder, 'dist'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
});

/** Copies a declaration file and those that it imports. */
const copied = new Set();
const copyTypes = (file) => {
  if (copied.has(file)) return;
  copied.add(file);
  const to = join(folder, 'dist/types', relative(types, file));
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(file, to);
  const text = readFileSync(file, 'utf8');
  for (const [, from] of text.matchAll(/(?:from |import\()'(\.[^']+)'/g))
    copyTypes(join(dirname(file), from.replace(/\.[jt]s$/, '.d.ts')));
};
copyTypes(join(types, 'edge.d.ts'));

const { version, license, repository, bugs, engines, publishConfig } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const manifest = {
  name: 'debkd-edge',
  version,
  description: 'Answers with students of debkd, without dependencies, WebAssembly or an ONNX runtime',
  license,
  repository: { ...repository, directory: 'edge' },
  homepage: `${repository.url.replace(/^git\+|\.git$/g, '')}/tree/main/edge#readme`,
  bugs,
  type: 'module',
  sideEffects: false,
  engines,
  exports: { '.': { types: './dist/types/edge.d.ts', default: './dist/edge.js' }, './package.json': './package.json' },
  publishConfig,
};
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const name of ['LICENSE', 'NOTICE']) copyFileSync(join(root, name), join(folder, name));
cpSync(join(root, 'edge/README.md'), join(folder, 'README.md'));
const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', destination], {
  cwd: folder,
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const [{ filename, unpackedSize, entryCount }] = JSON.parse(packed);
console.log(`${join(destination, filename)}: ${entryCount} files, ${(unpackedSize / 1000).toFixed(0)} kB unpacked`);
