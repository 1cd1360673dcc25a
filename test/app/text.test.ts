// Texts in the app in Chromium: a model folder, its files one by one, the run, explanations, and the messages for wrong files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sigmoid } from '../../src/kernels/elementary.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { loadStudent } from '../../src/student/student-file.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { debkd, temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { goldenTokens, tinyText, tokenValue } from '../tiny-text.ts';
import { describeChromium, digestOf, type Page, unfold, useApp, violations } from './open-app.ts';

const app = useApp();
const { tokenizer } = goldenTokens.kinds.word_piece;
const { vocab } = tokenizer['model'] as { readonly vocab: Readonly<Record<string, number>> };
const words = Object.keys(vocab).filter((word) => /^[a-z]{3,}$/.test(word));

/** A folder as Hugging Face lays it out, with files that are not needed. */
const place = temporary();
const hub = join(place, 'tiny');
mkdirSync(join(hub, 'onnx'), { recursive: true });
const bytes = tinyText({ tokens: 256 });
writeFileSync(join(hub, 'onnx', 'model.onnx'), bytes);
const jsons = {
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 48 },
  'config.json': { model_type: 'bert', pad_token_id: 0 },
  'special_tokens_map.json': { pad_token: '[PAD]' },
};
for (const [name, value] of Object.entries(jsons)) writeFileSync(join(hub, name), JSON.stringify(value));
writeFileSync(join(hub, 'vocab.txt'), Object.keys(vocab).join('\n'));

/** Texts whose label follows the words, and a column of numbers. */
const rows = (() => {
  const d = dice(5);
  const lines = Array.from({ length: 600 }, () => {
    const chosen = Array.from({ length: 6 + d.below(6) }, () => words[d.below(words.length)] as string);
    const score = chosen.reduce((sum, word) => sum + tokenValue(vocab[word] as number), 0);
    return { text: chosen.join(' '), size: d.below(90) / 10, label: d.real(-1, 1) < score ? 1 : 0 };
  });
  return lines.map(({ text, size, label }) => [text, size, label] as const);
})();
const csv = (header: string, of: (row: (typeof rows)[number]) => readonly (string | number)[]): string => {
  const path = join(place, `${header.replaceAll(',', '-')}.csv`);
  writeFileSync(path, `${header}\n${rows.map((row) => of(row).join(',')).join('\n')}\n`);
  return path;
};
const data = csv('text,size,label', (row) => row);

async function open(): Promise<Page> {
  const page = await (await app.browser.newContext()).newPage();
  await page.goto(app.url);
  return page;
}

/** Polls until a condition holds in the page; the page's policy forbids evaluating text. */
async function until<T>(page: Page, holds: (argument: T) => unknown, argument: T): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await page.evaluate(holds as (argument: never) => unknown, argument))) {
    if (performance.now() > end) throw new Error(`timed out: ${holds} of ${argument}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Waits until an error message has some words. */
const complains = (page: Page, words: string): Promise<void> =>
  until(
    page,
    (wanted) => [...document.querySelectorAll('.error')].some((element) => element.textContent?.includes(wanted)),
    words,
  );

describeChromium('texts', () => {
  test('a folder and rows: the student of the command line, what if, and what pushes', async () => {
    const out = join(place, 'student');
    expect(debkd(['distill', '--teacher', hub, '--data', data, '--target', 'label', '--out', out]).status).toBe(0);
    const page = await open();
    await page.locator('#folder-file').setInputFiles(hub);
    await page.locator('#convention').waitFor({ timeout: 60_000 });
    await page.locator('#files-file').setInputFiles(data);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('.texts').textContent()).toMatch(/^Columns of texts text/);
    expect(await page.locator('#student-hint').textContent()).toContain('Default: logistic');
    await page.getByRole('button', { name: 'Distil' }).click();
    await page.locator('#answer-debiased').waitFor({ timeout: 90_000 });
    const record = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
    expect(await digestOf(page)).toBe(record.student.sha256);
    expect(await page.locator('code.command').textContent()).toContain('--tokenizer tokenizer.json');

    // the box has a text of a test row, and answers while one types
    const box = page.getByRole('textbox', { name: 'text', exact: true });
    expect(await box.inputValue()).toMatch(/^[a-z]+( [a-z]+){5,}$/);
    const text = `${words[3]} "${words[9]}", ${words[5]}; ${words[5]}\n${words[20]} unknownword`;
    await box.fill(text);
    await page.locator('section[aria-labelledby="what-if"]').getByLabel('size', { exact: true }).fill('4.5');
    const student = await loadStudent(join(out, 'student.debkd'));
    const { probability } = student.predictRecord({ text, size: '4.5' });
    await until(page, (p) => document.getElementById('answer-debiased')?.textContent === p, probability.toFixed(4));
    using teacher = await loadTeacher(bytes, { tokenizer, text: ['text'], maxLength: 48 });
    const column = { name: 'text', texts: [text], codes: Uint32Array.of(0) };
    const { margins } = await teacher.margins({ name: 'x', rows: 1, rowNumbers: Uint32Array.of(0), columns: [column] });
    expect(await page.locator('#answer-teacher').textContent()).toBe(sigmoid(margins[0] as number).toFixed(4));

    // each word with its push, marked by its sign
    const { parts, margin } = student.explain({ text, size: '4.5' });
    const spans = parts.find(({ column: name }) => name === 'text')?.spans ?? [];
    const signs = await page.evaluate(() =>
      [...document.querySelectorAll('#pushes-debiased .marked mark')].map((mark) => [
        mark.textContent,
        mark.className.includes('up-'),
        mark.getAttribute('title'),
      ]),
    );
    expect(signs.length).toBeGreaterThan(2);
    for (const [word, isUp, title] of signs) {
      const of = spans.filter((span) => span.text === word).map(({ share }) => share);
      expect(of.map((share) => share > 0)).toContain(isUp);
      expect(of.map((share) => Math.abs(share).toFixed(3))).toContain(String(title).slice(1));
    }
    const pushed = await page.locator('#pushes-debiased').textContent();
    expect(pushed).toContain(`ends at ${margin > 0 ? '+' : '−'}${Math.abs(margin).toFixed(3)}`);
    expect(pushed?.replaceAll('\n', ' ')).toContain(text.replaceAll('\n', ' '));
    expect(await page.locator('#pushes-plain .marked mark').count()).toBeGreaterThan(2);

    await page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true;
    });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);

    // an empty text is a text, and the teacher answers it
    await box.fill('');
    const empty = student.predictRecord({ text: '', size: '4.5' }).probability.toFixed(4);
    await until(page, (p) => document.getElementById('answer-debiased')?.textContent === p, empty);
    expect(await page.locator('#answer-teacher').textContent()).toMatch(/^[01]\.\d{4}$/);

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      unfold(page, 'exports').then(() => page.getByRole('button', { name: 'JavaScript module', exact: true }).click()),
    ]);
    expect(file.suggestedFilename()).toBe('student-js.zip');
    await page.close();
  });

  test('a model without its tokenizer, with the wrong file, and with the right one under another name', async () => {
    const page = await open();
    await page.locator('#files-file').setInputFiles(join(hub, 'onnx', 'model.onnx'));
    await complains(page, 'it reads text as tokens, and no tokenizer is given; give the tokenizer.json');
    const message = await page.locator('#model-error').textContent();
    expect(message).toContain('field “Preprocessing or tokenizer”');
    expect(message).not.toContain('command line');
    const wrong = join(place, 'tokenizer.json');
    writeFileSync(wrong, '[1, 2');
    await page.locator('#files-file').setInputFiles(wrong);
    await complains(page, 'tokenizer "tokenizer.json": not JSON');
    expect(await page.locator('#preprocessing-error').textContent()).toContain('not JSON');
    const other = join(place, 'words of the model.json');
    writeFileSync(other, JSON.stringify(tokenizer));
    await page.locator('#files-file').setInputFiles(other);
    await page.locator('#convention').waitFor({ timeout: 60_000 });
    // a length that the model does not take
    await page.getByText('Are the inputs or the output read wrongly?').click();
    await page.locator('#max-length').fill('many');
    await page.keyboard.press('Tab');
    await complains(
      page,
      'maximum length: NaN, expected a whole number from 1; set another length (field “Most tokens',
    );
    await page.close();
  });

  test('rows without a column of texts, and with two', async () => {
    const page = await open();
    await page.locator('#folder-file').setInputFiles(hub);
    await page.locator('#convention').waitFor({ timeout: 60_000 });
    await page.locator('#files-file').setInputFiles(csv('size,width,label', ([_, size, y]) => [size, size * 2, y]));
    await complains(page, 'no column clearly holds texts');
    // the titles are those of other rows: with them, the teacher would know nothing
    let next = 7;
    await page
      .locator('#files-file')
      .setInputFiles(csv('title,text,label', ([text, _, y]) => [`on ${rows[next++ % rows.length]?.[0]}`, text, y]));
    await complains(page, '2 columns hold texts ("title", "text")');
    expect(await page.locator('#text-error').textContent()).toContain('field “Columns of texts”');
    // with one named, the teacher reads it, and the student is given it
    await page.getByLabel('title', { exact: true }).click();
    await complains(page, 'column "title"');
    await page.getByText(/^Columns of the student/).click();
    await page.getByLabel('Give title to the student').click();
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('#found').textContent()).toMatch(/the teacher has an AUC of 0\.9/);
    await page.close();
  });
});

describeChromium('dropped folders', () => {
  test('a folder is dropped on the page, and one without a model is refused', async () => {
    const page = await open();
    const session = await page.context().newCDPSession(page);
    const drop = async (path: string): Promise<void> => {
      for (const type of ['dragEnter', 'dragOver', 'drop'])
        await session.send('Input.dispatchDragEvent', {
          ...{ type, x: 200, y: 200, data: { items: [], files: [path], dragOperationsMask: 1 } },
        });
    };
    const none = join(place, 'none');
    mkdirSync(none, { recursive: true });
    writeFileSync(join(none, 'config.json'), '{}');
    await drop(none);
    await complains(page, 'folder "none": it holds no ONNX model');
    await drop(hub);
    await page.locator('#convention').waitFor({ timeout: 60_000 });
    expect(await page.locator('dl').textContent()).toMatch(/at most 48 per row/);
    await page.close();
  });
});
