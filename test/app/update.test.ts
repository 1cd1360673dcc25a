// An update of the app: open pages keep the files of the old build, later pages use only the new build, also offline.
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeChromium, type Page, useApp } from './open-app.ts';

const built = fileURLToPath(new URL('../../dist/app', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' },
  ...{ '.svg': 'image/svg+xml', '.csv': 'text/csv', '.json': 'application/json' },
};

describeChromium('the app after an update', () => {
  const app = useApp();
  const folder = mkdtempSync(join(tmpdir(), 'debkd-update-'));
  const site = join(folder, 'app');
  let url = '';
  const server = createServer((asked, answer) => {
    const path = new URL(asked.url ?? '/', 'http://here').pathname;
    const file = join(site, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return void answer.writeHead(404).end();
    answer
      .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
      .end(readFileSync(file));
  });
  beforeAll(async () => {
    cpSync(built, site, { recursive: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Polls until a condition holds in the page. */
  const until = async (page: Page, holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 600; i++) {
      if (await page.evaluate(holds)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`timed out: ${holds}`);
  };
  const build = (page: Page): Promise<string | null> =>
    page.evaluate(() => document.querySelector('meta[name=test-build]')?.getAttribute('content') ?? null);
  const caches1 = (page: Page): Promise<string[]> => page.evaluate(() => caches.keys());

  /** Replaces the files as a release does: new script names, a new digest, no old files. */
  function release(name: string): void {
    const [script] = /main\.js/.exec(readFileSync(join(site, 'index.html'), 'utf8')) ?? [];
    expect(script).toBe('main.js');
    const html = readFileSync(join(site, 'index.html'), 'utf8');
    renameSync(join(site, 'main.js'), join(site, `main-${name}.js`));
    const page = html.replace('main.js', `main-${name}.js`);
    writeFileSync(join(site, 'index.html'), page.replace('<head>', `<head><meta name="test-build" content="${name}">`));
    const worker = readFileSync(join(site, 'service-worker.js'), 'utf8');
    const changed = worker
      .replace(/debkd-\$\{"[0-9a-f]+"\}|debkd-[0-9a-f]{8,}/, `debkd-${name}`)
      .replaceAll('main.js', `main-${name}.js`);
    expect(changed).not.toBe(worker.replaceAll('main.js', `main-${name}.js`));
    writeFileSync(join(site, 'service-worker.js'), changed);
  }

  test('open pages keep their build; the next page has the new build and works offline', async () => {
    const context = await app.browser.newContext();
    const faults: string[] = [];
    const first = await context.newPage();
    first.on('pageerror', (error: never) => faults.push(String(error)));
    await first.goto(url);
    await until(first, () => navigator.serviceWorker.controller !== null);
    expect(await build(first)).toBeNull();
    const before = await caches1(first);
    expect(before).toHaveLength(1);

    release('new1');
    await first.evaluate(async () => {
      await (await navigator.serviceWorker.getRegistration())?.update();
    });
    await until(first, async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting));
    // its scripts are no longer on the server and come from the cache
    await first.reload();
    await first.locator('#choose-files').waitFor();
    expect(await build(first)).toBeNull();
    expect(await caches1(first)).toEqual(expect.arrayContaining([...before, 'debkd-new1']));

    await first.close();
    const second = await context.newPage();
    second.on('pageerror', (error: never) => faults.push(String(error)));
    await second.goto(url);
    await second.locator('#choose-files').waitFor();
    await until(second, async () => {
      const names = await caches.keys();
      return names.length === 1 && names[0] === 'debkd-new1';
    });
    await second.reload();
    expect(await build(second)).toBe('new1');
    await context.setOffline(true);
    await second.reload();
    await second.locator('#choose-files').waitFor();
    expect(await build(second)).toBe('new1');
    expect(faults).toEqual([]);
    await context.close();
  });
});
