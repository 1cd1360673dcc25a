// The simulated rows: the same on every host, with the labels that their true probabilities give, and the teachers that learned from them.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync, inflateSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { openDecoder } from '../../src/data/image/decode.ts';
import { openImages } from '../../src/data/open-images.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import { drawsOf } from '../../src/examples/draws.ts';
import { rowsFile, testFile } from '../../src/examples/example-files.ts';
import { LENDING_COLUMNS, lendingRows, simulateLending } from '../../src/examples/lending.ts';
import { PLATE_SIDE, plateRows, simulatePlates } from '../../src/examples/plates.ts';
import { greyPngOf } from '../../src/examples/png.ts';
import { exampleTable, openExample } from '../../src/examples/simulated.ts';
import { simulateTickets, ticketRows } from '../../src/examples/tickets.ts';
import { sha256 } from '../../src/io/sha256.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { imageFiles, imageRows } from '../image-files.ts';
import { model, modelJson } from '../models.ts';

const EXAMPLES = { lending: lendingRows, tickets: ticketRows } as const;

test('golden rows: their texts, labels and true probabilities have not changed', () => {
  const digest = (rows: unknown): string => sha256(new TextEncoder().encode(JSON.stringify(rows)));
  expect(digest(simulateLending(500, 1))).toBe('9add8787918861422a36bee7c84d0be986d4307e0cd778df5f8851045795925b');
  expect(digest(simulateTickets(500, 1))).toBe('b18d808b4acf49ccde5ead23ad93d379dd81989b0c80a3fbbc2ff20809ad0157');
  expect(simulateLending(3, 1)[2]).toEqual(simulateLending(500, 1)[2]);
  expect(simulateLending(1, 1)).not.toEqual(simulateLending(1, 2));
});

test.each(Object.entries(EXAMPLES))('%s: labels have the true probabilities', (_, rowsOf) => {
  const { labels, truth } = rowsOf(20_000, 3);
  for (const [low, high] of [
    [0, 0.2],
    [0.2, 0.5],
    [0.5, 0.8],
    [0.8, 1],
  ] as const) {
    const rows = truth.flatMap((p, i) => (p >= low && p < high ? [i] : []));
    expect(rows.length).toBeGreaterThan(500);
    const mean = (of: readonly number[]): number => rows.reduce((sum, i) => sum + (of[i] as number), 0) / rows.length;
    expect(Math.abs(mean(labels) - mean(truth))).toBeLessThan(4 * Math.sqrt(0.25 / rows.length));
  }
});

test('the history is unfair to the self-employed only, and to polite tickets only', () => {
  const gap = (rows: readonly { truth: number; recorded: number }[]): number =>
    rows.reduce((sum, { truth, recorded }) => sum + recorded - truth, 0) / rows.length;
  const loans = simulateLending(20_000, 4);
  const isOwn = ({ application }: (typeof loans)[number]): boolean => application.employment === 'self-employed';
  expect(gap(loans.filter(isOwn))).toBeLessThan(-0.4);
  expect(gap(loans.filter((loan) => !isOwn(loan)))).toBeGreaterThan(-0.2);
  const tickets = simulateTickets(20_000, 4);
  expect(gap(tickets.filter(({ polite }) => polite === 'yes'))).toBeLessThan(-0.1);
  expect(gap(tickets.filter(({ polite }) => polite === 'no'))).toBeGreaterThan(0.05);
});

test('draws: names by their weights, and positive factors around 1', () => {
  const draws = drawsOf(1, 99);
  const names = Array.from({ length: 4000 }, () => draws.pick({ a: 0.7, b: 0.3, c: 0 }));
  expect(names.filter((name) => name === 'a').length / 4000).toBeCloseTo(0.7, 1);
  expect(names).not.toContain('c');
  const factors = Array.from({ length: 4000 }, () => Math.log(draws.factor(0.5)));
  const squares = factors.reduce((sum, x) => sum + x * x, 0) / 4000;
  expect(Math.sqrt(squares)).toBeCloseTo(0.5, 1);
});

test('the table has the labels of all test rows, and of as many others as asked for', async () => {
  const simulated = lendingRows(1000, 5);
  const { csv, testCsv, testTruth } = await exampleTable(simulated, { train: 30, validation: 20 });
  const table = await readCsv(new TextEncoder().encode(csv), { target: 'repaid' });
  const { train, validation, test: tested } = split(table);
  const labelled = (rows: Uint32Array): number => rows.filter((row) => (table.labels[row] as number) >= 0).length;
  expect([train, validation, tested].map(labelled)).toEqual([30, 20, tested.length]);
  const lines = testCsv.trimEnd().split('\n');
  expect(lines[0]).toBe(`${LENDING_COLUMNS.join(',')},repaid,truth`);
  expect(lines.slice(1).map((line) => Number(line.split(',').at(-1)))).toEqual([...testTruth]);
});

test('plates: the same pictures for the same seed, their shares, and labels that inspectors got wrong at night only', async () => {
  const plates = simulatePlates(1500, 4);
  const pixels = plates.slice(0, 200).flatMap((plate) => [...plate.pixels]);
  expect(sha256(Uint8Array.from(pixels))).toBe('9c65c37b611b1bf561bb6367183746dbc85180776c72af6ca624daff5c2dfee5');
  const table = await exampleTable(await plateRows(200, 4), { train: 20, validation: 10 });
  expect(sha256(rowsFile(table).content as Uint8Array)).toBe(
    'aeff793fa044d75578a7eefd76bb38c15592a0fd72272f65cbc7ae3905913f1f',
  );
  const share = (of: readonly (typeof plates)[number][], holds: (plate: (typeof plates)[number]) => boolean): number =>
    of.filter(holds).length / of.length;
  const [day, night] = (['day', 'night'] as const).map((shift) => plates.filter((plate) => plate.shift === shift)) as [
    typeof plates,
    typeof plates,
  ];
  expect(night.length / plates.length).toBeCloseTo(0.4, 1);
  for (const shift of [day, night]) {
    expect(share(shift, ({ cracked }) => cracked === 1)).toBeCloseTo(0.35, 1);
    // inspectors see no crack where there is none
    expect(share(shift, ({ cracked, recorded }) => recorded > cracked)).toBe(0);
  }
  const overlooked = (shift: typeof plates): number =>
    share(
      shift.filter(({ cracked }) => cracked === 1),
      ({ recorded }) => recorded === 0,
    );
  expect(overlooked(day)).toBeLessThan(0.08);
  expect(overlooked(night)).toBeGreaterThan(0.72);
  const brightness = (shift: typeof plates): number => {
    const all = shift.slice(0, 200).flatMap((plate) => [...plate.pixels]);
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  };
  expect(brightness(night)).toBeLessThan(0.6 * brightness(day));
});

test.each(['day', 'night'] as const)('plates: a crack is a thin dark line, also at %s', (shift) => {
  /** Pixels that are darker than both pixels two columns or two rows away, by a share of the picture's brightness. */
  const thin = (pixels: Uint8Array): number => {
    const limit = 0.15 * (pixels.reduce((sum, value) => sum + value, 0) / pixels.length);
    const isDarker = (i: number, step: number): boolean =>
      Math.min(
        (pixels[i - step] as number) - (pixels[i] as number),
        (pixels[i + step] as number) - (pixels[i] as number),
      ) > limit;
    return [...pixels.keys()].filter((i) => isDarker(i, 2) || isDarker(i, 2 * PLATE_SIDE)).length;
  };
  const plates = simulatePlates(1000, 6).filter((plate) => plate.shift === shift);
  const mean = (wanted: 0 | 1): number => {
    const counts = plates.filter(({ cracked }) => cracked === wanted).map(({ pixels }) => thin(pixels));
    return counts.reduce((sum, count) => sum + count, 0) / counts.length;
  };
  expect(mean(1) - mean(0)).toBeGreaterThan(5);
});

test('plates: the files are PNG of the drawn pixels, and the archive is one that other programs read', async () => {
  const plates = simulatePlates(40, 5);
  const { csv, testCsv, testTruth, images } = await exampleTable(await plateRows(40, 5), { train: 5, validation: 5 });
  const decoder = await openDecoder();
  const archive = rowsFile({ csv, images }).content as Uint8Array;
  const unpacked = unzipSync(archive);
  expect(Object.keys(unpacked)).toEqual(['data.csv', ...(images as ReadonlyMap<string, Uint8Array>).keys()]);
  plates.forEach(({ pixels }, i) => {
    const bytes = unpacked[`plates/${String(i + 1).padStart(5, '0')}.png`] as Uint8Array;
    const decoded = decoder.decode(bytes, 'plate');
    expect([decoded.width, decoded.height, decoded.channels]).toEqual([PLATE_SIDE, PLATE_SIDE, 1]);
    expect(decoded.pixels).toEqual(pixels);
    // zlib checks the second sum, which the decoder does not
    const rows = inflateSync(bytes.subarray(41, bytes.length - 16));
    expect(rows).toHaveLength(PLATE_SIDE * (PLATE_SIDE + 1));
  });
  // the same rows from the archive as from the table and its pictures
  const read = await readTable(archive, { target: 'cracked' });
  const opened = await openImages(read);
  expect(opened.hashes).toEqual((await openExample({ csv, images }, 'cracked')).hashes);
  const testOnly = unzipSync(testFile({ testCsv, images }).content as Uint8Array);
  expect(Object.keys(testOnly)).toHaveLength(1 + testTruth.length);
  expect(() => greyPngOf(256, 256, new Uint8Array(256 * 256))).toThrow(/expected at most 65535/);
});

test("the teacher of plates answers as PyTorch's network", async () => {
  const { logits } = modelJson<{ logits: number[] }>('plates/reference.json');
  const { images } = (await plateRows(64, 1001)) as { images: ReadonlyMap<string, Uint8Array> };
  using teacher = await loadTeacher(model('plates'));
  const { margins } = await teacher.margins(
    imageRows(
      [...images.keys()],
      imageFiles((path) => images.get(path) as Uint8Array),
    ),
  );
  expect(margins).toHaveLength(64);
  margins.forEach((margin, i) => {
    expect(margin).toBeCloseTo(logits[i] as number, 3);
  });
});

test("the teacher of lending answers as PyTorch's network", async () => {
  const { columns, rows, logits } = modelJson<{ columns: string[]; rows: string[][]; logits: number[] }>(
    'lending/reference.json',
  );
  const preprocessing = parsePreprocessing(modelJson('lending/preprocessing.json'), 'lending');
  const csv = `${columns.join(',')},repaid\n${rows.map((row, i) => `${row.join(',')},${i % 2}`).join('\n')}\n`;
  const table = await readCsv(new TextEncoder().encode(csv), { target: 'repaid' });
  using teacher = await loadTeacher(model('lending/teacher.onnx'), { preprocessing });
  const { margins } = await softLabels(teacher, encode(table, preprocessing));
  expect(margins).toHaveLength(64);
  margins.forEach((margin, i) => {
    expect(margin).toBeCloseTo(logits[i] as number, 4);
  });
});

test.each(['lending/teacher.onnx', 'tickets/model.onnx', 'plates/model.onnx'])(
  '%s is the file of its card and of models/README.md',
  (path) => {
    const digest = sha256(new Uint8Array(readFileSync(model(path))));
    expect(modelJson<{ sha256: string }>(`${path.split('/')[0]}/card.json`).sha256).toBe(digest);
    expect(readFileSync(model('README.md'), 'utf8')).toContain(`\`${path}\``);
    expect(readFileSync(model('README.md'), 'utf8')).toContain(digest);
  },
);

test('the app has the files of the example of lending, small enough for a page', async () => {
  const folder = fileURLToPath(new URL('../../dist/app/examples/lending/', import.meta.url));
  for (const name of ['teacher.onnx', 'preprocessing.json', 'rows.csv']) expect(existsSync(folder + name)).toBe(true);
  const bytes = new Uint8Array(readFileSync(`${folder}rows.csv`));
  expect(gzipSync(bytes).length).toBeLessThan(150_000);
  const table = await readCsv(bytes, { target: 'repaid' });
  const { test: tested, train } = split(table);
  expect(tested.every((row) => (table.labels[row] as number) >= 0)).toBe(true);
  expect(train.filter((row) => (table.labels[row] as number) >= 0)).toHaveLength(270);
});
