// Runs that the page keeps: after a reload, side by side, as files; and what the first screen says of files that it cannot use.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Outcome } from '../../src/app/messages.ts';
import { temporary } from '../cli/run.ts';
import { type Context, describeChromium, digestOf, type Page, unfold, useApp } from './open-app.ts';

const app = useApp();
const place = temporary();

async function open(context: Context, search: string = ''): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${app.url}${search}`);
  return page;
}

const names = (page: Page): Promise<readonly (string | null)[]> =>
  page.evaluate(() => [...document.querySelectorAll('.run .name')].map((name) => name.textContent));

async function save(page: Page, button: string): Promise<{ path: string; bytes: Uint8Array }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  const path = join(place, file.suggestedFilename());
  const bytes = readFileSync(await file.path());
  writeFileSync(path, bytes);
  return { path, bytes };
}

async function distil(page: Page, epochs: string): Promise<string> {
  await page.locator('#found').waitFor({ state: 'attached', timeout: 90_000 });
  await unfold(page, 'settings');
  await page.locator('#student').fill('4');
  await page.locator('#epochs').fill(epochs);
  await page.getByRole('button', { name: 'Distil' }).click();
  await page.locator('#runs-error').waitFor({ state: 'attached' });
  await page.locator('section[aria-labelledby="progress"]').waitFor({ state: 'detached', timeout: 90_000 });
  await page.locator('#answer-debiased').waitFor({ timeout: 90_000 });
  return digestOf(page);
}

describeChromium('kept runs', () => {
  test('two runs are kept, open after a reload whole, and side by side; one is deleted, brought back and exported', async () => {
    const context = await app.browser.newContext();
    let page = await open(context, '?example=wdbc');
    const first = await distil(page, '4');
    await page.getByRole('button', { name: 'Rename Tumours (example)' }).click();
    await page.getByLabel('Name of the run').fill('four epochs');
    await page.keyboard.press('Enter');
    await page.getByText('four epochs', { exact: true }).waitFor();
    const second = await distil(page, '6');
    expect(second).not.toBe(first);
    await page.getByRole('button', { name: 'Rename Tumours (example)' }).waitFor();
    expect(await names(page)).toEqual(['Tumours (example)', 'four epochs']);
    const student = await save(page, 'student.debkd');
    await page.close();

    page = await open(context);
    await page.getByRole('button', { name: 'Open four epochs' }).click();
    await page.getByText('You look at the run “four epochs”.').waitFor();
    expect(await digestOf(page)).toBe(first);
    // the first screen gives way to the results
    expect(await page.locator('#choose-files').isVisible()).toBe(false);
    await unfold(page, 'files');
    await page.locator('#choose-files').waitFor();
    // what if asks the students at once, and the teacher once it is open again
    await page.locator('#answer-teacher', { hasText: /^[01]\.\d{4}$/ }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Open Tumours (example)' }).click();
    await page.getByText('You look at the run “Tumours (example)”.').waitFor();
    expect(Buffer.from((await save(page, 'student.debkd')).bytes).equals(Buffer.from(student.bytes))).toBe(true);

    await page.getByLabel('Compare Tumours (example)').click();
    await page.getByLabel('Compare four epochs').click();
    await page.getByRole('button', { name: 'Compare 2 runs' }).click();
    await page.locator('#compared-runs').waitFor();
    // the same test rows: no warning
    expect(await page.locator('#compared-runs').textContent()).toMatch(
      /^1\. Tumours \(example\)2\. four epochs.*epochs64.*AUC/s,
    );

    await page.getByRole('button', { name: 'Delete four epochs' }).click();
    await page.getByText('“four epochs” is deleted.').waitFor();
    expect(await names(page)).toEqual(['Tumours (example)']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Export four epochs' }).waitFor();
    const { path, bytes } = await save(page, 'Export four epochs');
    expect(path).toMatch(/four epochs\.debkd-run$/);
    await context.close();

    // on another device: without the teacher and the rows
    const other = await app.browser.newContext();
    page = await open(other);
    await page.locator('#run-file').setInputFiles(path);
    await page.getByText('You look at the run “four epochs”.').waitFor();
    expect(await digestOf(page)).toBe(first);
    await page.locator('#answer-debiased', { hasText: /^[01]\.\d{4}$/ }).waitFor({ timeout: 60_000 });
    expect(await page.locator('#answer-teacher').count()).toBe(0);
    await save(page, 'student.debkd');

    // the record alone, in the drop zone: it can be read
    const files = unzipSync(bytes);
    const record = join(place, 'result.json');
    writeFileSync(record, files['result.json'] as Uint8Array);
    await page.locator('#files-file').setInputFiles(record);
    await page.getByText('This is a result without its student').waitFor();
    expect(await digestOf(page)).toBe(first);
    expect(await page.locator('#answer-debiased').count()).toBe(0);

    // files that are no run
    const said = async (name: string, content: Uint8Array, words: RegExp): Promise<void> => {
      writeFileSync(join(place, name), content);
      await page.locator('#run-file').setInputFiles(join(place, name));
      await page.locator('#runs-error', { hasText: words }).waitFor();
    };
    const run = new TextDecoder().decode(files['debkd-run.json']);
    const later = new TextEncoder().encode(run.replace('debkd/run@1', 'debkd/run@7'));
    await said(
      'later.debkd-run',
      zipSync({ ...files, 'debkd-run.json': later }),
      /a run file of version 7, expected 1/,
    );
    await said('cut.debkd-run', bytes.subarray(0, 3000), /^cut\.debkd-run: damaged or no run/);
    await said('photo.debkd-run', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), /^photo\.debkd-run: damaged or no run/);
    const flipped = (files['student.debkd'] as Uint8Array).slice();
    flipped[200] = (flipped[200] as number) ^ 1;
    await said(
      'flipped.debkd-run',
      zipSync({ ...files, 'student.debkd': flipped }),
      /student.*(damaged|changed|digest)/i,
    );
    expect(await names(page)).toEqual(['result.json', 'four epochs']);

    // runs that were measured on other rows, or on rows that are not known
    const warning = async (a: string, b: string): Promise<string | null> => {
      for (const name of [a, b]) await page.getByLabel(`Compare ${name}`, { exact: true }).click();
      await page.getByRole('button', { name: 'Compare 2 runs' }).click();
      const text = await page.locator('#compared-runs .warning').textContent();
      await page.getByRole('button', { name: 'Close the comparison' }).click();
      for (const name of [a, b]) await page.getByLabel(`Compare ${name}`, { exact: true }).click();
      return text;
    };
    const asOther = async (name: string, change: (outcome: Outcome) => Partial<Outcome>): Promise<void> => {
      const { outcome, ...head } = JSON.parse(run);
      const changed = JSON.stringify({ ...head, name, outcome: { ...outcome, ...change(outcome) } });
      const path = join(place, `${name}.debkd-run`);
      writeFileSync(path, zipSync({ ...files, 'debkd-run.json': new TextEncoder().encode(changed) }));
      await page.locator('#run-file').setInputFiles(path);
      await page.getByText(`You look at the run “${name}”.`).waitFor();
    };
    await asOther('other rows', () => ({ testRows: 'f00d' }));
    await asOther('other label', ({ result }) => ({
      result: { ...result, label: { name: 'grade', positive: 'high', negative: 'low' } },
    }));
    expect(await warning('four epochs', 'result.json')).toMatch(/^It is not known whether .* the same test rows/);
    expect(await warning('four epochs', 'other rows')).toMatch(/measured on different test rows/);
    expect(await warning('four epochs', 'other label')).toMatch(/different labels \((label = 1|grade = high); /);
    await other.close();
  });

  test('a run is renamed where there is no room to store it once more, and without any room once in the list', async () => {
    const context = await app.browser.newContext();
    await context.addInitScript(
      `const put = IDBObjectStore.prototype.put;
      globalThis.full = [];
      IDBObjectStore.prototype.put = function (...values) {
        if (globalThis.full.includes(this.name)) throw new DOMException('full', 'QuotaExceededError');
        return put.apply(this, values);
      };`,
    );
    let page = await open(context, '?example=wdbc');
    await distil(page, '2');
    const rename = async (from: string, to: string): Promise<void> => {
      await page.getByRole('button', { name: `Rename ${from}` }).click();
      await page.getByLabel('Name of the run').fill(to);
      await page.keyboard.press('Enter');
      await page.getByText(to, { exact: true }).waitFor();
    };
    await page.evaluate(`full.push('runs')`);
    await rename('Tumours (example)', 'two epochs');
    await page.close();
    page = await open(context);
    await page.getByRole('button', { name: 'Open two epochs' }).click();
    await page.getByText('You look at the run “two epochs”.').waitFor();
    // it has its files still
    await page.locator('#answer-teacher', { hasText: /^[01]\.\d{4}$/ }).waitFor({ timeout: 60_000 });
    await page.evaluate(`full.push('runs', 'heads')`);
    await rename('two epochs', 'of today');
    expect(await names(page)).toEqual(['of today']);
    await page.getByRole('button', { name: 'Delete of today' }).click();
    await page.getByText('“of today” is deleted.').waitFor();
    expect(await names(page)).toEqual([]);
    await context.close();
  });

  test('without storage, both runs stay until the page closes, and that is said', async () => {
    const context = await app.browser.newContext();
    await context.addInitScript(
      `IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
    );
    const page = await open(context, '?example=wdbc');
    await distil(page, '2');
    await page.getByText('This browser does not keep runs').waitFor();
    await distil(page, '3');
    expect(await names(page)).toHaveLength(2);
    await context.close();
  });
});

describeChromium('the first screen', () => {
  test('an example of the address opens, and one that is unknown is said', async () => {
    const context = await app.browser.newContext();
    const page = await open(context, '?example=nothing');
    await page.locator('#drop-error', { hasText: /^There is no example “nothing”; the examples are .*wdbc/ }).waitFor();
    await page.goto(`${app.url}?example=wdbc`);
    await page.locator('#found').waitFor({ state: 'attached', timeout: 90_000 });
    expect(await page.locator('#results').count()).toBe(0);
    await context.close();
  });

  test('two tables, a folder of 10,000 files, an unknown file: one message each', async () => {
    const context = await app.browser.newContext();
    const page = await open(context);
    const file = (name: string, content: string): string => {
      writeFileSync(join(place, name), content);
      return join(place, name);
    };
    const said = (words: RegExp): Promise<void> =>
      page.locator('#drop-error', { hasText: words }).waitFor({ timeout: 60_000 });
    await page.locator('#files-file').setInputFiles([file('a.csv', 'x,y\n1,0\n'), file('b.csv', 'x,y\n1,0\n')]);
    await said(/^"a\.csv", "b\.csv": each of 2 files is a table, expected one/);
    await page.locator('#files-file').setInputFiles([file('notes.doc', 'hello')]);
    await said(/^notes\.doc: unknown file type/);
    const folder = join(place, 'many');
    mkdirSync(folder);
    for (let i = 0; i < 10_000; i++) writeFileSync(join(folder, `${i}.txt`), '');
    await page.locator('#folder-file').setInputFiles(folder);
    await said(/^10,000 files, expected at most 2,000, or images/);
    expect(await page.locator('.error:not([hidden])').count()).toBe(1);
    await context.close();
  });
});
