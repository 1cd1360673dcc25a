// The test rows that the page shows after a run, and what-if from one of them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { modelPath } from '../cli/run.ts';
import { describeChromium, unfold, useApp, violations } from './open-app.ts';

const app = useApp();
const [header = '', ...lines] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
const columns = header.split(',');

describeChromium('rows', () => {
  test('a listed row goes into what-if, with its values, its label and the listed answers; a number outside is marked', async () => {
    const context = await app.browser.newContext({ viewport: { width: 375, height: 667 } });
    const page = await context.newPage();
    await page.goto(`${app.url}?example=wdbc`);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    await page.locator('#epochs').fill('10');
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.locator('#answer-debiased').waitFor({ timeout: 60_000 });
    await unfold(page, 'rows');
    await page.locator('#row-errors').waitFor({ timeout: 60_000 });
    const cells = await page.evaluate(() =>
      [...document.querySelectorAll('#row-errors tbody tr:first-child :is(th, td)')].map((cell) => cell.textContent),
    );
    // the largest errors first, and no other row of the test part has a larger one
    const losses = await page.evaluate(() =>
      [...document.querySelectorAll('#row-errors tbody tr')].map((row) => {
        const [, label, , student] = [...row.querySelectorAll('th, td')].map((cell) => Number(cell.textContent));
        return Math.abs((label as number) - (student as number));
      }),
    );
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses[0]).toBeGreaterThan(0.5);
    const number = Number(/\d+/.exec(cells[0] ?? '')?.[0]);
    const values = (lines[number - 1] as string).split(',');
    expect(cells[1]).toBe(values[columns.indexOf('label')]);
    await page
      .getByRole('button', { name: `Try in what-if: row ${number}`, exact: true })
      .first()
      .click();
    await page.locator('#row-shown', { hasText: new RegExp(`^Row ${number} of the file`) }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('what-if');
    await page.locator('#answer-teacher', { hasText: cells[2] as string }).waitFor({ timeout: 30_000 });
    expect(await page.locator('#answer-debiased').textContent()).toBe(cells[3]);
    const form = page.locator('section[aria-labelledby="what-if"]');
    const field = form.getByLabel('worst_area', { exact: true });
    expect(await field.inputValue()).toBe(values[columns.indexOf('worst_area')]);
    await field.fill('99999');
    await page.locator('#unusual', { hasText: 'Outside the range of the training rows: worst_area.' }).waitFor();
    // the answers stay above the field
    const [bottom = 0, top = 0] = await page.evaluate(() => [
      document.querySelector('.answers')?.getBoundingClientRect().bottom ?? 0,
      document.activeElement?.getBoundingClientRect().top ?? 0,
    ]);
    expect(bottom).toBeGreaterThan(0);
    expect(top).toBeGreaterThanOrEqual(bottom);
    await page.getByRole('button', { name: 'Worst error' }).click();
    await page.locator('#unusual', { hasText: /^$/ }).waitFor({ state: 'attached' });
    expect(await page.locator('#row-shown').textContent()).toContain(`Row ${number} of the file`);
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
});
