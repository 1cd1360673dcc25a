// Accessibility of the app: axe, keyboard, names, phone width and 200 % zoom. Also its size.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { describeChromium, type Page, useApp, violations } from './open-app.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const app = useApp();

async function distilled(page: Page): Promise<void> {
  await page.goto(`${app.url}?example=wdbc`);
  await page.locator('#found').waitFor({ timeout: 60_000 });
  await page.locator('#epochs').fill('10');
  await page.getByRole('button', { name: 'Distil' }).click();
  await page.locator('#answer-debiased').waitFor({ timeout: 60_000 });
}

describeChromium('accessibility', () => {
  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 375],
  ] as const)('axe finds nothing serious and nothing overflows: %s, %i px wide', async (colorScheme, width) => {
    const context = await app.browser.newContext({
      colorScheme,
      viewport: { width, height: 800 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(app.url);
    expect(await violations(page)).toEqual([]);
    await distilled(page);
    // open everything
    await page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true;
    });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    mkdirSync(`${root}build/app`, { recursive: true });
    await page.screenshot({ path: `${root}build/app/${colorScheme}-${width}.png`, fullPage: true });
    await context.close();
  });

  test('nothing overflows at 200 % zoom', async () => {
    // 200 % zoom of a window of 1280 px is a window of 640 px at twice the pixel density
    const context = await app.browser.newContext({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    const page = await context.newPage();
    await distilled(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });

  test('the whole flow works by keyboard, and the results get the focus', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await page.goto(`${app.url}?example=wdbc`);
    const focused = (): Promise<string> =>
      page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        return at.id || at.textContent || '';
      });
    const reach = async (name: string): Promise<void> => {
      for (let turn = 0; turn < 120; turn++) {
        if ((await focused()) === name) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the Tab key does not reach ${name}`);
    };
    await page.locator('#found').waitFor({ timeout: 60_000 });
    await reach('epochs');
    await page.keyboard.type('5');
    await page.keyboard.press('Enter');
    await page.locator('#results').waitFor({ timeout: 60_000 });
    await page.locator('#answer-debiased').waitFor();
    expect(await focused()).toBe('results');
    await reach('student.debkd');
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(file.suggestedFilename()).toBe('student.debkd');
    // the focus is visible
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
    expect(outline).toBe('solid');
    await page.close();
  });

  test('a link to a part opens it, below the links, which stay in view; a fold opens by keyboard', async () => {
    const page = await (await app.browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await distilled(page);
    const isOpen = (id: string): Promise<boolean | undefined> =>
      page.evaluate(
        ((at: string) => document.getElementById(at)?.closest('details')?.open) as (argument: never) => boolean,
        id,
      );
    const follow = page.locator('.jump a', { hasText: 'Charts and metrics' });
    /** How far the title of a part is below the links, and the links below the top of the window. */
    const tops = (id: string): Promise<readonly number[]> =>
      page.evaluate(
        ((at: string) => {
          const [title, links] = [document.getElementById(at), document.querySelector('.jump')].map((one) =>
            one?.getBoundingClientRect(),
          );
          return [(title?.top ?? 0) - (links?.bottom ?? 0), links?.top ?? -1];
        }) as (argument: never) => number[],
        id,
      );
    expect(await isOpen('charts')).toBe(false);
    // paper has no clicks
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await page.locator('details.fold:not([open])').count()).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await isOpen('charts')).toBe(false);
    // the title says what is in it
    expect(await page.locator('#charts + .said').textContent()).toMatch(
      /^AUC 0\.\d{3}, log-loss 0\.\d{3}, and 8 more metrics/,
    );
    await follow.click();
    expect(await isOpen('charts')).toBe(true);
    await page.getByRole('region', { name: 'Metrics of each model' }).waitFor();
    const [below = -1, top = -1] = await tops('charts');
    expect(below).toBeGreaterThanOrEqual(0);
    expect(below).toBeLessThan(300);
    expect(top).toBe(0);
    // a second click on the same link, and an address that changes otherwise
    await page.locator('#charts').click();
    expect(await isOpen('charts')).toBe(false);
    await follow.click();
    expect(await isOpen('charts')).toBe(true);
    await page.evaluate(() => {
      location.hash = '#record';
    });
    await page.locator('#sha256').waitFor();
    // by keyboard
    await page.evaluate(() => document.getElementById('rows')?.closest('summary')?.focus());
    expect(await isOpen('rows')).toBe(false);
    await page.keyboard.press('Enter');
    expect(await isOpen('rows')).toBe(true);
    await page.locator('#row-errors').waitFor({ timeout: 60_000 });
    await page.close();
  });

  test.each([
    [1280, 800],
    [375, 667],
  ])('what has the focus is never hidden under what stays in view: %i px wide', async (width, height) => {
    const context = await app.browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await distilled(page);
    const hidden = new Set<string>();
    const seen = new Set<string>();
    const look = async (): Promise<void> => {
      const [name, isHidden] = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        const { left, top, width, height } = at.getBoundingClientRect();
        const points = [0.02, 0.5, 0.98].flatMap((x) =>
          [0.1, 0.5, 0.9].map((y) => [left + x * width, top + y * height]),
        );
        const shown = points.some(([x, y]) => at.contains(document.elementFromPoint(x as number, y as number)));
        return [at === document.body ? '' : `${at.tagName} ${at.id || at.textContent?.slice(0, 40)}`, !shown] as const;
      });
      if (name === '') return;
      seen.add(name);
      if (isHidden) hidden.add(name);
    };
    for (const key of ['Tab', 'Shift+Tab']) {
      for (let turn = 0; turn < 90; turn++) {
        await page.keyboard.press(key);
        await look();
      }
    }
    expect([...hidden]).toEqual([]);
    expect(seen.size).toBeGreaterThan(50);
    await context.close();
  });

  test('every control has a name, every chart a description and a table', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await distilled(page);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('input, select, button, progress, meter')]
        .filter((control) => {
          const { labels } = control as HTMLInputElement;
          return !(labels?.length || control.getAttribute('aria-label') || control.textContent?.trim());
        })
        .map((control) => control.outerHTML.slice(0, 100)),
    );
    expect(nameless).toEqual([]);
    const figures = await page.evaluate(() =>
      [...document.querySelectorAll('figure')].map((figure) => [
        figure.querySelector('svg[role="img"]')?.getAttribute('aria-label')?.length ?? 0,
        figure.querySelectorAll('tbody tr').length,
      ]),
    );
    expect(figures).toHaveLength(7);
    for (const [words = 0, rows = 0] of figures) {
      expect(words).toBeGreaterThan(40);
      expect(rows).toBeGreaterThan(1);
    }
    await page.close();
  });

  test('the first view loads less than 110 KB compressed', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await page.context().addInitScript('delete Navigator.prototype.serviceWorker');
    const loaded = new Set<string>();
    page.on('request', ((request: { url(): string }) => loaded.add(new URL(request.url()).pathname)) as (
      event: never,
    ) => void);
    await page.goto(app.url);
    await page.locator('#choose-files').waitFor();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const size = [...loaded].reduce((sum, path) => {
      const file = `${root}dist/app${path === '/' ? '/index.html' : path}`;
      return sum + gzipSync(readFileSync(file), { level: 9 }).length;
    }, 0);
    expect(loaded.size).toBeGreaterThan(3);
    expect([...loaded].filter((path) => /thread|ort|wasm|examples/.test(path))).toEqual([]);
    expect(size).toBeLessThan(110 * 1024);
    console.log(`the first view: ${(size / 1024).toFixed(1)} KB gzip in ${loaded.size} files`);
    await page.close();
  });

  test('a whole run loads less than 342 KB compressed without the ONNX runtime, which loads with a teacher', async () => {
    const page = await (await app.browser.newContext()).newPage();
    // the service worker fetches for later visits
    await page.context().addInitScript('delete Navigator.prototype.serviceWorker');
    const loaded = new Set<string>();
    page.on('request', ((request: { url(): string }) => loaded.add(new URL(request.url()).pathname)) as (
      event: never,
    ) => void);
    await page.goto(app.url);
    await page.locator('#choose-files').waitFor();
    expect([...loaded].filter((path) => /ort|wasm/.test(path))).toEqual([]);
    await distilled(page);
    const own = [...loaded].filter((path) => !/ort[.-]|\/examples\//.test(path));
    const size = own.reduce((sum, path) => {
      const file = `${root}dist/app${path === '/' ? '/index.html' : path}`;
      return sum + gzipSync(readFileSync(file), { level: 9 }).length;
    }, 0);
    expect(own.length).toBeGreaterThan(5);
    // 324 KB before the results folded: titles that say what is in each part
    expect(size).toBeLessThan(342 * 1024);
    console.log(`the page without the ONNX runtime: ${(size / 1024).toFixed(1)} KB gzip in ${own.length} files`);
    await page.close();
  });
});

test('any server can serve the folder: relative addresses, a policy in the page, notices', () => {
  const page = readFileSync(`${root}dist/app/index.html`, 'utf8');
  expect(page).toMatch(/Content-Security-Policy"\s+content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  expect(page).not.toMatch(/(src|href)="(\/|https?:)/);
  const notices = readFileSync(`${root}dist/app/notices.txt`, 'utf8');
  for (const name of ['preact', 'fflate', 'papaparse', 'hyparquet', 'onnxruntime-web', 'AssemblyScript'])
    expect(notices).toContain(name);
  for (const file of readdirSync(`${root}dist/app`).filter((name) => name.endsWith('.js'))) {
    expect(readFileSync(`${root}dist/app/${file}`, 'utf8'), file).not.toMatch(/\bnew Function\(|[^.\w]eval\(/);
  }
});
