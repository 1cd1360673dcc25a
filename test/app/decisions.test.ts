// The page in Chromium: how the student decides, by a rule of the threshold and a deferral band.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DistillRecord } from '../../src/report/result.ts';
import { loadStudent } from '../../src/student/student-file.ts';
import { debkd, modelPath } from '../cli/run.ts';
import { describeChromium, digestOf, type Page, useApp, violations } from './open-app.ts';

const app = useApp();
const folder = mkdtempSync(join(tmpdir(), 'debkd-decisions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILES = {
  preprocessing: modelPath('wdbc/preprocessing.json'),
  model: modelPath('wdbc-mlp-biased/teacher.onnx'),
  rows: modelPath('wdbc/data.csv'),
};

async function studentOf(page: Page): Promise<Uint8Array> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'student.debkd', exact: true }).click(),
  ]);
  return readFileSync(await file.path());
}

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
    const sha256 = await digestOf(page);
    const out = join(folder, 'out');
    const { status } = debkd([
      ...['distill', '--teacher', FILES.model, '--preprocessing', FILES.preprocessing, '--data', FILES.rows],
      ...['--student', '8', '--epochs', '20', '--threshold-by', 'recall>=0.9', '--defer', '0.2', '--out', out],
    ]);
    expect(status).toBe(0);
    const { student, deferral } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
    expect(sha256).toBe(student.sha256);
    // the list of parts has a link that opens it
    await page.getByRole('link', { name: 'Deferral', exact: true }).click();
    await page.getByText('at most 20 % of the rows that it answers').first().waitFor();
    const said = (await page.locator('#deferral').textContent()) ?? '';
    expect(said).toContain(
      `at most 20 % of the rows that it answers are wrong, with 95 % confidence, shown on ${deferral?.rows} held-out`,
    );
    await page.close();
  });

  test('a student that defers has a slider with its band; the promise stays only where its answers stay', async () => {
    const page = await open();
    await page.locator('#threshold-by').fill('0.5');
    await page.locator('#defer').fill('0.12');
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.locator('#threshold').waitFor({ timeout: 90_000 });
    const original = await studentOf(page);
    const own = await loadStudent(original);
    const band = own.defer as { from: number; to: number };
    // a band around the threshold
    expect(band.from).toBeLessThan(0.5);
    expect(band.to).toBeGreaterThan(0.5);
    expect(own.provenance['deferral']).toMatchObject({ target: 0.12 });
    const words = (id: string): Promise<string | null> => page.locator(`#${id}`).textContent();
    const ends = ({ from, to }: typeof band): string => `It defers from ${from.toFixed(4)} to ${to.toFixed(4)}`;
    expect(await words('band')).toContain(ends(band));
    expect(await words('band-promise')).toMatch(/^Promised: at most 12.% of the rows that it answers are wrong/);
    // the ends are marked left and right of the thumb
    const shown = await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>('#threshold') as HTMLInputElement;
      const { left, width } = slider.getBoundingClientRect();
      const marks = document.querySelector('.band rect')?.getBoundingClientRect() as DOMRect;
      const thumb = left + 8 + ((width - 16) * Number(slider.value)) / Number(slider.max);
      return [marks.left - thumb, marks.right - thumb];
    });
    expect(shown[0]).toBeLessThan(0);
    expect(shown[1]).toBeGreaterThan(0);
    const use = page.getByRole('button', { name: 'Use this threshold' });
    const slider = page.locator('#threshold');
    const start = Number(await slider.inputValue());
    const last = Number(await page.evaluate(() => document.querySelector<HTMLInputElement>('#threshold')?.max));

    // inside the band: no answer changes, so band and promise stay
    await slider.press('ArrowRight');
    const inside = Number(await words('threshold-shown'));
    expect(inside).toBeGreaterThan(0.5);
    expect(inside).toBeLessThan(band.to);
    expect(await words('band-promise')).toMatch(/^Promised/);
    await use.click();
    await page.locator('#used-threshold code').waitFor();
    const kept = await loadStudent(await studentOf(page));
    expect(kept.threshold).toBeCloseTo(inside, 4);
    expect(kept.defer).toEqual(band);
    expect(kept.provenance['deferral']).toEqual(own.provenance['deferral']);

    // outside: another band, without a promise
    await slider.fill(String(Math.round(start + (last - start) / 2)));
    expect(await words('band-promise')).toMatch(/^Nothing is promised at this threshold/);
    await use.click();
    await page.getByText('The student now defers in another band, and promises nothing.').waitFor();
    const sha256 = await page.locator('#used-threshold code').textContent();
    const bytes = await studentOf(page);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const moved = await loadStudent(bytes);
    expect(moved.defer).toBeDefined();
    expect(moved.defer).not.toEqual(band);
    expect(await words('band')).toContain(ends(moved.defer as typeof band));
    expect(moved.threshold.toFixed(4)).toBe(await words('threshold-shown'));
    expect(moved.provenance).not.toHaveProperty('deferral');
    // what-if knows it
    await page.getByText(`the threshold that you chose: ${moved.threshold.toFixed(4)}`).waitFor();

    // a threshold at which the held-out rows do not show what is asked cannot be used
    await slider.press('Home');
    expect(await words('band')).toMatch(
      /^This threshold cannot be used: the held-out rows do not show that at most 12/,
    );
    expect(await use.isDisabled()).toBe(true);

    // deferred rows cost, too: a dear one is not deferred
    const share = async (): Promise<number> => {
      await page.getByRole('button', { name: 'Show the cheapest' }).click();
      return Number(/: (\d+(\.\d+)?)\s%/.exec((await words('band')) ?? '')?.[1] ?? 0);
    };
    await page.locator('#cost-deferred').fill('0');
    const free = await share();
    await page.locator('#cost-deferred').fill('9');
    expect(await share()).toBeLessThan(free);

    // and back, with all of its promise
    await page.getByRole('button', { name: 'Show the threshold of the run' }).click();
    await use.click();
    await page.getByText('use the threshold of the run again').waitFor();
    expect(Buffer.from(await studentOf(page)).equals(Buffer.from(original))).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 375, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
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
