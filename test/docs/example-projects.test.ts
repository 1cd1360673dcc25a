// Builds and runs the example projects: a Vite page and a Cloudflare worker.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { findChromium } from '../app/open-app.ts';
import { debkd, modelPath, temporary } from '../cli/run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [TEACHER, ROWS, PREPROCESSING] = ['wdbc-mlp-biased/teacher.onnx', 'wdbc/data.csv', 'wdbc/preprocessing.json'].map(
  modelPath,
) as [string, string, string];

const modules = join(root, 'test/runtime/node_modules');
const found = (name: string): boolean => {
  if (existsSync(join(modules, name))) return true;
  console.warn(`skipped: no ${name}; run npm ci --prefix test/runtime to install it`);
  return false;
};

/** Copies an example and links the package into its node_modules, as npm install does. */
function installed(example: string): string {
  const folder = join(root, 'build', `example-${example}`); // two levels deep, like examples/: relative paths stay valid
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'examples', example), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/debkd'));
  return folder;
}

const hasVite = found('.bin/vite');

describe('examples/vite', async () => {
  const { openFolder } = (await import('../runtime/browsers.mjs' as string)) as {
    openFolder(folder: string): Promise<{ address: string; close(): void }>;
  };

  test.runIf(hasVite)('vite build: the page distils, cancels, answers a record and shows errors', async () => {
    const folder = installed('vite');
    const { status, stderr } = spawnSync(join(modules, '.bin/vite'), ['build', '--logLevel', 'warn'], {
      cwd: folder,
      encoding: 'utf8',
    });
    // on a busy machine, the bundler reports slow plugins
    expect([status, stripVTControlCharacters(stderr).replace(/^\[PLUGIN_TIMINGS\].*/s, '')]).toEqual([0, '']);
    const chromium = await findChromium();
    if ('why' in chromium) return console.warn(`skipped: ${chromium.why}`);
    const browser = await chromium.launch();
    const server = await openFolder(join(folder, 'dist'));
    try {
      const page = await (await browser.newContext()).newPage();
      await page.goto(server.address);
      await page.locator('#teacher').setInputFiles(TEACHER);
      await page.locator('#preprocessing').setInputFiles(PREPROCESSING);
      const said = (text: string): Promise<void> =>
        page.locator('#message', { hasText: text }).waitFor({ timeout: 60_000 });

      const textOf = (selector: string): Promise<string> =>
        page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`);

      // cancel during de-biasing; the many rows make it take long enough
      const [header, ...lines] = readFileSync(ROWS, 'utf8').trim().split('\n');
      const many = [header, ...Array.from({ length: 40 }, () => lines).flat()].join('\n');
      await page.locator('#rows').setInputFiles({ name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(many) });
      await page.getByRole('button', { name: 'Distil' }).click();
      await said('label de-biasing');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await said('cancelled');

      await page.locator('#rows').setInputFiles(ROWS);
      await page.getByRole('button', { name: 'Distil' }).click();
      await said('done');
      const figures = (await textOf('#figures')).split('\n').map((line) => line.split('\t'));
      expect(figures.map(([name]) => name)).toEqual(['teacher', 'student']);
      const [before, after] = figures.map(([, , logLoss]) => Number(logLoss));
      expect(after).toBeLessThan(before as number);
      expect(await textOf('#answer')).toMatch(/^class [01], probability [01]\.\d{3}$/);

      // the student has the same bytes as the one from Node
      const download = page.waitForEvent('download');
      await page.getByText('student.debkd').click();
      const path = await (await download).path();
      const node = temporary();
      spawnSync(process.execPath, [join(root, 'examples/node/distil.mjs'), TEACHER, ROWS, PREPROCESSING, node]);
      expect(readFileSync(path)).toEqual(readFileSync(join(node, 'student.debkd')));

      // an error is shown
      await page.locator('#teacher').setInputFiles(ROWS);
      await page.getByRole('button', { name: 'Distil' }).click();
      await said('check whether the teacher and the data are swapped');
    } finally {
      server.close();
      await browser.close();
    }
  });

  test.runIf(hasVite)('vite dev: the page distils', async () => {
    const chromium = await findChromium();
    if ('why' in chromium) return console.warn(`skipped: ${chromium.why}`);
    const args = ['--host', '127.0.0.1', '--port', String(20_000 + (process.pid % 10_000))];
    const server = spawn(join(modules, '.bin/vite'), args, {
      cwd: installed('vite'),
      env: { ...process.env, NO_COLOR: '1' },
    });
    const browser = await chromium.launch();
    try {
      const address = await new Promise<string>((resolve) => {
        server.stdout.on('data', (text) => {
          const [url] = /http:\S+/.exec(String(text)) ?? [];
          if (url) resolve(url);
        });
      });
      const page = await (await browser.newContext()).newPage();
      await page.goto(address);
      await page.locator('#teacher').setInputFiles(TEACHER);
      await page.locator('#preprocessing').setInputFiles(PREPROCESSING);
      await page.locator('#rows').setInputFiles(ROWS);
      await page.getByRole('button', { name: 'Distil' }).click();
      await page.locator('#message', { hasText: 'done' }).waitFor({ timeout: 60_000 });
    } finally {
      await browser.close();
      server.kill();
    }
  });
});

describe('examples/cloudflare', () => {
  test.runIf(found('miniflare'))('answers records as predict does and rejects bad ones', async () => {
    const folder = installed('cloudflare');
    const { status, stderr } = debkd(
      [
        'distill',
        `--teacher=${TEACHER}`,
        `--data=${ROWS}`,
        `--preprocessing=${PREPROCESSING}`,
        '--student=4',
        '--epochs=20',
        '--out=student',
      ],
      { cwd: folder },
    );
    expect(status, stderr).toBe(0);
    const student = readFileSync(join(folder, 'student/student.debkd'));
    // bundled like wrangler: one module of code, and one for each file that the rules in wrangler.jsonc match
    const { outputFiles } = await build({
      entryPoints: [join(folder, 'src/index.ts')],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      conditions: ['workerd'],
      logLevel: 'error',
      external: ['*.debkd'],
    });
    const { Miniflare } = await import(createRequire(join(modules, 'x.js')).resolve('miniflare'));
    const server = new Miniflare({
      modules: [
        { type: 'ESModule', path: 'index.js', contents: outputFiles[0]?.text as string },
        { type: 'Data', path: 'student.debkd', contents: student },
      ],
      compatibilityDate: '2025-01-01',
      host: '127.0.0.1',
      port: 0,
    });
    try {
      const url = await server.ready;
      const ask = async (body: string): Promise<unknown[]> => {
        const response = await fetch(url, { method: 'POST', body });
        return [response.status, await response.json()];
      };
      const [header = '', ...lines] = readFileSync(ROWS, 'utf8').trim().split('\n');
      const names = header.split(',');
      const record = (line: string): { [name: string]: number } =>
        Object.fromEntries(line.split(',').map((cell, i) => [names[i] as string, Number(cell)]));
      const { stdout } = debkd(['predict', '--student', 'student', '--data', ROWS], { cwd: folder });
      const expected = stdout.trim().split('\n').slice(1);
      const decided = new Set<string>();
      for (const i of [0, 20, 40, 60, 80, 100, 120, 140]) {
        const [code, answer] = (await ask(JSON.stringify(record(lines[i] as string)))) as [
          number,
          { [key: string]: string },
        ];
        expect([code, `${answer['probability']},${answer['label']}`]).toEqual([200, expected[i]]);
        decided.add(answer['decided'] as string);
      }
      expect(decided).toContain('student');
      expect(await ask('[1]')).toEqual([400, { error: 'the body is no JSON object' }]);
      expect(await ask(JSON.stringify({ ...record(lines[0] as string), [names[0] as string]: 'wide' }))).toEqual([
        422,
        { error: expect.stringContaining('wide'), field: names[0] },
      ]);
    } finally {
      await server.dispose();
    }
  });
});
