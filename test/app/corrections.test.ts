// The page in Chromium: answers that were wrong are stored, and ten of them retrain the student.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeStudent } from '../../src/student/student-file.ts';
import { modelPath } from '../cli/run.ts';
import { describeChromium, digestOf, type Page, useApp } from './open-app.ts';

const app = useApp();

async function until(page: Page, holds: (argument: never) => unknown, argument?: unknown): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await page.evaluate(holds, argument))) {
    if (performance.now() > end) throw new Error(`timed out: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function distil(page: Page): Promise<void> {
  await page.locator('#student').fill('8');
  await page.locator('#epochs').fill('20');
  await page.getByRole('button', { name: 'Distil' }).click();
  await digestOf(page);
  await until(page, () => document.getElementById('answer-debiased')?.textContent !== '');
}

const listed = (page: Page): Promise<number> => page.locator('#corrections-list li').count();
const retrain = (page: Page) => page.getByRole('button', { name: /^Retrain with/ });

describeChromium('corrections', () => {
  test('ten corrections are stored, survive a reload, and give a new student', async () => {
    const context = await app.browser.newContext();
    const page = await context.newPage();
    await page.goto(app.url);
    await page.locator('#files-file').setInputFiles(modelPath('wdbc/preprocessing.json'));
    await page.locator('#files-file').setInputFiles(modelPath('wdbc-mlp-biased/teacher.onnx'));
    await page.locator('#files-file').setInputFiles(modelPath('wdbc/data.csv'));
    await page.locator('#found').waitFor({ timeout: 60_000 });
    await distil(page);
    for (let i = 0; i < 10; i++) {
      const before = await page.locator('#answer-debiased').textContent();
      await page
        .locator('section[aria-labelledby="what-if"]')
        .getByLabel('mean_texture', { exact: true })
        .fill(`${15 + 1.5 * i}`);
      await until(page, (old: string) => document.getElementById('answer-debiased')?.textContent !== old, before);
      expect(await retrain(page).isDisabled()).toBe(true);
      await page.getByRole('button', { name: /^This was wrong/ }).click();
      await until(page, (n: number) => document.querySelectorAll('#corrections-list li').length === n, i + 1);
    }
    await page.getByRole('button', { name: 'Remove correction 1', exact: true }).click();
    await until(page, () => document.querySelectorAll('#corrections-list li').length === 9);
    expect(await retrain(page).isDisabled()).toBe(true);
    await page.getByRole('button', { name: /^This was wrong/ }).click();
    await until(page, () => document.querySelectorAll('#corrections-list li').length === 10);

    await page.reload();
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.locator('#found').waitFor({ timeout: 60_000 });
    await distil(page);
    await until(page, () => document.querySelectorAll('#corrections-list li').length === 10);
    expect(await listed(page)).toBe(10);
    await retrain(page).click();
    await page.locator('#retrained').waitFor({ timeout: 60_000 });
    const said = (await page.locator('#retrained').textContent()) as string;
    const [, now, , took] = /answers (\d+) of 10 corrections right, the earlier one (\d+)\..* It took ([\d.]+) s/.exec(
      said,
    ) as RegExpExecArray;
    expect(Number(now), said).toBeGreaterThan(0);
    expect(Number(took), said).toBeLessThan(30);
    console.info(said);
    const parent = await digestOf(page);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the new student' }).click(),
    ]);
    const student = decodeStudent(new Uint8Array(readFileSync(await file.path())));
    expect(student.provenance['parents']).toEqual([parent]);
    await context.close();
  });
});
