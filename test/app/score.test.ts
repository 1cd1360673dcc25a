// The page in Chromium scores a file with the student: the bytes of the command line, errors at the field, kept runs.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { percentText } from '../../src/report/short-numbers.ts';
import { debkd, modelPath, temporary } from '../cli/run.ts';
import { describeChromium, type Page, useApp, violations } from './open-app.ts';

const app = useApp();
const place = temporary();
const DATA = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');

/** Writes a file of the folder. */
function file(name: string, text: string): string {
  writeFileSync(join(place, name), text);
  return join(place, name);
}

async function distilled(page: Page, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.goto(`${app.url}?example=wdbc`);
  await page.locator('#found').waitFor({ timeout: 60_000 });
  await page.locator('#epochs').fill('5');
  await page.locator('#student').fill('8');
  await page.getByText('Decisions', { exact: true }).click();
  for (const [name, value] of Object.entries(settings)) await page.locator(`#${name}`).fill(value);
  await page.getByRole('button', { name: 'Distil' }).click();
  await page.locator('#score').waitFor({ timeout: 90_000 });
}

async function saved(page: Page, selector: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(selector).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function saveStudent(page: Page): Promise<string> {
  const { bytes } = await saved(page, 'section[aria-labelledby="downloads"] button.main');
  writeFileSync(join(place, 'student.debkd'), bytes);
  return join(place, 'student.debkd');
}

/** What the command line prints for a file. */
function predicted(student: string, rows: string): string {
  const { status, stdout } = debkd(['predict', '--student', student, '--data', rows, '--keep', 'all']);
  expect(status).toBe(0);
  return stdout;
}

async function scored(page: Page, rows: string): Promise<{ name: string; text: string; said: string }> {
  await page.locator('#score-file').setInputFiles(rows);
  const own = basename(rows).replace(/\..*/, '');
  await page.locator('#save-scored', { hasText: `Save ${own}-scored` }).waitFor({ timeout: 60_000 });
  const { name, bytes } = await saved(page, '#save-scored');
  return { name, text: bytes.toString(), said: (await page.locator('#scored').textContent()) ?? '' };
}

describeChromium('scoring a file', () => {
  test('the file has the bytes of the command line, and the shares are those of its rows', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await distilled(page, { defer: '0.2' });
    const student = await saveStudent(page);
    // more rows than one chunk has, a quoted cell and a missing value
    const [header, ...lines] = DATA;
    const many = Array.from({ length: 60 }, (_, k) =>
      lines.map((line, i) => `"a, ${k}",${i % 7 ? line : line.replace(/^[^,]*/, '')}`),
    );
    const rows = file('many.csv', `${[`note,${header}`, ...many.flat()].join('\n')}\n`);
    const { name, text, said } = await scored(page, rows);
    expect(name).toBe('many-scored.csv');
    const expected = predicted(student, rows);
    expect(text === expected).toBe(true);
    const cells = expected.trimEnd().split('\n').slice(1);
    const share = (column: number): string => {
      const ones = cells.filter((line) => line.split(',').at(column) === '1').length;
      return percentText(ones / cells.length);
    };
    expect(cells).toHaveLength(60 * 569);
    expect(said).toBe(
      `34,140 rows are scored. The student answers label = 1 for ${share(-2)} of them. It defers ${share(-1)}.`,
    );
    const first = await page.evaluate(() =>
      [...document.querySelectorAll('#scored-rows tbody tr:first-child td')].slice(0, 5).map((td) => td.textContent),
    );
    const [probability = '', label, defer] = (cells[0] as string).split(',').slice(-3);
    expect(first.slice(0, 4)).toEqual([Number(probability).toFixed(4), label, defer, 'a, 0']);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  test('NDJSON, another threshold, a kept run after a reload, and an exported run', async () => {
    const context = await app.browser.newContext();
    const page = await context.newPage();
    await distilled(page);
    const [header = '', ...lines] = DATA;
    const names = header.split(',');
    const rows = file(
      'rows.ndjson',
      lines
        .slice(0, 50)
        .map((line) => JSON.stringify(Object.fromEntries(line.split(',').map((cell, i) => [names[i], Number(cell)]))))
        .join('\n'),
    );
    const student = await saveStudent(page);
    const { name, text } = await scored(page, rows);
    expect(name).toBe('rows-scored.ndjson');
    expect(text).toBe(predicted(student, rows));
    // a column that is missing in all rows
    const empty = lines.slice(0, 9).map((line) => line.replace(/^[^,]*/, ''));
    await scored(page, file('empty.csv', [header, ...empty].join('\n')));
    await page
      .getByText(
        'Missing in half of the rows or more: "mean_radius" in 9 of 9 rows; such rows are answered by the other columns.',
      )
      .waitFor();
    const csv = file('few.csv', DATA.slice(0, 40).join('\n'));
    const expected = predicted(student, csv);
    const [run] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^Export / }).click(),
    ]);
    const exported = join(place, 'kept.debkd-run');
    writeFileSync(exported, readFileSync(await run.path()));
    // the student has another threshold from now on
    await page.locator('#threshold').fill('9');
    await page.getByRole('button', { name: /Use this threshold/ }).click();
    await page.locator('#used-threshold code').waitFor();
    expect((await scored(page, csv)).text).toBe(predicted(await saveStudent(page), csv));
    await page.goto(app.url);
    await page.getByRole('button', { name: /^Open Tumours/ }).click();
    await page.locator('#score').waitFor();
    expect((await scored(page, csv)).text).toBe(expected);
    await context.close();
    const other = await (await app.browser.newContext()).newPage();
    await other.goto(app.url);
    await other.locator('#run-file').setInputFiles(exported);
    await other.locator('#score').waitFor();
    expect((await scored(other, csv)).text).toBe(expected);
    await other.close();
  });

  test('errors of a file are one line at the field, and what was dropped here is no input of a run', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await distilled(page);
    const [header = '', ...lines] = DATA;
    const error = async (rows: string): Promise<string> => {
      await page.locator('#score-file').setInputFiles(rows);
      await page.locator('#score-error:not([hidden])').waitFor();
      return (await page.locator('#score-error').textContent()) ?? '';
    };
    expect(await error(file('other.csv', 'a,b\n1,2\n'))).toMatch(
      /^data "other\.csv": no column "mean_radius", which the preprocessing needs; [^\n]+$/,
    );
    const wrong = [header, ...lines.slice(0, 4), (lines[4] as string).replace(/^[^,]*/, 'wide')].join('\n');
    expect(await error(file('wrong.csv', wrong))).toMatch(/^data "wrong\.csv", row 5.*"mean_radius".*"wide"/);
    expect(await error(file('headless.csv', lines.join('\n')))).toMatch(/the first line looks like data.*add a header/);
    // a dropped file is scored, and the rows of the next run stay
    await page.evaluate((text: string) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'dropped.csv'));
      const zone = document.querySelector('.score .drop') as HTMLElement;
      zone.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
    }, DATA.slice(0, 4).join('\n'));
    await page.getByText(/^3 rows are scored/).waitFor();
    expect(await page.locator('#score-error:not([hidden])').count()).toBe(0);
    expect(await page.locator('.files .name', { hasText: 'dropped.csv' }).count()).toBe(0);
    await page.close();
  });

  test('a long file shows its progress, blocks nothing for 50 ms, and can be stopped', async () => {
    const page = await (await app.browser.newContext()).newPage();
    await distilled(page);
    const [header, ...lines] = DATA;
    const rows = file('long.csv', [header, ...Array.from({ length: 250 }, () => lines).flat()].join('\n'));
    await page.evaluate(() => {
      const seen: number[] = [];
      Object.assign(globalThis, { seen });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.push(duration);
      }).observe({ entryTypes: ['longtask'] });
    });
    await page.locator('#score-file').setInputFiles(rows);
    await page.locator('.score progress[value]').waitFor();
    await page.getByText(/\d rows so far/).waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('Stopped. Choose a table to start again.').waitFor();
    expect(await page.locator('.error:not([hidden])').count()).toBe(0);
    await page.locator('#score-file').setInputFiles(rows);
    // what-if answers meanwhile
    await page.locator('.score progress[value]').waitFor();
    await page.locator('section[aria-labelledby="what-if"]').getByLabel('mean_radius', { exact: true }).fill('wide');
    await page.locator('section[aria-labelledby="what-if"] .error:not([hidden])').waitFor();
    expect(await page.locator('#scored').count()).toBe(0);
    await page.getByText(/^142,250 rows are scored/).waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen)).toEqual([]);
    await page.close();
  });
});
