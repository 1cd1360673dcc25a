// Images in the app in Chromium: folders of classes, a table with its folder, the run, the pictures after it, and what if.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { plateArchive } from '../../src/app/work/plate-rows.ts';
import { openDecoder } from '../../src/data/image/decode.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { loadStudent } from '../../src/student/student-file.ts';
import { debkd, modelPath, temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { tinyPng } from '../tiny-image.ts';
import { tinyImageOnnx } from '../tiny-image-model.ts';
import { describeChromium, digestOf, type Page, unfold, useApp, violations } from './open-app.ts';

const app = useApp();
const place = temporary();
const WEIGHTS = [3, 1, -2] as const;
const MEAN = [0.485, 0.456, 0.406] as const;
const STD = [0.229, 0.224, 0.225] as const;

/** A folder as Hugging Face lays it out. */
const hub = join(place, 'tiny');
mkdirSync(hub);
writeFileSync(join(hub, 'model.onnx'), tinyImageOnnx({ weights: WEIGHTS }));
const config = {
  ...{ image_processor_type: 'ViTImageProcessor', do_resize: true, size: { height: 8, width: 8 }, resample: 2 },
  ...{ image_mean: MEAN, image_std: STD },
};
writeFileSync(join(hub, 'preprocessor_config.json'), JSON.stringify(config));

type Colour = readonly [number, number, number];
const picture = (colour: Colour): Uint8Array =>
  tinyPng(
    10,
    10,
    Uint8Array.from({ length: 300 }, (_, i) => colour[i % 3] as number),
    3,
  );
/** The answer of the teacher to an image of one colour. */
const marginOf = (colour: Colour): number =>
  colour.reduce(
    (sum, x, k) => sum + (WEIGHTS[k] as number) * ((x / 255 - (MEAN[k] as number)) / (STD[k] as number)),
    0,
  );

/** A folder with one folder for each class, and a table of the same images. */
const photos = join(place, 'photos');
const table = join(place, 'list.csv');
{
  const d = dice(11);
  const lines = Array.from({ length: 240 }, (_, i) => {
    const colour = [d.below(256), d.below(256), d.below(256)] as const;
    const kind = marginOf(colour) + d.real(-3, 3) > 4 ? 'cat' : 'dog';
    mkdirSync(join(photos, kind), { recursive: true });
    writeFileSync(join(photos, kind, `${i}.png`), picture(colour));
    return `${kind}/${i}.png,${kind === 'cat' ? 1 : 0}`;
  });
  writeFileSync(table, `file,label\n${lines.join('\n')}\n`);
}

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

/** The student of the command line, and its SHA-256. */
function expected(...args: readonly string[]): { readonly sha256: string; readonly file: string } {
  const out = join(temporary(), 'student');
  const { status, stderr } = debkd(['distill', '--teacher', hub, ...args, '--epochs', '3', '--out', out]);
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const { student } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
  return { sha256: student.sha256, file: join(out, 'student.debkd') };
}

/** Distils as `expected` does. @returns the SHA-256 of the student */
async function distil(page: Page): Promise<string | null> {
  await page.locator('#found').waitFor({ timeout: 60_000 });
  await page.locator('#epochs').fill('3');
  await page.getByRole('button', { name: 'Distil' }).click();
  return digestOf(page, 120_000);
}

describeChromium('images', () => {
  test('a folder of classes: the student of the command line, the images after the run, and what if', async () => {
    const { sha256, file } = expected('--data', photos, '--positive', 'cat');
    const page = await open();
    await page.locator('#folder-file').setInputFiles(hub);
    await page.locator('#convention').waitFor({ timeout: 60_000 });
    await page.locator('#folder-file').setInputFiles(photos);
    await page.locator('#images').waitFor();
    await page.locator('#positive').selectOption('cat');
    expect(await page.locator('#images').textContent()).toMatch(/^240 files in folder photos/);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('#student-hint').textContent()).toContain('Default: convolutions');
    expect(await distil(page)).toBe(sha256);
    expect(await page.locator('code.command').textContent()).toContain('--data photos');

    // the images are shown with their paths and numbers
    await unfold(page, 'shown-images');
    await page.locator('#moved-images img').first().waitFor();
    expect(await page.locator('#moved-images li').count()).toBe(12);
    expect(await page.locator('#moved-images').textContent()).toMatch(
      /(cat|dog)\/\d+\.png\s*label [01], teacher [01]\.\d{4}, target [01]\.\d{4}/,
    );
    await until(
      page,
      () => [...document.querySelectorAll('img')].every((image) => image.complete && image.naturalWidth === 10),
      '',
    );
    expect(await page.locator('#wrong-images li').count()).toBeGreaterThan(0);

    // an image of a test row is answered first, then a chosen one
    await until(page, () => document.getElementById('answer-debiased')?.textContent, '');
    const colour = [200, 90, 30] as const;
    const chosen = join(place, 'chosen.png');
    writeFileSync(chosen, picture(colour));
    await page.locator('#field-0').setInputFiles(chosen);
    const image = (await openDecoder()).decode(picture(colour), 'image');
    const { probability } = (await loadStudent(file)).predictRecord({ image });
    await until(page, (p) => document.getElementById('answer-debiased')?.textContent === p, probability.toFixed(4));
    const teacher = Number(await page.locator('#answer-teacher').textContent());
    expect(teacher).toBeCloseTo(sigmoid(marginOf(colour)), 3);
    expect(await page.locator('figure.picture figcaption').textContent()).toBe('chosen.png');
    // a picture that is none
    const broken = join(place, 'broken.png');
    writeFileSync(broken, 'no picture');
    await page.locator('#field-0').setInputFiles(broken);
    await until(
      page,
      () => [...document.querySelectorAll('.error')].some((one) => one.textContent?.includes('"broken.png"')),
      '',
    );
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    await page.close();
  });

  test('a table, and its folder dropped: the student of the command line, and a dropped picture', async () => {
    const { sha256, file } = expected('--data', table, '--image-root', photos);
    const page = await open();
    const session = await page.context().newCDPSession(page);
    const drop = async (path: string): Promise<void> => {
      for (const type of ['dragEnter', 'dragOver', 'drop'])
        await session.send('Input.dispatchDragEvent', {
          ...{ type, x: 200, y: 200, data: { items: [], files: [path], dragOperationsMask: 1 } },
        });
    };
    await page.locator('#folder-file').setInputFiles(hub);
    await page.locator('#convention').waitFor({ timeout: 60_000 });
    await page.locator('#files-file').setInputFiles(table);
    await until(page, () => document.body.textContent?.includes('field “Folder of images”'), '');
    await drop(photos);
    expect(await distil(page)).toBe(sha256);
    expect(await page.locator('code.command').textContent()).toContain('--image-root photos');
    const dropped = join(place, 'dropped.png');
    const bytes = picture([10, 220, 240]);
    writeFileSync(dropped, bytes);
    await drop(dropped);
    const raster = (await openDecoder()).decode(bytes, 'image');
    const { probability } = (await loadStudent(file)).predictRecord({ file: raster });
    await until(page, (p) => document.getElementById('answer-debiased')?.textContent === p, probability.toFixed(4));
    await page.close();
  });
});

describeChromium('the example of metal plates', () => {
  test('its rows are made in the page: the student of the command line, and a shown picture goes into what-if', async () => {
    const rows = join(place, 'rows.zip');
    const archive = await plateArchive();
    writeFileSync(rows, new Uint8Array(await archive.arrayBuffer()));
    const out = join(temporary(), 'student');
    const asked = ['--target', 'cracked', '--positive', '1', '--groups', 'shift', '--epochs', '3', '--out', out];
    // the example presets the threshold and the label mix of the demo
    const rule = ['--threshold-by', 'rate=0.35', '--infuse', 'mix:0.3'];
    const { status, stderr } = debkd(['distill', '--teacher', modelPath('plates'), '--data', rows, ...asked, ...rule]);
    expect(status, stderr).toBe(0);
    const { student } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as DistillRecord;
    const page = await (await app.browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    const loaded: string[] = [];
    page.on('request', ((request: { url(): string }) => loaded.push(request.url())) as (event: never) => void);
    await page.goto(app.url);
    await page.locator('button.example').first().waitFor();
    expect(loaded.filter((url) => url.includes('plate'))).toEqual([]);
    // all examples are on the first screen
    const { bottom, sideways } = await page.evaluate(() => ({
      bottom: document.querySelector('.examples')?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY,
      sideways: document.documentElement.scrollWidth - innerWidth,
    }));
    expect(bottom).toBeLessThan(800);
    expect(sideways).toBeLessThanOrEqual(0);
    await page.goto(`${app.url}?example=plates`);
    await page.locator('#found').waitFor({ timeout: 60_000 });
    expect(await page.locator('#groups summary').first().textContent()).toBe('Compare groups (shift)');
    expect(await distil(page)).toBe(student.sha256);
    expect(await page.locator('code.command').textContent()).toContain('--groups shift');
    expect(await page.locator('section.results').textContent()).toContain('shift=night');
    await unfold(page, 'shown-images');
    await page.locator('#moved-images img.small').first().waitFor();
    expect(await page.locator('#moved-images li').count()).toBe(12);
    const path = /plates\/\d+\.png/.exec(
      (await page.locator('#moved-images li').first().textContent()) ?? '',
    )?.[0] as string;
    await page
      .getByRole('button', { name: `Try in what-if: ${path}`, exact: true })
      .first()
      .click();
    const image = (await openDecoder()).decode(unzipSync(readFileSync(rows))[path] as Uint8Array, path);
    const { probability } = (await loadStudent(join(out, 'student.debkd'))).predictRecord({ image });
    await until(page, (p) => document.getElementById('answer-debiased')?.textContent === p, probability.toFixed(4));
    expect(await page.locator('figure.picture figcaption').textContent()).toBe(path);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('what-if');
    expect(await violations(page)).toEqual([]);
    await page.close();
  }, 300_000);
});
