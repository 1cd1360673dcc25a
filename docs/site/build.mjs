// npm run docs: builds the documentation as a static site in build/site, with API pages from docstrings. Dead links are errors.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..');
// inside this folder, where VitePress finds its packages
const source = join(here, 'pages');
const tool = (name) => join(here, 'node_modules', '.bin', name);
if (!existsSync(tool('vitepress'))) {
  console.error('docs: the tools are not installed; run npm ci --prefix docs/site');
  process.exit(2);
}
rmSync(source, { recursive: true, force: true });
mkdirSync(source, { recursive: true });

// pages: docs/*.md, and the pages at the repository's root
const TOP = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md'];
for (const name of TOP) page(name, readFileSync(join(root, name), 'utf8').replaceAll('](docs/', ']('));
for (const name of readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md')))
  page(name, readFileSync(join(root, 'docs', name), 'utf8').replaceAll('](../', ']('));
cpSync(join(root, 'docs', 'results'), join(source, 'public', 'results'), { recursive: true });

/** Links to files that are not on the site become text; results are static files. */
function page(name, text) {
  const known = text
    .replace(/\[([^\]]+)\]\((?:LICENSE|NOTICE|models\/|examples\/|test\/|src\/)[^)]*\)/g, '$1')
    .replace(/\]\(results\//g, '](/results/')
    .replace(/\[API\]\(https:[^)]*\)/, '[API](api/README.md)');
  writeFileSync(join(source, name), name === 'commands.md' ? withHelp(known) : known);
}

/** Adds the output of --help below the heading of each command. */
function withHelp(text) {
  return text.replace(/^## (\w+)\n/gm, (heading, command) => {
    if (command !== command.toLowerCase()) return heading;
    const help = execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), command, '--help'], {
      encoding: 'utf8',
    });
    return `${heading}\n::: details Options\n\`\`\`text\n${help}\`\`\`\n:::\n`;
  });
}

// API pages, from the declarations
execFileSync(
  tool('typedoc'),
  [
    ...['--plugin', 'typedoc-plugin-markdown', '--out', join(source, 'api'), '--readme', 'none'],
    ...['--hideBreadcrumbs', '--hidePageHeader', '--name', 'API', '--router', 'module', '--disableSources'],
    ...['--skipErrorChecking', '--logLevel', 'Warn', '--excludeExternals', '--tsconfig', join(here, 'tsconfig.json')],
    ...['index', 'internals', 'edge', 'worker/client', 'cluster/index'].flatMap((name) => [
      '--entryPoints',
      join(root, 'dist/types', `${name}.d.ts`),
    ]),
  ],
  { cwd: root, stdio: 'inherit' },
);

mkdirSync(join(source, '.vitepress'), { recursive: true });
cpSync(join(here, 'config.js'), join(source, '.vitepress', 'config.js'));
execFileSync(tool('vitepress'), ['build', source, '--outDir', join(root, 'build', 'site')], {
  cwd: here,
  stdio: 'inherit',
});
console.log('the site is in build/site');
