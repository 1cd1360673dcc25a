// Prepares a release: checks the preconditions, sets the version in every file and the date in the changelog, runs the tests, packs, and
// rehearses publishing (--dry-run).
//   npm run release -- 0.2.0 [--without-tests]
// It publishes nothing. Pushing the tag publishes, with provenance (.github/workflows/release.yml).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('.', import.meta.url));
process.chdir(root);
const { values, positionals } = parseArgs({
  options: { 'without-tests': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [version = ''] = positionals;
const stop = (why) => {
  console.error(`release: ${why}`);
  process.exit(2);
};
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const run = (command, ...args) => {
  console.log(`== ${[command, ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) stop(`${command} ${args[0]} exited with ${status}; nothing has been tagged`);
};

if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) stop(`version "${version}", expected MAJOR.MINOR.PATCH, such as 0.2.0`);
if (git('status', '--porcelain') !== '') stop('the working tree has uncommitted changes; commit or stash them');
if (git('tag', '--list', `v${version}`) !== '') stop(`the tag v${version} already exists; choose the next version`);
const changelog = readFileSync('CHANGELOG.md', 'utf8');
const open = `## ${version} (unreleased)`;
if (!changelog.includes(open)) stop(`CHANGELOG.md has no "${open}"; add this heading and list the changes under it`);

const replace = (path, from, to) => {
  const text = readFileSync(path, 'utf8');
  if (!from.test(text)) stop(`${path} has no version to replace`);
  writeFileSync(path, text.replace(from, to));
};
replace('package.json', /^( {2}"version": ")[^"]+/m, `$1${version}`);
replace('jsr.json', /^( {2}"version": ")[^"]+/m, `$1${version}`);
replace('src/version.ts', /(VERSION: string = ')[^']+/, `$1${version}`);
writeFileSync('CHANGELOG.md', changelog.replace(open, `## ${version}, ${new Date().toISOString().slice(0, 10)}`));
run('npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund');

run('npm', 'ci', '--no-audit', '--no-fund');
run('npm', 'run', 'lint');
run('npm', 'run', 'types');
if (values['without-tests']) run('npm', 'run', 'build');
else run('npm', 'test');
run('npm', 'pack', '--ignore-scripts');
run('node', 'edge/pack.mjs');
for (const name of ['debkd', 'debkd-edge'])
  run('npm', 'publish', '--dry-run', '--ignore-scripts', `./${name}-${version}.tgz`);
const deno = 'test/runtime/node_modules/.bin/deno';
if (existsSync(deno)) run(deno, 'publish', '--dry-run', '--allow-dirty', '--no-check');
else console.log('note: publishing to JSR was not rehearsed; run npm ci --prefix test/runtime to install Deno');

console.log(`
${version} is ready. To tag and publish it, run:
  git commit -am "${version}" && git tag -a v${version} -m "${version}" && git push --follow-tags`);
