// The app in Chromium, from files to downloads: the student has the same bytes as the command line's.
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Estimate } from '../../src/metrics/metric.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { loadStudent } from '../../src/student/student-file.ts';
import { debkd, modelPath, temporary } from '../cli/run.ts';
import { type Context, describeChromium, digestOf, type Page, unfold, useApp } from './open-app.ts';

const app = useApp();
const requests: string[] = [];
const complaints: string[] = [];

async function open(context?: Context, search: string = ''): Promise<Page> {
  const page = await (context ?? (await app.browser.newContext())).newPage();
  page.on('request', ((request: { url(): string }) => requests.push(request.url())) as (event: never) => void);
  page.on('pageerror', ((error: Error) => complaints.push(error.message)) as (event: never) => void);
  page.on('console', ((message: { type(): string; text(): string }) => {
    if (message.type() === 'error') complaints.push(message.text());
  }) as (event: never) => void);
  await page.goto(`${app.url}${search}`);
  return page;
}

/** Polls until a condition holds in the page; the page's policy forbids evaluating text. */
async function until<T>(page: Page, holds: (argument: T) => unknown, argument?: T): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await page.evaluate(holds as (argument: never) => unknown, argument))) {
    if (performance.now() > end) throw new Error(`timed out: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const TEACHER = modelPath('wdbc-mlp-biased/teacher.onnx');
const PREPROCESSING = modelPath('wdbc/preprocessing.json');
const DATA = modelPath('wdbc/data.csv');
const SETTINGS = { student: '9', epochs: '25', seed: '4' };

async function choose(page: Page, files: { model?: string; preprocessing?: string; rows?: string }): Promise<void> {
  // the preprocessing first: the teacher is opened with it
  for (const name of ['preprocessing', 'model', 'rows'] as const) {
    if (files[name]) await page.locator('#files-file').setInputFiles(files[name]);
  }
}

async function distil(page: Page): Promise<string> {
  await unfold(page, 'settings');
  for (const [name, value] of Object.entries(SETTINGS)) await page.locator(`#${name}`).fill(value);
  await page.getByRole('button', { name: 'Distil' }).click();
  return digestOf(page);
}

async function download(page: Page, button: string | RegExp): Promise<{ name: string; bytes: Uint8Array }> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

describeChromium('the whole flow', () => {
  const out = join(temporary(), 'student');
  let page: Page;

  test('files, check and run: the student has the bytes of the command line', async () => {
    const own = ['--target', 'label', '--positive', '1', '--student', '9', '--epochs', '25', '--seed', '4'];
    const files = ['--teacher', TEACHER, '--data', DATA, '--preprocessing', PREPROCESSING];
    expect(debkd(['distill', ...files, ...own, '--out', out]).status).toBe(0);
    page = await open();
    await choose(page, { model: TEACHER, preprocessing: PREPROCESSING, rows: DATA });
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('#convention').textContent()).toBe('logit');
    expect(await page.locator('#target').inputValue()).toBe('label');
    expect(await page.locator('#positive').inputValue()).toBe('1');
    expect(await page.locator('#found').textContent()).toMatch(
      /569 rows have a label; 37 % of these are class 1.*AUC of 0\.9\d\d.*does not seem to be fitted on these rows/s,
    );
    const sha256 = await distil(page);
    expect(sha256).toBe(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).student.sha256);
    const { name, bytes } = await download(page, 'student.debkd');
    expect(name).toBe('student.debkd');
    expect(Buffer.from(bytes).equals(readFileSync(join(out, 'student.debkd')))).toBe(true);
    // the same file is next to the verdict, before the figures
    expect(await page.locator('#results ~ .verdict ~ .take ~ .strip').count()).toBe(1);
    const first = await download(page, /^Download the student \([\d.]+ KB\)$/);
    expect([first.name, Buffer.from(first.bytes).equals(bytes)]).toEqual([name, true]);
    await page.getByRole('link', { name: 'Report and other formats' }).waitFor();
    expect(await page.locator('figure').count()).toBe(7);
    // negative numbers have a minus sign, not a hyphen
    const cells = await page.evaluate(() =>
      [...document.querySelectorAll('figure :is(td, th[scope="row"])')].map((cell) => cell.textContent ?? ''),
    );
    expect(cells.filter((text) => /^-/.test(text))).toEqual([]);
    expect(cells.filter((text) => /^−\d/.test(text)).length).toBeGreaterThan(3);
    expect(await page.locator('code.command').textContent()).toMatch(
      /^debkd distill --teacher teacher\.onnx .*--epochs 25/,
    );
  });

  test('what if: the probabilities of the student', async () => {
    const student = await loadStudent(join(out, 'student.debkd'));
    const record: Record<string, string> = {};
    for (const { name } of student.preprocessing.columns)
      record[name] = await page
        .locator('section[aria-labelledby="what-if"]')
        .getByLabel(name, { exact: true })
        .inputValue();
    await page.locator('section[aria-labelledby="what-if"]').getByLabel('mean_radius', { exact: true }).fill('25.5');
    record['mean_radius'] = '25.5';
    const expected = student.predictRecord(record).probability.toFixed(4);
    await until(page, (p) => document.getElementById('answer-debiased')?.textContent === p, expected);
    expect(await page.locator('#answer-teacher').textContent()).toMatch(/^[01]\.\d{4}$/);
    await page.locator('section[aria-labelledby="what-if"]').getByLabel('mean_radius', { exact: true }).fill('wide');
    await page.locator('section[aria-labelledby="what-if"]').getByLabel('mean_area', { exact: true }).fill('1,5 m');
    // each at its field
    await until(page, () => document.querySelectorAll('.record .error:not([hidden])').length === 2);
    expect(
      await page.evaluate(() =>
        [...document.querySelectorAll('#what-if ~ * [aria-invalid="true"]')].map(
          (field) => document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent,
        ),
      ),
    ).toEqual(['“wide”', '“1,5 m”'].map((seen) => `${seen}: expected a number, or nothing if it is missing`));
    expect(await page.locator('section[aria-labelledby="what-if"] > .error:not([hidden])').count()).toBe(0);
    for (const name of ['mean_radius', 'mean_area'])
      await page.locator('section[aria-labelledby="what-if"]').getByLabel(name, { exact: true }).fill('20');
    await until(page, () => document.querySelectorAll('.record .error:not([hidden])').length === 0);
  });

  test('an unticked column is withheld from the student only, and a split is chosen: the bytes of the command line', async () => {
    const own = ['--exclude', 'mean_radius', '--split', '70/15/15', '--split-by', 'time:mean_texture'];
    const files = ['--teacher', TEACHER, '--data', DATA, '--preprocessing', PREPROCESSING];
    const place = join(temporary(), 'withheld');
    expect(
      debkd(['distill', ...files, ...own, '--student', '9', '--epochs', '25', '--seed', '4', '--out', place]).status,
    ).toBe(0);
    const other = await open();
    await choose(other, { model: TEACHER, preprocessing: PREPROCESSING, rows: DATA });
    await other.locator('#found').waitFor({ timeout: 60_000 });
    await other.getByText(/^Columns of the student/).click();
    await other.getByLabel('Give mean_radius to the student').click();
    await other.getByText('Split of the rows').click();
    await other.locator('#split-by').selectOption('time');
    await other.locator('#split-column').selectOption('mean_texture');
    await other.locator('#shares').fill('70/15/15');
    await until(
      other,
      () => document.getElementById('found')?.textContent?.includes('Time splits the rows') === true,
      '',
    );
    expect(await distil(other)).toBe(JSON.parse(readFileSync(join(place, 'result.json'), 'utf8')).student.sha256);
    const command = await other.locator('code.command').textContent();
    for (const words of ['--exclude mean_radius', '--split 70/15/15', '--split-by time:mean_texture'])
      expect(command).toContain(words);
    // the form has the teacher's column, which changes only the teacher's answer
    const answers = () =>
      Promise.all(['teacher', 'debiased'].map((key) => other.locator(`#answer-${key}`).textContent()));
    await until(other, () => document.getElementById('answer-teacher')?.textContent !== '', '');
    // the teacher is certain of the first rows, whatever the column says
    while (/^(1\.0000|0\.0000)$/.test((await answers())[0] ?? '')) {
      await other.getByRole('button', { name: 'Next row' }).click();
      // longer than the pause before an answer
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const [teacher, student] = await answers();
    await other.getByLabel('mean_radius (teacher only)').fill('28');
    await until(other, (before) => document.getElementById('answer-teacher')?.textContent !== before, teacher ?? '');
    expect((await answers())[1]).toBe(student);
    await other.close();
  });

  test('every export equals the command line’s', async () => {
    const place = join(temporary(), 'exports');
    debkd(['export', '--student', out, '--to', 'all', '--out', place]);
    await unfold(page, 'exports');
    const buttons: [target: string, button: string][] = [
      ...[['onnx', 'ONNX'] as const, ['safetensors', 'safetensors'] as const, ['js', 'JavaScript module'] as const],
      ...[['wasm', 'WebAssembly module'] as const, ['cloudflare', 'Cloudflare project'] as const],
      ...[['deno', 'Deno project'] as const, ['vercel', 'Vercel project'] as const, ['node', 'Node project'] as const],
      ['aws-lambda', 'AWS Lambda project'],
    ].map(([a, b]) => [a as string, b as string]);
    for (const [target, button] of buttons) {
      const { name, bytes } = await download(page, button);
      expect(name).toBe(`student-${target}.zip`);
      const files = Object.entries(unzipSync(bytes));
      expect(files.length).toBeGreaterThan(0);
      for (const [path, content] of files) {
        expect(Buffer.from(content).equals(readFileSync(join(place, target, path))), `${target}/${path}`).toBe(true);
      }
    }
    await page.getByLabel('Number format of the exports').selectOption('int8');
    const { bytes } = await download(page, 'JavaScript module');
    expect(JSON.parse(new TextDecoder().decode(unzipSync(bytes)['quantization.json']))).toMatchObject({
      form: 'int8',
      of: 'data',
    });
  });

  test('report and record', async () => {
    const report = await download(page, 'report.html');
    expect(new TextDecoder().decode(report.bytes)).toMatch(/^<!doctype html>[\s\S]*<svg[\s\S]*<\/html>\n$/);
    const record = await download(page, 'result.json');
    expect(JSON.parse(new TextDecoder().decode(record.bytes)).schema).toBe('debkd/distill@1');
  });

  test('no request to another origin, no cookie, no error on the console', async () => {
    expect(requests.length).toBeGreaterThan(10);
    expect(
      requests.filter(
        (url) => !url.startsWith(app.url) && !url.startsWith(`blob:${app.url}`) && !url.startsWith('data:'),
      ),
    ).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describeChromium('correct, cancel, resume', () => {
  test('wrong guesses of label, class and convention can be corrected', async () => {
    const place = temporary();
    const [header, ...lines] = readFileSync(DATA, 'utf8').trimEnd().split('\n');
    // the last column looks more like a label than the real one, whose classes are words
    const rows = lines.map(
      (line, i) => `${line.replace(/,([01])$/, (_, y) => `,${y === '1' ? 'malignant' : 'benign'}`)},${i % 2}`,
    );
    const data = join(place, 'rows.csv');
    writeFileSync(data, [`${(header as string).replace(/label$/, 'diagnosis')},flag`, ...rows].join('\n'));
    const page = await open();
    await choose(page, { model: TEACHER, preprocessing: PREPROCESSING, rows: data });
    await page.locator('#target').waitFor();
    expect(await page.locator('#target').inputValue()).toBe('flag');
    await page.locator('#target').selectOption('diagnosis');
    expect(await page.locator('#target-error').textContent()).toMatch(
      /unclear whether (malignant or benign|benign or malignant) is class 1/,
    );
    await page.locator('#positive').selectOption('malignant');
    await until(page, () => /37 % of these/.test(document.getElementById('found')?.textContent ?? ''));
    await page.getByText('Are the inputs or the output read wrongly?').click();
    await page.getByLabel('The output is').selectOption('probability');
    await until(
      page,
      () =>
        document.getElementById('model-error')?.textContent ||
        document.getElementById('convention')?.textContent === 'probability',
    );
    await page.getByLabel('The output is').selectOption('logit');
    await until(page, () => document.getElementById('convention')?.textContent === 'logit');
    await page.locator('#found').waitFor();
    expect(await distil(page)).toMatch(/^[0-9a-f]{64}$/);
    await page.close();
  });

  test('the bars are there at once: before the files are read, and before the part of the page with the results', async () => {
    const page = await open();
    await page.context().addInitScript('delete Navigator.prototype.serviceWorker');
    await page.reload();
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable', {});
    await network.send('Network.setBlockedURLs', { urls: ['*run-results*'] });
    await page.getByRole('button', { name: /Tumours/ }).click();
    await page.locator('.files progress').waitFor();
    await page.getByLabel('Progress of the run').waitFor({ timeout: 60_000 });
    await page.context().close();
  });

  test('a run that is cancelled, reloaded and resumed gives the same bytes', async () => {
    const place = temporary();
    const [header, ...lines] = readFileSync(DATA, 'utf8').trimEnd().split('\n');
    const data = join(place, 'many.csv');
    // enough rows to interrupt the run
    writeFileSync(data, [header, ...Array.from({ length: 20 }, () => lines).flat()].join('\n'));
    const files = { model: TEACHER, preprocessing: PREPROCESSING, rows: data };
    const run = debkd([
      ...['distill', '--teacher', TEACHER, '--data', data, '--preprocessing', PREPROCESSING, '--target', 'label'],
      ...['--positive', '1', '--student', '9', '--epochs', '25', '--seed', '4', '--json'],
    ]);
    const expected = JSON.parse(run.stdout).student.sha256;
    const context = await app.browser.newContext();
    const page = await open(context);
    await choose(page, files);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    for (const [name, value] of Object.entries(SETTINGS)) await page.locator(`#${name}`).fill(value);
    await page.getByRole('button', { name: 'Distil' }).click();
    await until(page, () =>
      /student [1-6]/.test(document.querySelector('section[aria-labelledby="progress"]')?.textContent ?? ''),
    );
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Stopped. Nothing was lost. “Distil” goes on from the finished steps.').waitFor();
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.getByText('Resumed from the stored steps').waitFor({ timeout: 60_000 });
    await page.reload();
    await page.getByText(/an interrupted run/).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Resumed from the stored steps').waitFor({ timeout: 60_000 });
    expect(await digestOf(page)).toBe(expected);
    await context.close();
  });

  test('a later choice replaces everything of an earlier one', async () => {
    const page = await open();
    // the second files are chosen before the first are opened, and win
    await page.locator('#files-file').setInputFiles(PREPROCESSING);
    await page.locator('#files-file').setInputFiles(modelPath('wdbc-mlp/teacher.onnx'));
    await page.locator('#files-file').setInputFiles(TEACHER);
    await page.locator('#files-file').setInputFiles(modelPath('wdbc/split.csv'));
    await page.locator('#files-file').setInputFiles(DATA);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('.error:not([hidden])').count()).toBe(0);
    await distil(page);
    // the steps are folded, and say what is in them
    expect(await page.locator('#epochs').isVisible()).toBe(false);
    await page.getByText('Hidden layers 9, Epochs 25, Seed 4', { exact: true }).waitFor();
    await unfold(page, 'settings');
    await page.locator('#epochs').fill('3');
    await page.getByText('These results are from the earlier settings').waitFor();
    await unfold(page, 'check');
    await page.locator('#target').selectOption('mean_radius');
    await page.getByText(/"mean_radius": \d+ distinct values/).waitFor();
    // the results stay
    await page.getByText('These results are from the earlier files or columns').waitFor();
    await until(page, () => document.getElementById('results') && !document.getElementById('found'));
    expect(await page.getByRole('button', { name: 'Distil' }).isDisabled()).toBe(true);
    await page.locator('#target').selectOption('label');
    await page.locator('#found').waitFor({ timeout: 60_000 });
    // choices cannot change during a run
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.locator('#target:disabled').waitFor({ state: 'attached' });
    await page.locator('#results').waitFor({ timeout: 60_000 });
    await unfold(page, 'files');
    // the preprocessing can be removed
    await page.getByRole('button', { name: 'Remove preprocessing.json' }).click();
    await page.getByText('preprocessing.json is removed.').waitFor();
    await unfold(page, 'check');
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.getByRole('button', { name: 'Remove preprocessing.json' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Remove preprocessing.json' }).waitFor();
    expect(await page.locator('#results').count()).toBe(1);
    await page.close();
  });

  test('settings and choices survive a reload until they are deleted', async () => {
    const context = await app.browser.newContext();
    const page = await open(context);
    await choose(page, { model: TEACHER, preprocessing: PREPROCESSING, rows: DATA });
    await page.locator('#found').waitFor({ timeout: 60_000 });
    await page.locator('#epochs').fill('7');
    await page.locator('#student').fill('logistic');
    // storing the session takes a moment
    await new Promise((resolve) => setTimeout(resolve, 500));
    await page.reload();
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('#epochs').inputValue()).toBe('7');
    expect(await page.locator('#student').inputValue()).toBe('logistic');
    await page.getByRole('button', { name: 'Distil' }).click();
    await digestOf(page);
    const databases = (): Promise<(string | undefined)[]> =>
      page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(await databases()).toContain('debkd-run');
    // a session of an earlier version had one model and one preprocessing
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const request = indexedDB.open('debkd-app');
          request.onsuccess = () => {
            const store = request.result.transaction('run', 'readwrite').objectStore('run');
            const kept = store.get('files');
            kept.onsuccess = () => {
              const { models, jsons, rows } = kept.result;
              store.put({ model: models[0], preprocessing: jsons[0], rows }, 'files').onsuccess = () => {
                request.result.close();
                resolve();
              };
            };
          };
        }),
    );
    await page.reload();
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('#convention').textContent()).toBe('logit');
    await page.reload();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await databases()).not.toContain('debkd-run');
    await page.reload();
    await page.locator('#choose-files').waitFor();
    expect(await page.getByRole('button', { name: 'Open again' }).count()).toBe(0);
    await context.close();
  });

  test('works offline after the first visit', async () => {
    const context = await app.browser.newContext();
    const page = await open(context);
    await until(page, () => navigator.serviceWorker.controller !== null);
    for (const name of ['.wasm', 'data.csv']) {
      await until(
        page,
        async (end) => {
          const [cache = ''] = await caches.keys();
          return (await (await caches.open(cache)).keys()).some(({ url }) => url.endsWith(end));
        },
        name,
      );
    }
    await context.setOffline(true);
    await page.goto(`${app.url}?example=wdbc`);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await distil(page)).toMatch(/^[0-9a-f]{64}$/);
    await context.close();
  });
});

describeChromium('other teachers', () => {
  const folder = temporary();
  const [header, ...lines] = readFileSync(DATA, 'utf8').trimEnd().split('\n') as [string, ...string[]];
  const settings = ['--student', '9', '--epochs', '25', '--seed', '4', '--target', 'label'];
  const recordOf = (options: readonly string[], positive = '1'): DistillRecord => {
    const { stdout, stderr } = debkd(['distill', ...options, ...settings, '--positive', positive, '--json']);
    expect(stderr).not.toMatch(/^error/m);
    return JSON.parse(stdout);
  };
  const sha256Of = (...run: Parameters<typeof recordOf>): string => recordOf(...run).student.sha256;
  const found = async (page: Page, text: RegExp): Promise<void> => {
    await page.locator('#found', { hasText: text }).waitFor({ timeout: 60_000 });
  };

  test('a column of soft labels and row weights: the bytes of the command line, also after a reload', async () => {
    const rows = join(folder, 'soft.csv');
    // percentages without a sign, some of which are missing
    const cells = lines.map((line, i) => {
      const p = Math.round(Math.min(98, Math.max(2, 5 * Number(line.split(',')[0]) - 25)));
      return `${i % 9 === 0 ? '' : p},${line},${1 + (i % 3)}`;
    });
    writeFileSync(rows, [`p,${header},w`, ...cells].join('\n'));
    const context = await app.browser.newContext();
    const page = await open(context);
    await choose(page, { rows });
    await page.locator('#soft-labels').selectOption('p');
    await page.locator('#soft-labels-error:not([hidden])').waitFor();
    expect(await page.locator('#soft-labels-error').textContent()).toMatch(/^soft labels "p".*“The output is”/);
    await page.getByLabel('The output is').selectOption('percentage');
    await page.locator('#weights').selectOption('w');
    await found(page, /505 of 569 rows have one.*a weighted AUC of 0\.\d/s);
    expect(await page.locator('.error:not([hidden])').count()).toBe(0);
    const stated = ['--soft-labels', 'p', '--convention', 'percentage', '--weights', 'w'];
    const record = recordOf(['--data', rows, ...stated]);
    const expected = record.student.sha256;
    expect(await distil(page)).toBe(expected);
    // the weighted metrics, the teacher's on the rows with a soft label
    await unfold(page, 'charts');
    const shown = await page.getByRole('region', { name: 'Metrics of each model' }).textContent();
    for (const { test: measured = {} } of [record.teacher.metrics, record.metrics])
      for (const { value, low, high } of Object.values<Estimate>(measured))
        expect(shown).toContain(`${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`);
    const command = (await page.locator('code.command').textContent()) as string;
    expect(command).toMatch(/^debkd distill --data soft\.csv --soft-labels p --convention percentage --target/);
    expect(command).toContain('--weights w');
    // the form has the students only
    await until(page, () => document.getElementById('answer-debiased')?.textContent !== '', '');
    expect(await page.locator('#answer-teacher').count()).toBe(0);
    expect(await page.locator('section[aria-labelledby="what-if"] .error:not([hidden])').count()).toBe(0);
    await page.reload();
    await page.getByRole('button', { name: 'Open again' }).click();
    await found(page, /a weighted AUC/);
    expect(await page.locator('#soft-labels').inputValue()).toBe('p');
    expect(await page.locator('#soft-labels-are').inputValue()).toBe('percentage');
    await page.getByRole('button', { name: 'Distil' }).click();
    expect(await digestOf(page)).toBe(expected);
    await context.close();
  });

  test('two teachers, one with a preprocessing of its own, and soft labels: the bytes of the command line', async () => {
    const rows = join(folder, 'both.csv');
    writeFileSync(rows, [`p,${header}`, ...lines.map((line, i) => `0.${(i * 7) % 90}5,${line}`)].join('\n'));
    const file = (name: string, from: string): string => {
      writeFileSync(join(folder, name), readFileSync(from));
      return join(folder, name);
    };
    const files = [
      ...[file('a.onnx', modelPath('wdbc-mlp/teacher.onnx')), file('b.onnx', TEACHER)],
      ...[file('b.json', PREPROCESSING), file('preprocessing.json', PREPROCESSING)],
    ] as const;
    const [a, b, ofB, shared] = files;
    const page = await open();
    await page.locator('#files-file').setInputFiles(files);
    await choose(page, { rows });
    await found(page, /569 rows have a label/);
    expect(await page.locator('dl').count()).toBe(2);
    expect(await page.locator('dl').first().textContent()).toContain('a.onnx');
    const options = ['--teacher', a, '--teacher', `${b}=${ofB}`, '--preprocessing', shared, '--data', rows];
    await page.getByLabel('Give p to the student').waitFor({ state: 'attached' });
    await page.locator('#soft-labels').selectOption('p');
    await found(page, /The teacher's answers are given soft labels "p"/);
    expect(await page.getByLabel('Give p to the student').count()).toBe(0);
    expect(await distil(page)).toBe(sha256Of([...options, '--soft-labels', 'p']));
    expect(await page.locator('#answer-teacher').count()).toBe(0);
    await unfold(page, 'check');
    await page.locator('#soft-labels').selectOption('');
    await until(page, () => !document.getElementById('found'));
    await found(page, /569 rows have a label/);
    expect(await distil(page)).toBe(sha256Of(options));
    expect(await page.locator('code.command').textContent()).toMatch(
      /^debkd distill --teacher a\.onnx --teacher b\.onnx=b\.json --data both\.csv --preprocessing preprocessing\.json/,
    );
    await until(page, () => /^[01]\.\d{4}$/.test(document.getElementById('answer-teacher')?.textContent ?? ''));
    await page.close();
  });

  test('a class of several: by the label, or chosen', async () => {
    const model = fileURLToPath(new URL('../teacher/shapes/three-classes-named.onnx', import.meta.url));
    const rows = join(folder, 'points.csv');
    const points = Array.from({ length: 200 }, (_, i) => `${(i * 7) % 11},${(i * 5) % 13},${i % 3 ? 'other' : 'spam'}`);
    writeFileSync(rows, `x0,x1,label\n${points.join('\n')}\n`);
    const page = await open();
    await choose(page, { model, rows });
    await page.locator('#positive').selectOption('other');
    await page.locator('#model-error', { hasText: 'field “Class 1 of the teacher”' }).waitFor({ timeout: 60_000 });
    await page.locator('#positive').selectOption('spam');
    await found(page, /class 1 is the class "spam"/);
    await page.locator('#class').selectOption('news');
    await until(page, () => /“news”, the other value/.test(document.querySelector('dl')?.textContent ?? ''));
    await found(page, /AUC/);
    expect(await page.locator('#class').inputValue()).toBe('news');
    expect(await distil(page)).toBe(sha256Of(['--teacher', model, '--data', rows, '--class', 'news'], 'spam'));
    expect(await page.locator('code.command').textContent()).toContain('--class news');
    await page.close();
  });

  test('columns of the inputs', async () => {
    const group = (name: string): string => fileURLToPath(new URL(`../teacher/grouped/${name}`, import.meta.url));
    const page = await open();
    const rows = group('rows.csv');
    await choose(page, { model: group('numbers-and-texts.onnx'), rows });
    await page.getByText('Are the inputs or the output read wrongly?').click();
    await page.locator('#inputs').fill('numbers=age');
    // what is typed stays when the page changes around it
    for (const _ of ['without it', 'with it again'])
      await page.getByLabel('Give id to the student').dispatchEvent('click');
    expect(await page.locator('#inputs').inputValue()).toBe('numbers=age');
    await page.locator('#inputs').press('Enter');
    await page.locator('#model-error:not([hidden])').waitFor();
    const stated = 'numbers=age,hours,pay;texts=colour,city';
    await page.locator('#inputs').fill(stated);
    await page.keyboard.press('Enter');
    // the student takes neither names nor dates
    await page.getByText(/^Columns of the student/).click();
    for (const name of ['id', 'when']) await page.getByLabel(`Give ${name} to the student`).click();
    await found(page, /AUC/);
    const options = ['--teacher', group('numbers-and-texts.onnx'), '--data', rows, '--inputs', stated];
    expect(await distil(page)).toBe(sha256Of([...options, '--exclude', 'id,when']));
    expect(await page.locator('code.command').textContent()).toContain(`--inputs '${stated}'`);
    await page.close();
  });
});

describeChromium('errors appear next to their fields', () => {
  const csv = (name: string, text: string): string => {
    const file = join(temporary(), name);
    writeFileSync(file, text);
    return file;
  };
  const said = async (page: Page, id: string): Promise<string> => {
    await page.locator(`#${id}:not([hidden])`).waitFor();
    return (await page.locator(`#${id}`).textContent()) as string;
  };

  test('files', async () => {
    const page = await open();
    const picture = join(temporary(), 'cat.png');
    writeFileSync(
      picture,
      Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
        'base64',
      ),
    );
    await page.locator('#files-file').setInputFiles(picture);
    expect(await said(page, 'drop-error')).toMatch(/^cat\.png is a picture, expected a model or rows/);
    // by its content, whatever its name
    const named = join(temporary(), 'cat.csv');
    writeFileSync(named, readFileSync(picture));
    await choose(page, { rows: named });
    await until(page, () => /cat\.csv is a picture/.test(document.getElementById('drop-error')?.textContent ?? ''));
    const huge = join(temporary(), 'huge.csv');
    writeFileSync(huge, 'a,label\n');
    truncateSync(huge, 2 ** 30);
    await choose(page, { rows: huge });
    expect(await said(page, 'rows-error')).toMatch(/huge\.csv: 1024 MB, expected at most 500 MB.*command line/);
    // the page works on
    await choose(page, { model: TEACHER, preprocessing: PREPROCESSING, rows: DATA });
    await page.locator('#found').waitFor({ timeout: 60_000 });
    await page.close();
  });

  test('columns, input width and classes', async () => {
    const page = await open();
    await choose(page, {
      model: TEACHER,
      preprocessing: PREPROCESSING,
      rows: csv('other.csv', `a,b,label\n${'1,2,0\n3,4,1\n5,6,1\n7,8,0\n'.repeat(20)}`),
    });
    await until(page, () =>
      [...document.querySelectorAll('.error')].some((p) => /no column "mean_radius"/.test(p.textContent)),
    );
    await choose(page, { rows: csv('three.csv', `a,b,label\n${'1,2,0\n3,4,1\n5,6,2\n'.repeat(20)}`) });
    await page.locator('#target').selectOption('label');
    expect(await said(page, 'target-error')).toMatch(/"label": 3 distinct values \(0, 1, 2\), expected two/);
    await page.close();

    const raw = await open();
    await choose(raw, {
      model: TEACHER,
      rows: csv('narrow.csv', `a,b,label\n${'1,2,0\n3,4,1\n5,6,1\n7,9,0\n8,1,1\n'.repeat(20)}`),
    });
    await until(raw, () =>
      [...document.querySelectorAll('.error')].some((p) => /30/.test(p.textContent) && /2/.test(p.textContent)),
    );
    await raw.close();
  });

  /** The invalid fields, their own errors, and which has the focus. */
  const invalid = (page: Page): Promise<unknown> =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[aria-invalid]')].map((field) => [
        field.id,
        (field.getAttribute('aria-describedby') ?? '')
          .split(' ')
          .map((id) => document.getElementById(id))
          .filter((said) => said?.className === 'error')
          .map((said) => said?.textContent)
          .join(' '),
        field === document.activeElement,
      ]),
    );
  const refused = async (page: Page, name: string, value: string): Promise<unknown> => {
    await page.locator(`#${name}`).fill(value);
    await page.getByRole('button', { name: 'Distil' }).click();
    await until(page, (id: string) => document.activeElement?.id === id, name);
    const found = await invalid(page);
    await page.locator(`#${name}`).fill('');
    await until(page, (id: string) => !document.getElementById(id)?.hasAttribute('aria-invalid'), name);
    return found;
  };

  test('an invalid setting is said at its field, which gets the focus', async () => {
    const page = await open(undefined, '?example=wdbc');
    await page.locator('#found').waitFor({ timeout: 60_000 });
    const whole = (label: string, text: string, least: number): string =>
      `${label}: “${text}”, expected a whole number of at least ${least}`;
    expect(await refused(page, 'epochs', '-1')).toEqual([['epochs', whole('Epochs', '-1', 1), true]]);
    expect(await refused(page, 'train-rows', '0')).toEqual([
      ['train-rows', whole('Maximum training rows', '0', 1), true],
    ]);
    await page.getByText('Decisions', { exact: true }).click();
    expect(await refused(page, 'threshold-by', 'nonsense')).toEqual([
      ['threshold-by', expect.stringMatching(/^threshold rule: "nonsense", expected f1/), true],
    ]);
    // two at once: the first has the focus
    await page.locator('#defer').fill('2');
    expect(await refused(page, 'seed', 'x')).toEqual([
      ['seed', whole('Seed', 'x', 0), true],
      ['defer', expect.stringMatching(/^Error rate to promise: “2”/), false],
    ]);
    expect(await page.locator('#run-error:not([hidden])').count()).toBe(0);
    await page.close();
  });

  test('what only a run can refuse is said at its field, too', async () => {
    const page = await open(undefined, '?example=wdbc');
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await refused(page, 'student', '16,x')).toEqual([
      ['student', expect.stringMatching(/^student "16,x": not an architecture, expected "logistic", up to/), true],
    ]);
    await page.getByText('Decisions', { exact: true }).click();
    expect(await refused(page, 'threshold-per', 'region')).toEqual([
      ['threshold-per', expect.stringMatching(/^thresholds of groups: .*"region"/), true],
    ]);
    expect(await refused(page, 'defer', '0.001')).toEqual([['defer', expect.stringMatching(/^deferral\b/), true]]);
    await page.close();
  });

  test('broken JSON is said at its card, a header of numbers at that of the rows', async () => {
    const page = await open();
    const broken = join(temporary(), 'prep.json');
    writeFileSync(broken, '{"columns": [');
    await choose(page, { model: TEACHER, preprocessing: broken });
    await page.locator('.card #preprocessing-error', { hasText: 'not JSON' }).waitFor({ timeout: 60_000 });
    expect(await page.locator('#preprocessing-error').count()).toBe(1);
    expect(await page.locator('#model-error:not([hidden])').count()).toBe(0);
    await choose(page, { rows: csv('numbers.csv', `1,2,0\n${'3,4,1\n5,6,1\n7,8,0\n'.repeat(20)}`) });
    await page.locator('.card #headless', { hasText: 'The first line looks like data (1, 2, 0).' }).waitFor();
    await page.close();
  });

  test('no WebAssembly, no storage', async () => {
    const without = await app.browser.newContext();
    await without.addInitScript('delete globalThis.WebAssembly');
    const page = await without.newPage();
    await page.goto(app.url);
    await page.getByText(/needs WebAssembly and web workers/).waitFor();
    await without.close();

    const full = await app.browser.newContext();
    await full.addInitScript(
      `IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
    );
    const other = await open(full, '?example=wdbc');
    await other.locator('#found').waitFor({ timeout: 60_000 });
    expect(await distil(other)).toMatch(/^[0-9a-f]{64}$/);
    await other.getByText(/This browser does not store the session/).waitFor();
    await full.close();
  });
});
