// Packs the package, installs it into empty projects of each kind, and distils there. Also runs linters of packages, and checks the
// sizes of bundles and that nothing needs eval.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'debkd-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tool = (name: string): string | undefined => {
  const file = join(root, 'test/runtime/node_modules/.bin', name);
  if (existsSync(file)) return file;
  console.warn(`skipped: ${name} is absent; npm ci --prefix test/runtime installs it`);
  return undefined;
};
const run = (program: string, args: readonly string[], cwd: string): string =>
  execFileSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'pipe'] });

const [packed] = JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root)) as [
  { filename: string; unpackedSize: number; files: { path: string; size: number }[] },
];
const tarball = join(folder, packed.filename);
// an empty project with the unpacked package and its dependencies, as after an install
const project = join(folder, 'project');
const installed = join(project, 'node_modules/debkd');
mkdirSync(installed, { recursive: true });
run('tar', ['xzf', tarball, '--strip-components=1', '-C', installed], folder);
const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
  dependencies: { [name: string]: string };
};
for (const name of readdirSync(join(root, 'node_modules'))) {
  if (name === '.bin' || name === '.vite' || name.startsWith('.') || name === 'debkd') continue;
  symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
}
writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', dependencies: { debkd: '*' } }));

/** Distils a student. Code before it defines `debkd` and `read`. */
const JOB = `
const text = async (name) => new TextDecoder().decode(await read(name));
const preprocessing = debkd.parsePreprocessing(JSON.parse(await text('wdbc/preprocessing.json')), 'wdbc');
const teacher = await debkd.loadTeacher(await read('wdbc-mlp-biased/teacher.onnx'), { preprocessing });
const table = await debkd.readCsv(await read('wdbc/data.csv'), { target: 'label' });
const rows = debkd.split(table);
const [train, validation] = [rows.train, rows.validation].map((part) => debkd.encode(table, preprocessing, { rows: part }));
const { student } = await debkd.distill({ teacher, train, validation, student: { hidden: [6] }, seed: 1, epochs: 5 });
teacher[Symbol.dispose]();
console.log(debkd.sha256(debkd.encodeStudent(student)));
`;
const READ = `
import { readFile } from 'node:fs/promises';
const read = async (name) => new Uint8Array(await readFile('node_modules/debkd/models/' + name));
`;
writeFileSync(join(project, 'esm.mjs'), `import * as debkd from 'debkd';${READ}${JOB}`);
const commonJs = `${READ.replace("import { readFile } from 'node:fs/promises'", "const { readFile } = require('node:fs/promises')")}
import('debkd').then(async (debkd) => {${JOB}});`;
writeFileSync(join(project, 'common.cjs'), commonJs);
const expected = run(process.execPath, ['esm.mjs'], project);

describe('installed into an empty project', () => {
  test('Node, as a module', () => {
    expect(expected).toMatch(/^[0-9a-f]{64}\n$/);
  });

  test('Node, from CommonJS by import()', () => {
    expect(run(process.execPath, ['common.cjs'], project)).toBe(expected);
  });

  test('Node with code generation from strings disallowed', () => {
    expect(run(process.execPath, ['--disallow-code-generation-from-strings', 'esm.mjs'], project)).toBe(expected);
  });

  test('Node, bundled by esbuild', async () => {
    const outfile = join(project, 'bundle.mjs');
    await build({
      entryPoints: [join(project, 'esm.mjs')],
      ...{ outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error', preserveSymlinks: true },
      external: ['onnxruntime-web', 'onnxruntime-web/*'],
    });
    expect(run(process.execPath, ['bundle.mjs'], project)).toBe(expected);
  });

  test('images, without code from strings, from node_modules and bundled without configuration', async () => {
    const program = `import { readFile } from 'node:fs/promises';
import { openDecoder } from 'debkd/internals';
import { sha256 } from 'debkd';
const { files } = JSON.parse(await readFile(process.argv[2], 'utf8'));
const before = Object.getOwnPropertyNames(globalThis).length;
const decoder = await openDecoder();
for (const { name, base64, upright, sha256: hash, cuts } of files) {
  if (cuts && sha256(decoder.decode(Buffer.from(base64, 'base64'), name).pixels) !== (upright?.sha256 ?? hash)) console.log(name);
}
console.log(files.length > 60, Object.getOwnPropertyNames(globalThis).length - before);`;
    writeFileSync(join(project, 'images.mjs'), program);
    const outdir = join(project, 'bundled');
    await build({
      entryPoints: [join(project, 'images.mjs')],
      ...{ outdir, bundle: true, format: 'esm', platform: 'node', logLevel: 'error', preserveSymlinks: true },
      ...{ splitting: true, outExtension: { '.js': '.mjs' } },
      external: ['onnxruntime-web', 'onnxruntime-web/*'],
    });
    for (const file of ['images.mjs', 'bundled/images.mjs']) {
      const args = ['--disallow-code-generation-from-strings', file, join(root, 'test/golden/images.json')];
      expect(run(process.execPath, args, project)).toBe('true 0\n');
    }
  });

  const deno = tool('deno');
  test.runIf(deno)('Deno, from node_modules and by an import map, with read permission only', () => {
    const flags = ['run', '--allow-read', '--no-lock'];
    expect(run(deno as string, [...flags, '--node-modules-dir=manual', 'esm.mjs'], project)).toBe(expected);
    const imports = { 'my-debkd': './node_modules/debkd/dist/index.js' };
    writeFileSync(join(project, 'map.json'), JSON.stringify({ imports }));
    writeFileSync(join(project, 'mapped.mjs'), `import * as debkd from 'my-debkd';${READ}${JOB}`);
    const mapped = [...flags, '--node-modules-dir=manual', '--import-map=map.json', 'mapped.mjs'];
    expect(run(deno as string, mapped, project)).toBe(expected);
  });

  const bun = tool('bun');
  test.runIf(bun)('Bun', () => {
    expect(run(bun as string, ['esm.mjs'], project)).toBe(expected);
  });

  const vite = tool('vite');
  test.runIf(vite)('Vite: its build runs in Chromium, with the wasm as a hashed asset', async () => {
    const app = join(folder, 'app');
    cpSync(project, app, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(app, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>');
    const read = "const read = async (name) => new Uint8Array(await (await fetch('/models/' + name)).arrayBuffer());";
    const post = "const post = (body) => fetch('/', { method: 'POST', body: JSON.stringify(body) });";
    const job = JOB.replace('console.log(', 'const hash = (');
    writeFileSync(
      join(app, 'page.js'),
      `import * as debkd from 'debkd';\n${read}\n${post}\ntry {${job}\npost({ hash });\n} catch (error) { post({ error: String(error.stack) }); }`,
    );
    run(vite as string, ['build', '--logLevel', 'error', '--target', 'es2022'], app);
    expect(readdirSync(join(app, 'dist/assets')).some((name) => /-[\w-]{8}\.wasm$/.test(name))).toBe(true);
    cpSync(join(installed, 'models'), join(app, 'dist/models'), { recursive: true });
    const { builtPage } = (await import('./browsers.mjs' as string)) as {
      builtPage(folder: string): { why?: string; run(): Promise<{ hash: string }> };
    };
    const page = builtPage(join(app, 'dist'));
    if (page.why) return console.warn(`skipped: ${page.why}`);
    expect(`${(await page.run()).hash}\n`).toBe(expected);
  });

  test('debkd/edge predicts the same as debkd', () => {
    const program = `import { openStudent } from 'debkd/edge';
import * as debkd from 'debkd';
const columns = [{ name: 'a', kind: 'numeric', transform: 'symlog', mean: 0, std: 1, offset: 0, width: 1 },
  { name: 'b', kind: 'categorical', categories: ['x', 'y'], offset: 1, width: 2 }];
const student = new debkd.Student({ architecture: { hidden: [3] }, preprocessing: { clip: 10, columns, encodedWidth: 3 }, threshold: 0.4,
  provenance: {}, parameters: Float32Array.from({ length: 16 }, (_, i) => (i - 7) / 9) });
const edge = await openStudent(debkd.encodeStudent(student));
const record = { a: 2.5, b: 'y' };
const x = Float32Array.of(0.1, 1, 0, -3, 0, 1);
const same = JSON.stringify(edge.predictRecord(record)) === JSON.stringify(student.predictRecord(record))
  && edge.predictProba(x).every((p, i) => p === student.predictProba(x)[i]);
const damaged = await openStudent(debkd.encodeStudent(student).map((b, i) => i === 60 ? b ^ 1 : b)).catch((error) => error.code);
console.log(same, damaged);`;
    writeFileSync(join(project, 'edge.mjs'), program);
    expect(run(process.execPath, ['edge.mjs'], project)).toBe('true student\n');
  });
});

test('without WebAssembly: one clear error that names debkd/edge', () => {
  const program = `import * as debkd from 'debkd';
console.log(typeof WebAssembly, await debkd.init().catch((error) => error.code + ': ' + error.message));`;
  writeFileSync(join(project, 'jitless.mjs'), program);
  expect(run(process.execPath, ['--jitless', 'jitless.mjs'], project)).toMatch(
    /^undefined wasm: kernels: this host has no WebAssembly, or it is turned off; turn it on, or predict with debkd\/edge/,
  );
});

test('without SIMD, and on an old Node: one clear error each', () => {
  const program = `import * as debkd from 'debkd';
WebAssembly.Module = function () { throw new WebAssembly.CompileError('invalid value type s128'); };
console.log(await debkd.init().catch((error) => error.code + ': ' + error.message));`;
  writeFileSync(join(project, 'no-simd.mjs'), program);
  expect(run(process.execPath, ['no-simd.mjs'], project)).toMatch(
    /^wasm: kernels: this host does not compile them \(invalid value type s128\), expected WebAssembly with SIMD/,
  );
  const main = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); import(${JSON.stringify(join(installed, 'dist/cli/main.js'))})`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', main], { cwd: project, encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, 'debkd: Node 18.20.0: expected 20 or later; install a newer version\n']);
});

test('two copies of the package in one process do not interfere', () => {
  cpSync(installed, join(project, 'node_modules/debkd-too'), { recursive: true });
  const program = `import * as one from 'debkd';
import * as two from './node_modules/debkd-too/dist/index.js';
${READ}
const bytes = await read('wdbc/data.csv');
const made = [];
for (const debkd of [one, two, one]) {
  const table = await debkd.readCsv(bytes, { target: 'label' });
  const data = debkd.encode(table, debkd.fitPreprocessing(table, { rows: debkd.split(table).train }));
  const student = await debkd.fit({ hidden: [3] }, data, { margins: new Float64Array(data.rows) }, debkd.hardLabels(), { seed: 1, epochs: 2 });
  made.push(debkd.sha256(two.encodeStudent(student)));
}
console.log(new Set(made).size);`;
  writeFileSync(join(project, 'two.mjs'), program);
  expect(run(process.execPath, ['two.mjs'], project)).toBe('1\n');
});

test('the package contains only files that users need', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md', 'dist/index.js', 'dist/edge.js']));
  for (const path of paths)
    expect(path).toMatch(
      /^(dist|models)\/|^docs\/([\w-]+\.md|results\/[\w-]+\.svg)$|^(LICENSE|NOTICE|[A-Z]+\.md|examples\/README\.md|package\.json)$/,
    );
  expect(Object.keys(dependencies)).toEqual([
    '@huggingface/tokenizers',
    'fzstd',
    'hyparquet',
    'hyparquet-compressors',
    'onnxruntime-web',
    'papaparse',
  ]);
});

test('every relative link of the pages in the package leads to a file in it, and package.json says where the rest is', () => {
  const paths = packed.files.map(({ path }) => path);
  const pages = paths.filter((path) => path.endsWith('.md'));
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/commands.md', 'docs/deploy.md', 'docs/start.md']));
  let relativeLinks = 0;
  for (const page of pages) {
    const text = readFileSync(join(installed, page), 'utf8').replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:/.test(link) || link.startsWith('#')) continue;
      relativeLinks++;
      expect(paths, `${page}: ${link}`).toContain(posix.join(posix.dirname(page), link.replace(/#.*/, '')));
    }
  }
  expect(relativeLinks).toBeGreaterThan(100);
  const { repository, homepage, bugs } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(repository).toEqual({ type: 'git', url: expect.stringMatching(/^git\+https:.+\.git$/) });
  const place = repository.url.slice('git+'.length, -'.git'.length);
  expect([homepage, bugs]).toEqual([`${place}#readme`, `${place}/issues`]);
});

test('the package unpacks to less than 7.8 MB, without the app to less than 5.5 MB: every large file is in it once', () => {
  const size = (keep: (path: string) => boolean): number =>
    packed.files.filter(({ path }) => keep(path)).reduce((sum, file) => sum + file.size, 0);
  const whole = size(() => true);
  const library = size((path) => !path.startsWith('dist/app/'));
  console.log(`unpacked: ${(whole / 1e6).toFixed(2)} MB, without the app ${(library / 1e6).toFixed(2)} MB`);
  expect(whole).toBe(packed.unpackedSize);
  expect(whole).toBeLessThan(7.8e6);
  expect(library).toBeLessThan(5.5e6);
  const repeated = packed.files.map(({ path }) => path).filter((path) => /ort-wasm|dist\/app\/example/.test(path));
  // the simulated rows are nowhere else
  expect(repeated.sort()).toEqual(['dist/app/examples/lending/rows.csv', 'dist/app/examples/tickets/rows.csv']);
});

test('serve --out of the installed package writes the whole app', async () => {
  const out = join(folder, 'static');
  const main = join(installed, 'dist/cli/main.js');
  const said = run(process.execPath, [main, 'serve', '--out', out], project);
  const built = join(root, 'dist/app');
  const list = (from: string): string[] =>
    (readdirSync(from, { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name)).sort();
  const names = list(built);
  expect(said).toBe(`${out}: ${names.length} files, for any server of static files\n`);
  expect(list(out).filter((name) => name !== '.debkd-export.json')).toEqual(names);
  for (const name of names) {
    const [copy, original] = [join(out, name), join(built, name)];
    // the library's builds of these modules take the place of the app's: the same exports
    if (!/^(shipped-files|jpeg-wasm|png-wasm)-/.test(name))
      expect(readFileSync(copy).equals(readFileSync(original)), name).toBe(true);
    else expect({ ...(await import(copy)) }, name).toEqual({ ...(await import(original)) });
  }
  // again: replaces its own files; other files are refused
  expect(run(process.execPath, [main, 'serve', '--out', out], project)).toBe(said);
  writeFileSync(join(out, 'mine.txt'), 'mine');
  const { status, stderr } = spawnSync(process.execPath, [main, 'serve', '--out', out], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringContaining('"mine.txt" is not of an export')]);
});

const publint = tool('publint');
test.runIf(publint)('publint finds nothing', () => {
  const { stdout, status } = spawnSync(publint as string, ['run', tarball, '--strict'], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringContaining('All good!')]);
});

const attw = tool('attw');
test.runIf(attw)('arethetypeswrong finds nothing, for an ESM-only package', () => {
  const flags = [
    '--profile',
    'esm-only',
    '--exclude-entrypoints',
    './kernels.wasm',
    './kernels-fast.wasm',
    './decode-jpeg.wasm',
    './decode-png.wasm',
    './package.json',
  ];
  const { status, stdout } = spawnSync(attw as string, [tarball, ...flags], { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
});

describe('budgets, minified and compressed', () => {
  const weigh = async (code: string, later: readonly string[] = []): Promise<number> => {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: root, loader: 'ts' },
      ...{ bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', logLevel: 'error' },
      external: ['onnxruntime-web/*', 'papaparse', 'hyparquet', 'hyparquet-compressors', ...later],
    });
    return gzipSync(outputFiles[0]?.contents as Uint8Array, { level: 9 }).length;
  };

  test('debkd/edge: 8.2 KB; students with steps or texts load 10.3 KB more, those with images or thresholds of groups 2.8 KB more', async () => {
    const images = './student/image-support.ts';
    const groups = './student/group-thresholds.ts';
    const further = ['./student/steps-support.ts', groups, images];
    expect(await weigh("export * from './src/edge.ts'", further)).toBeLessThan(8.2 * 1024);
    expect(await weigh("export * from './src/edge.ts'", [groups, images])).toBeLessThan(18.3 * 1024);
    expect(await weigh("export * from './src/edge.ts'")).toBeLessThan(21.2 * 1024);
  });

  test('from a table to a student, with kernels: 185 KB', async () => {
    const names = 'distill, loadTeacher, readCsv, split, encode, fitPreprocessing, evaluate';
    // thresholds of groups, threads, teachers of texts and of images, and the progress of a whole call load their own parts
    const own = [
      './student/choose-group-thresholds.ts',
      './distill-progress.ts',
      './threads/open-threads.ts',
      './session-pool.ts',
      './load-text.ts',
      './load-image.ts',
      './choose-image.ts',
    ];
    const later = [...own, './jpeg-wasm.ts', './png-wasm.ts'];
    const size = await weigh(`export { ${names} } from './src/index.ts'`, later);
    expect(size).toBeLessThan(185 * 1024);
  });

  test('decoding images: 7.9 KB, and 250 KB that are loaded on first use', async () => {
    const code = "export { openDecoder } from './src/internals.ts'";
    expect(await weigh(code, ['./jpeg-wasm.ts', './png-wasm.ts'])).toBeLessThan(7.9 * 1024);
    expect(await weigh(code)).toBeLessThan(257.5 * 1024);
  });

  test('a single function brings no kernels and no teacher: 2.9 KB', async () => {
    expect(await weigh("export { parseArchitecture } from './src/internals.ts'")).toBeLessThan(2.9 * 1024);
  });
});

test('no shipped file makes code from strings', () => {
  const files = packed.files.map(({ path }) => path).filter((path) => path.startsWith('dist/') && path.endsWith('.js'));
  for (const path of files) {
    expect(readFileSync(join(installed, path), 'utf8'), path).not.toMatch(/\bnew Function\b|\beval\(/);
  }
});
