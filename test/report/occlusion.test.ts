// The record and the report of a student of images: where it looks on average, and what is refused as such a map.
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { distill, givenSoftLabels, htmlReport, measureDistillation, parseResult } from '../../src/index.ts';
import { meanOcclusion } from '../../src/report/occlusion.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { type TinyForm, tinyDataset } from '../tiny-images.ts';

const form: TinyForm = { size: [16, 12], channels: 3, others: true };
const ROWS = 60;

/** Rows of one table with three parts. */
function part(from: number): Dataset {
  const rowNumbers = Uint32Array.from({ length: ROWS }, (_, i) => from + i);
  return { ...tinyDataset(form, ROWS, from), rowNumbers, tableRows: 3 * ROWS };
}

async function measured(labelled: boolean): Promise<{ result: DistillRecord; expected: unknown }> {
  const values = Array.from({ length: 3 * ROWS }, (_, i) => (i % 2 === 1 ? 0.8 : 0.3) + (i % 7) / 100);
  const [train, validation, all] = [part(0), part(ROWS), part(2 * ROWS)];
  const test = labelled ? all : { ...all, labels: new Int8Array(ROWS).fill(-1) };
  const teacher = givenSoftLabels(values);
  const run = await distill({
    ...{ teacher, train, validation, student: { hidden: [], conv: { channels: [4] } }, seed: 1 },
    ...{ epochs: 2, debias: 'platt', infusion: { form: 'none' } },
  });
  const { result } = await measureDistillation(run, teacher, { data: { train, validation, test }, missing: [] });
  return { result, expected: await meanOcclusion(run.student, test.features) };
}

test('the record has the mean map, as JSON too, and the page shows it', async () => {
  const { result, expected } = await measured(true);
  expect(result.occlusion).toEqual(expected);
  expect(result.occlusion).toMatchObject({ images: ROWS, rows: 8, columns: 6 });
  expect(result.occlusion?.shares).toHaveLength(48);
  expect(result.occlusion?.shares.some((share) => share > 0)).toBe(true);
  const again = parseResult(JSON.parse(JSON.stringify(result)), 'r') as DistillRecord;
  expect(again.occlusion).toEqual(result.occlusion);
  const page = await htmlReport(again);
  expect(page).toContain('<h2>What the student looks at</h2>');
  expect(page).toMatch(/aria-label="Where the student looks on average\. [^"]*mean over 60 test images/);
  expect(page.match(/<title>Row \d, column \d: \d/g)).toHaveLength(48);

  const { occlusion, ...rest } = result;
  expect(await htmlReport(parseResult(rest, 'r'))).not.toContain('What the student looks at');
  for (const [change, message] of [
    [{ rows: 9 }, 'occlusion.rows is 9, expected a whole number from 1 to 8'],
    [{ columns: 2.5 }, 'occlusion.columns is 2.5, expected a whole number from 1 to 8'],
    [{ columns: 5 }, 'occlusion.shares is a list of 48, expected a list of 40'],
    [{ rows: undefined }, 'occlusion.rows is missing'],
    [{ shares: undefined }, 'occlusion.shares is missing, expected a list of 48'],
    [{ shares: occlusion?.shares.map(() => -1) }, 'occlusion.shares.0 is -1, expected a number of at least 0'],
    [{ images: 'many' }, 'occlusion.images is "many"'],
  ] as const) {
    const changed = JSON.parse(JSON.stringify({ ...rest, occlusion: { ...occlusion, ...change } }));
    expect(() => parseResult(changed, 'r'), message).toThrow(message);
  }
});

test('test rows without labels have a map, too', async () => {
  const { result, expected } = await measured(false);
  expect(result.figures).toBeUndefined();
  expect(result.occlusion).toEqual(expected);
  expect(await htmlReport(result)).toContain('Where the student looks on average');
});
