// Groups in the page in Chromium: the student of the command line, pictures and numbers by group, and the example that chooses them. And
// the threshold, on the same run.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadStudent } from '../../src/student/student-file.ts';
import { debkd, modelPath, temporary } from '../cli/run.ts';
import { describeChromium, type Page, useApp, violations } from './open-app.ts';

const app = useApp();
const root = fileURLToPath(new URL('../../', import.meta.url));
const ROWS = join(root, 'dist/app/examples/lending/rows.csv');
const LENDING = [
  ...['distill', '--teacher', modelPath('lending/teacher.onnx'), '--data', ROWS],
  ...['--preprocessing', modelPath('lending/preprocessing.json'), '--epochs', '5', '--groups', 'employment'],
  ...['--threshold-by', 'rate=0.7'],
];

const textOf = (page: Page, selector: string): Promise<string | null> => page.locator(selector).first().textContent();

async function student(page: Page): Promise<Uint8Array> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'student.debkd', exact: true }).click(),
  ]);
  return readFileSync(await file.path());
}

describeChromium('groups of the rows', () => {
  const out = join(temporary(), 'student');
  let page: Page;

  test('the example of loans compares employment: the bytes of the command line, pictures and numbers', async () => {
    page = await (await app.browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await page.goto(`${app.url}?example=lending`);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await textOf(page, '#groups summary')).toBe('Compare groups (employment)');
    await page.getByText('Decisions (Threshold by rate=0.7)').waitFor();
    const target = await page.locator('#target').inputValue();
    const positive = await page.locator('#positive').inputValue();
    expect(debkd([...LENDING, '--target', target, '--positive', positive, '--out', out]).status).toBe(0);
    await page.locator('#epochs').fill('5');
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.locator('#group-figures figure').first().waitFor({ timeout: 120_000 });
    const record = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
    expect(await textOf(page, '#sha256')).toBe(record.student.sha256);
    expect(await textOf(page, 'code.command')).toContain('--groups employment');
    expect(await page.locator('#group-figures figure').count()).toBe(3);
    expect(record.groups.length).toBeGreaterThan(2);
    expect(await page.locator('#group-figures figure:first-child tbody tr').count()).toBe(record.groups.length);
    expect(await textOf(page, 'section.results')).toContain('employment=self-employed');
    // classes have the words of the table, and errors the same names in all parts
    expect(await textOf(page, '#group-figures tbody th')).toMatch(/ rows, [\d,]+ of repaid =\s1\)/);
    expect(await textOf(page, '#group-figures .terms')).toContain('What is a missed positive?');
    await page.locator('#answer-debiased', { hasText: /^[01]\.\d{4}$/ }).waitFor();
    const part = (await textOf(page, '#threshold-part'))?.replaceAll('\u00a0', ' ');
    for (const words of ['Missed positives, of repaid = 1', 'False alarms, of repaid = 0', '%, missed positives)'])
      expect(part).toContain(words);
    const whatIf = (await textOf(page, 'section[aria-labelledby="what-if"]'))?.replaceAll('\u00a0', ' ');
    expect(whatIf).toContain('The bars show the probability of repaid = 1.');
    expect(whatIf).toContain('above 0 towards repaid = 1');
    expect(whatIf).not.toMatch(/class [01]/i);
    // each link to a part of the results leads to it
    await page.locator('.jump a', { hasText: 'Threshold' }).waitFor();
    const links = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLAnchorElement>('.jump a')].map(({ textContent, hash }) => [
        textContent,
        document.querySelector(hash) !== null,
      ]),
    );
    expect(links).toEqual(
      [
        ...['Errors by group', 'What changed', 'Charts and metrics', 'Run details', 'Threshold', 'Rows', 'What if'],
        ...['Score a file', 'Downloads'],
      ].map((name) => [name, true]),
    );
  });

  test('another threshold: costs, the cheapest, and what is downloaded', async () => {
    const own = await page.locator('#threshold').inputValue();
    expect(await textOf(page, '#threshold-shown')).toBe(
      (await loadStudent(join(out, 'student.debkd'))).threshold.toFixed(4),
    );
    const use = page.getByRole('button', { name: 'Use this threshold' });
    expect(await use.isDisabled()).toBe(true);
    await page.locator('#cost-missed').fill('none');
    expect(await textOf(page, '#cost-error')).toContain('“none”: expected a cost');
    await page.locator('#cost-missed').fill('30');
    await page.locator('#cheapest', { hasText: 'cheapest threshold' }).waitFor();
    await page.getByRole('button', { name: 'Show the cheapest' }).click();
    const cheapest = await textOf(page, '#threshold-shown');
    expect(await textOf(page, '#cheapest')).toContain(`is ${cheapest},`);
    // the arrow keys move it
    await page.locator('#threshold').press('ArrowRight');
    expect(await textOf(page, '#threshold-shown')).not.toBe(cheapest);
    await page.locator('#threshold').press('ArrowLeft');
    await page.locator('#answer-debiased').waitFor();
    await use.click();
    await page.locator('#used-threshold code').waitFor();
    const sha256 = await textOf(page, '#used-threshold code');
    expect(sha256).not.toBe(await textOf(page, '#sha256'));
    const bytes = await student(page);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const downloaded = await loadStudent(bytes);
    expect(downloaded.threshold.toFixed(4)).toBe(cheapest);
    expect(downloaded.threshold).toBeLessThan((await loadStudent(join(out, 'student.debkd'))).threshold);
    // what-if answers by it
    for (const [key, label] of [
      ['Home', 1],
      ['End', 0],
    ] as const) {
      await page.locator('#threshold').press(key);
      await use.click();
      await page.getByText(`The de-biased student predicts repaid = ${label}.`).waitFor();
    }
    // and back
    await page.getByRole('button', { name: 'Show the threshold of the run' }).click();
    expect(await page.locator('#threshold').inputValue()).toBe(own);
    await use.click();
    await page.getByText('use the threshold of the run again').waitFor();
    expect(Buffer.from(await student(page)).equals(readFileSync(join(out, 'student.debkd')))).toBe(true);
  });

  test('the results are short: what is not needed first is folded', async () => {
    const height = (): Promise<number> => page.evaluate(() => document.documentElement.scrollHeight);
    expect(await height()).toBeLessThan(4500);
    await page.setViewportSize({ width: 375, height: 800 });
    expect(await height()).toBeLessThan(9000);
    await page.setViewportSize({ width: 1280, height: 900 });
    // the tables of the threshold are next to each other
    const [first, second] = await page.evaluate(() =>
      [...document.querySelectorAll('#threshold-part table')].map((table) => {
        const { left, right, top } = table.getBoundingClientRect();
        return { left, right, top };
      }),
    );
    expect(second?.left).toBeGreaterThan(first?.right ?? Number.POSITIVE_INFINITY);
    expect(second?.top).toBe(first?.top);
  });

  test('nothing overflows on a phone, and axe finds nothing serious', async () => {
    await page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true;
    });
    mkdirSync(`${root}build/app`, { recursive: true });
    await page.screenshot({ path: `${root}build/app/groups-1280.png`, fullPage: true });
    await page.locator('#threshold-part').screenshot({ path: `${root}build/app/threshold-1280.png` });
    await page.setViewportSize({ width: 375, height: 800 });
    await page.screenshot({ path: `${root}build/app/groups-375.png`, fullPage: true });
    await page.locator('#threshold-part').screenshot({ path: `${root}build/app/threshold-375.png` });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
  });

  test('groups are chosen by a tick, with the keyboard, and none are the default', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.locator('#groups label', { hasText: /^employment$/ }).click();
    expect(await textOf(page, '#groups summary')).toBe('Compare groups (none)');
    await page.getByText('These results are from the earlier files or columns').waitFor();
    await page.keyboard.press('Space');
    expect(await textOf(page, '#groups summary')).toBe('Compare groups (employment)');
    await page.goto(`${app.url}?example=wdbc`);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await textOf(page, '#groups summary')).toBe('Compare groups (none)');
    await page.close();
  });
});
