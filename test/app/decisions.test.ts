// The page in Chromium: how the student decides, by a rule of the threshold and a deferral band.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DistillRecord } from '../../src/report/result.ts';
import { debkd, modelPath } from '../cli/run.ts';
import { describeChromium, type Page, useApp } from './open-app.ts';

const app = useApp();
const folder = mkdtempSync(join(tmpdir(), 'debkd-decisions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = {
  preprocessing: modelPath('wdbc/preprocessing.json'),
  model: modelPath('wdbc-mlp-biased/teacher.onnx'),
  rows: modelPath('wdbc/data.csv'),
};

async function open(): Promise<Page> {
  const page = await (await app.browser.newContext()).newPage();
  await page.goto(app.url);
  for (const path of Object.values(FILES)) await page.locator('#files-file').setInputFiles(path);
  await page.locator('#found').waitFor({ timeout: 60_000 });
  await page.locator('#student').fill('8');
  await page.locator('#epochs').fill('20');
  await page.getByText('Decisions', { exact: true }).click();
  return page;
}

describeChromium('decisions', () => {
  test('the student and its promise are those of the command line', async () => {
    const page = await open();
    await page.locator('#threshold-by').fill('recall>=0.9');
    await page.locator('#defer').fill('0.2');
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.locator('#sha256').waitFor({ timeout: 90_000 });
    const out = join(folder, 'out');
    const { status } = debkd([
      ...['distill', '--teacher', FILES.model, '--preprocessing', FILES.preprocessing, '--data', FILES.rows],
      ...['--student', '8', '--epochs', '20', '--threshold-by', 'recall>=0.9', '--defer', '0.2', '--out', out],
    ]);
    expect(status).toBe(0);
    const { student, deferral } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
    expect(await page.locator('#sha256').textContent()).toBe(student.sha256);
    const said = (await page.locator('#deferral').textContent()) ?? '';
    expect(said).toContain(
      `at most 20 % of the rows that it answers are wrong, with 95 % confidence, shown on ${deferral?.rows} held-out`,
    );
    await page.close();
  });

  test('a malformed rule and error rate are refused before the run', async () => {
    const page = await open();
    await page.locator('#threshold-by').fill('precision');
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.locator('#threshold-by-error:not([hidden])').waitFor();
    expect(await page.locator('#threshold-by-error').textContent()).toContain(
      'threshold rule: "precision", expected f1',
    );
    await page.locator('#threshold-by').fill('');
    await page.locator('#threshold-by-error[hidden]').waitFor({ state: 'attached' });
    await page.locator('#defer').fill('2');
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.getByText('Error rate to promise: “2”, expected a number above 0').waitFor();
    await page.close();
  });
});
