// The examples that are projects: built, and run on what they are for.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  console.warn(`skipped: no ${name}; npm ci --prefix test/runtime installs it`);
  return false;
};

/** A copy of an example beside an installed package, as npm install makes it. */
function installed(example: string): string {
  const folder = join(root, 'build', `example-${example}`); // as deep as the example: its paths upwards hold
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

  test.runIf(hasVite)('built, then a teacher and rows to a student and its answer', async () => {
    const folder = installed('vite');
    const { status, stderr } = spawnSync(join(modules, '.bin/vite'), ['build', '--logLevel', 'warn'], {
      cwd: folder,
      encoding: 'utf8',
    });
    // where the machine is busy, the bundler says which plugin took long
    expect([status, stderr.replace(/^\[PLUGIN_TIMINGS\].*/s, '')]).toEqual([0, '']);
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

      // stopped in the middle, of rows enough that there is one
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

      // the student is the one of Node, byte for byte
      const download = page.waitForEvent('download');
      await page.getByText('student.debkd').click();
      const path = await (await download).path();
      const node = temporary();
      spawnSync(process.execPath, [join(root, 'examples/node/distil.mjs'), TEACHER, ROWS, PREPROCESSING, node]);
      expect(readFileSync(path)).toEqual(readFileSync(join(node, 'student.debkd')));

      // what is refused is said
      await page.locator('#teacher').setInputFiles(ROWS);
      await page.getByRole('button', { name: 'Distil' }).click();
      await said('are the teacher and the data swapped?');
    } finally {
      server.close();
      await browser.close();
    }
  });

  test.runIf(hasVite)('while it is developed', async () => {
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
  test.runIf(found('miniflare'))('answers, doubts, refuses', async () => {
    const folder = installed('cloudflare');
    const { status, stderr } = debkd(
      [
        'distill',
        ...['--teacher', TEACHER, '--data', ROWS, '--preprocessing', PREPROCESSING],
        '--student',
        '4',
        '--epochs',
        '20',
        '--out',
        'student',
      ],
      {
        cwd: folder,
      },
    );
    expect(status, stderr).toBe(0);
    const student = readFileSync(join(folder, 'student/student.debkd'));
    // as wrangler bundles: code is one module, what its rules name is another
    const { outputFiles } = await build({
      entryPoints: [join(folder, 'src/index.ts')],
      ...{ bundle: true, write: false, format: 'esm', target: 'es2022', conditions: ['workerd'], logLevel: 'error' },
      external: ['*.debkd'],
    });
    const { Miniflare } = await import(createRequire(join(modules, 'x.js')).resolve('miniflare'));
    const server = new Miniflare({
      modules: [
        { type: 'ESModule', path: 'index.js', contents: outputFiles[0]?.text as string },
        { type: 'Data', path: 'student.debkd', contents: student },
      ],
      ...{ compatibilityDate: '2025-01-01', host: '127.0.0.1', port: 0 },
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
