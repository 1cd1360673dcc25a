// The back button of the browser, in Chromium: to the start view, and not away from the page.
import { expect, test } from 'vitest';
import { describeChromium, digestOf, type Page, useApp } from './open-app.ts';

const app = useApp();
const back = (page: Page): Promise<void> => page.evaluate(() => history.back());
const start = (page: Page): Promise<void> => page.getByRole('heading', { name: 'Or start with an example' }).waitFor();
const entries = (page: Page): Promise<number> => page.evaluate(() => history.length);

describeChromium('the back button', () => {
  test('leads from an example and from a kept run to the start view, also after a reload; a run goes on', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await page.goto(app.url);
    await page.getByRole('button', { name: /Tumours/ }).click();
    await page.getByLabel('Progress of the run').waitFor({ timeout: 60_000 });
    await back(page);
    await digestOf(page);
    // a link to a part is a step of its own
    const before = await entries(page);
    await page.locator('.jump a', { hasText: 'Run details' }).click();
    expect(await entries(page)).toBe(before + 1);
    await back(page);
    expect(await page.locator('#results').count()).toBe(1);
    await back(page);
    await start(page);
    expect(await page.locator('#results').count()).toBe(0);
    // what was closed comes back
    await page.getByText('The files are closed.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('#found').waitFor({ state: 'attached', timeout: 60_000 });
    await back(page);
    await start(page);

    await page.getByRole('button', { name: 'Open Tumours (example)' }).click();
    const digest = await digestOf(page);
    await page.reload();
    await page.getByRole('button', { name: 'Open Tumours (example)' }).click();
    expect(await digestOf(page)).toBe(digest);
    await back(page);
    await start(page);
    expect(await page.locator('#results').count()).toBe(0);
    await page.context().close();
  });

  test('a link to an example adds no step: the way back leads to where the link was', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await page.goto(`${app.url}?example=wdbc`);
    await page.locator('#found').waitFor({ state: 'attached', timeout: 90_000 });
    expect(await entries(page)).toBe(2);
    await page.context().close();
  });
});
