// Serves the built app and starts Chromium, if it is installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe } from 'vitest';

/** The part of playwright-core that the tests use; it is installed separately. */
export interface Locator {
  dispatchEvent(type: string): Promise<void>;
  click(options?: object): Promise<void>;
  textContent(options?: object): Promise<string | null>;
  inputValue(): Promise<string>;
  fill(text: string): Promise<void>;
  press(key: string): Promise<void>;
  selectOption(value: string | { label: string }): Promise<unknown>;
  setInputFiles(files: unknown): Promise<void>;
  waitFor(options?: object): Promise<void>;
  count(): Promise<number>;
  isDisabled(): Promise<boolean>;
  isVisible(): Promise<boolean>;
  first(): Locator;
  getByLabel(text: string | RegExp, options?: object): Locator;
  screenshot(options?: object): Promise<Buffer>;
}
export interface Page {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  getByText(text: string | RegExp, options?: object): Locator;
  getByRole(role: string, options?: object): Locator;
  getByLabel(text: string | RegExp, options?: object): Locator;
  evaluate<T>(body: string | ((argument: never) => T | Promise<T>), argument?: unknown): Promise<T>;
  waitForEvent(name: 'download'): Promise<{ path(): Promise<string>; suggestedFilename(): string }>;
  on(event: string, listener: (event: never) => void): void;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  emulateMedia(options: object): Promise<void>;
  screenshot(options?: object): Promise<Buffer>;
  keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  context(): Context;
  close(): Promise<void>;
}
export interface Context {
  newPage(): Promise<Page>;
  setOffline(offline: boolean): Promise<void>;
  addInitScript(script: string): Promise<void>;
  cookies(): Promise<unknown[]>;
  newCDPSession(page: Page): Promise<{ send(method: string, params: object): Promise<unknown> }>;
  close(): Promise<void>;
}
export interface Browser {
  newContext(options?: object): Promise<Context>;
  close(): Promise<void>;
}

/** Chromium, or why it is unavailable. */
export async function findChromium(): Promise<
  { why: string } | { launch(options?: { args?: string[] }): Promise<Browser> }
> {
  const program = ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (!program) return { why: 'no Chromium on the PATH' };
  const playwright = await import('../runtime/node_modules/playwright-core/index.mjs' as string).catch(() => undefined);
  if (!playwright) return { why: 'playwright-core is not installed; run npm ci --prefix test/runtime' };
  const executablePath = spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim();
  return {
    launch: ({ args = [] } = {}) => playwright.chromium.launch({ executablePath, args: ['--no-sandbox', ...args] }),
  };
}

export interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

const { openAppServer: serveApp } = (await import('../runtime/app-server.mjs' as string)) as {
  openAppServer(): Promise<Served>;
};

export { serveApp };

const chromium = await findChromium();
if ('why' in chromium) console.warn(`skipped: the app in Chromium: ${chromium.why}`);

/** A describe block that needs Chromium; skipped with a warning if it is unavailable. */
export const describeChromium: typeof describe = describe.runIf(!('why' in chromium)) as typeof describe;

/** Serves the app and starts Chromium for a test file. */
export function useApp(): { url: string; browser: Browser } {
  const app = {} as { url: string; browser: Browser };
  let served: Served | undefined;
  beforeAll(async () => {
    if ('why' in chromium) return;
    served = await serveApp();
    app.url = served.url;
    app.browser = await chromium.launch();
  });
  afterAll(async () => {
    await app.browser?.close();
    await served?.stop();
  });
  return app;
}

/** Opens a folded part of the page by its title, as a user does, unless it is open. @param id of the title */
export async function unfold(page: Page, id: string): Promise<void> {
  const title = page.locator(`#${id}`);
  await title.waitFor();
  const isOpen = await page.evaluate(
    ((at: string) => document.getElementById(at)?.closest('details')?.open) as (argument: never) => boolean | undefined,
    id,
  );
  if (!isOpen) await title.click();
}

/** The digest of the student, once a run has ended; it is in the folded record. */
export async function digestOf(page: Page, timeout = 90_000): Promise<string> {
  const digest = page.locator('#sha256');
  await digest.waitFor({ state: 'attached', timeout });
  return (await digest.textContent()) as string;
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The serious and critical violations that axe finds. */
export async function violations(page: Page): Promise<string[]> {
  const source = readFileSync(new URL('../runtime/node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
  const found = await page.evaluate<readonly Violation[]>(
    `(async () => { ${source}; return (await axe.run(document, { resultTypes: ['violations'] })).violations; })()`,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}
