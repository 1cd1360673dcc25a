// Images that data itself has: bytes in Parquet, plain or as the struct of Hugging Face, and pixels in npy.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, test } from 'vitest';
import { readNpy } from '../../src/data/npy.ts';
import { readTable } from '../../src/data/read-table.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { sha256 } from '../../src/io/sha256.ts';
import { openSpool, spoolStream } from '../../src/io/spool.ts';
import { greyPng, numberedPng } from '../tiny-image.ts';
import { toHex } from './hex.ts';

const root = mkdtempSync(join(tmpdir(), 'debkd-embedded-images-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Struct = { bytes: Uint8Array | null; path: string | null } | null;
type Repetition = 'REQUIRED' | 'OPTIONAL';

/** Parquet with the column `image` as the datasets of Hugging Face have it. */
function structParquet(
  values: readonly Struct[],
  { outer = 'OPTIONAL', size = 3 }: { outer?: Repetition; size?: number } = {},
): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'image', data: [...values] },
        { name: 'label', data: values.map((_, i) => i % 2) },
      ],
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'image', num_children: 2, repetition_type: outer },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'label', type: 'INT32', repetition_type: 'REQUIRED' },
      ],
      rowGroupSize: size,
    }),
  );
}

function plainParquet(values: readonly (Uint8Array | null)[], codec: 'UNCOMPRESSED' | 'SNAPPY' = 'SNAPPY'): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'photo', data: [...values], type: 'BYTE_ARRAY' },
        { name: 'x', data: values.map((_, i) => i), type: 'INT32' },
      ],
      codec,
      rowGroupSize: 4,
    }),
  );
}

const textsOf = (table: Table, column = 0): string[] => {
  const { codes, texts } = table.columns[column]!;
  return Array.from(codes, (code) => texts[code] as string);
};

describe('Parquet', () => {
  test.each(['OPTIONAL', 'REQUIRED'] as const)('struct of bytes and path, %s', async (outer) => {
    const values = Array.from({ length: 8 }, (_, k) => ({
      bytes: numberedPng(k),
      path: k === 5 ? 'a0.png' : k === 6 ? null : k === 7 ? '/abs/../x.png' : `a${k}.png`,
    }));
    const table = await readTable(structParquet(values, { outer }), { target: 'label' });
    expect(textsOf(table)).toEqual([
      'a0.png',
      'a1.png',
      'a2.png',
      'a3.png',
      'a4.png',
      'row 6',
      'row 7',
      '/abs/../x.png',
    ]);
    const images = table.columns[0]?.images;
    for (const [k, text] of textsOf(table).entries()) {
      expect(images?.digest(text)).toBe(sha256(numberedPng(k)));
      expect(toHex((await images?.bytes(text)) as Uint8Array)).toBe(toHex(numberedPng(k)));
    }
    expect(Array.from(table.labels)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  });

  test.each(['UNCOMPRESSED', 'SNAPPY'] as const)('plain bytes, %s', async (codec) => {
    const values = Array.from({ length: 10 }, (_, k) => numberedPng(k % 7));
    const bytes = plainParquet(values, codec);
    const table = await readTable(bytes);
    expect(textsOf(table)).toEqual(values.map((_, k) => `row ${k + 1}`));
    expect(textsOf(table, 1)).toEqual(values.map((_, k) => String(k)));
    expect(table.columns[0]?.images?.digest('row 8')).toBe(sha256(numberedPng(0)));
    const path = join(root, `${codec}.parquet`);
    writeFileSync(path, bytes);
    using stored = await storeTable(path);
    expect(stored.hashes).toEqual(table.hashes);
    expect(toHex((await stored.chunk(0).columns[0]?.images?.bytes('row 3')) as Uint8Array)).toBe(toHex(numberedPng(2)));
  });

  test('equal images have equal hashes, whatever their rows', async () => {
    const table = await readTable(plainParquet([greyPng(1), greyPng(1)]), { drop: ['x'] });
    expect(table.hashes.slice(0, 2)).toEqual(table.hashes.slice(2));
  });

  test('bytes that are texts stay texts', async () => {
    const words = ['', 'one', 'zwö'].map((word) => new TextEncoder().encode(word));
    const table = await readTable(plainParquet(words));
    expect(textsOf(table)).toEqual(['', 'one', 'zwö']);
    expect(table.columns[0]?.images).toBeUndefined();
  });

  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    [
      'a missing struct',
      structParquet([{ bytes: greyPng(1), path: 'a' }, null]),
      /column "image", row 2: it has no image/,
    ],
    [
      'missing bytes',
      structParquet([
        { bytes: greyPng(1), path: 'a' },
        { bytes: null, path: null },
      ]),
      /column "image", row 2: it has no image/,
    ],
    [
      'only a path',
      structParquet([
        { bytes: greyPng(1), path: 'a' },
        { bytes: null, path: 'b.png' },
      ]),
      /column "image", row 2: no bytes, only the path "b.png"/,
    ],
    ['a missing image among bytes', plainParquet([greyPng(1), null]), /column "photo", row 2: it has no image/],
    [
      'bytes that are no image',
      plainParquet([greyPng(1), new Uint8Array(30)]),
      /column "photo", row 2, image "row 2": /,
    ],
    [
      'a GIF',
      plainParquet([new TextEncoder().encode('GIF89a and more')]),
      /column "photo", row 1, image "row 1": .*GIF/,
    ],
  ];
  test.each(cases)('%s is refused', async (_, bytes, message) => {
    const refusal = readTable(bytes);
    await expect(refusal).rejects.toMatchObject({ name: 'DebkdError' });
    await expect(refusal).rejects.toThrow(message);
  });

  test('other structs are refused', async () => {
    const bytes = parquetWriteBuffer({
      columnData: [{ name: 'image', data: [{ bytes: 'a', size: 1 }] }],
      schema: [
        { name: 'root', num_children: 1 },
        { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
        { name: 'bytes', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'size', type: 'INT32', repetition_type: 'OPTIONAL' },
      ],
    });
    await expect(readTable(new Uint8Array(bytes))).rejects.toThrow(
      /column "image": nested values, expected plain values/,
    );
  });

  test('a large file takes little memory', async () => {
    const count = 1500;
    const path = join(root, 'large.parquet');
    const content = new Uint8Array(2 ** 17);
    const images = Array.from({ length: count }, (_, k) =>
      Buffer.concat([Buffer.from('P5\n512 256\n255\n'), content.fill(k)]),
    );
    writeFileSync(path, new Uint8Array(plainParquet(images, 'UNCOMPRESSED')));
    images.length = 0;
    const start = process.memoryUsage.rss();
    const table = await readTable(path);
    expect(process.memoryUsage.rss() - start).toBeLessThan(150e6);
    expect(table.rows).toBe(count);
    expect((await table.columns[0]?.images?.bytes('row 1200'))?.at(-1)).toBe(1199 & 255);
  }, 60_000);
});

describe('npy', () => {
  const npy = (shape: readonly number[], data: Uint8Array, { type = '|u1', fortran = false } = {}): Uint8Array => {
    const text = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')},), }`;
    const padded = `${text.padEnd(117)}\n`;
    return Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Uint8Array.of(118, 0),
      Buffer.from(padded),
      data,
    ]);
  };
  const numbers = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);

  test.each([
    [[3, 2, 4], 'P5\n4 2\n255\n', 1],
    [[3, 2, 4, 1], 'P5\n4 2\n255\n', 1],
    [[3, 2, 4, 3], 'P6\n4 2\n255\n', 3],
  ] as const)('images of shape %j', async (shape, head, channels) => {
    const pixels = numbers(24 * channels);
    const labels = npy([3], Uint8Array.of(0, 1, 1));
    const table = await readNpy(npy(shape, pixels), { labels });
    expect(table.columns.map(({ name }) => name)).toEqual(['image']);
    expect(textsOf(table)).toEqual(['row 1', 'row 2', 'row 3']);
    expect(Array.from(table.labels)).toEqual([0, 1, 1]);
    const images = table.columns[0]?.images;
    expect(images?.header('row 2')).toMatchObject({ format: 'pnm', width: 4, height: 2, channels });
    const bytes = (await images?.bytes('row 2')) as Uint8Array;
    expect(toHex(bytes)).toBe(toHex(Buffer.concat([Buffer.from(head), pixels.subarray(8 * channels, 16 * channels)])));
    expect((await readTable(npy(shape, pixels))).hashes).toEqual(table.hashes);
  });

  test.each([
    [
      'two channels',
      npy([3, 2, 4, 2], numbers(48)),
      /its shape is \(3, 2, 4, 2,\) of u1, expected .* images: uint8 \[rows, height, width\]/,
    ],
    ['numbers', npy([1, 2, 4], new Uint8Array(32), { type: '<f4' }), /its shape is \(1, 2, 4,\) of f4/],
    ['the order of Fortran', npy([3, 2, 4], numbers(24), { fortran: true }), /images in the order of Fortran/],
    ['no pixels', npy([3, 0, 4], numbers(0)), /images without pixels/],
    ['too few bytes', npy([3, 2, 4], numbers(23)), /23 bytes of numbers, expected 24/],
  ])('%s', async (_, bytes, message) => {
    await expect(readTable(bytes)).rejects.toThrow(message);
  });

  test('images are no labels', async () => {
    await expect(readNpy(npy([3, 2, 4], numbers(24)), { labels: npy([3, 2, 4], numbers(24)) })).rejects.toThrow(
      /images, expected \[3, 1\]/,
    );
  });
});

test('a spool reads back what it was given, in memory and in a file', async () => {
  for (const limit of [0, 10, 1000]) {
    const spool = openSpool(limit);
    const places: number[] = [];
    for (let k = 0; k < 20; k++) places.push(await spool.append(Uint8Array.of(k, k, k)));
    expect(places).toEqual(Array.from({ length: 20 }, (_, k) => 3 * k));
    expect(Array.from(await spool.read(57, 3))).toEqual([19, 19, 19]);
    expect(Array.from(await spool.read(2, 5))).toEqual([0, 1, 1, 1, 2]);
  }
  const bytes = await spoolStream(
    (async function* () {
      yield Uint8Array.of(1, 2);
      yield Uint8Array.of(3);
    })(),
  );
  expect(Array.from(new Uint8Array(await bytes.slice(1)))).toEqual([2, 3]);
  expect((await bytes.slice(2, 9)).byteLength).toBe(1);
});
