// Images in memory as the column of a table, and those of a folder.
import { readFileSync } from 'node:fs';
import { readHeader } from '../src/data/image/header.ts';
import type { ImageFiles } from '../src/data/image-files.ts';
import type { RawColumns } from '../src/data/raw-columns.ts';
import { sha256 } from '../src/io/sha256.ts';

/** Images by their texts. */
export function imageFiles(read: (text: string) => Uint8Array): ImageFiles {
  return {
    name: 'images',
    digest: (text) => sha256(read(text)),
    header: (text) => readHeader(read(text), `image "${text}"`),
    bytes: async (text) => read(text),
  };
}

/** The images of a folder. */
export function imageFolder(folder: URL): ImageFiles {
  return imageFiles((text) => new Uint8Array(readFileSync(new URL(text, folder))));
}

/** Rows with a column of images, and others. */
export function imageRows(
  texts: readonly string[],
  images: ImageFiles,
  others: Readonly<Record<string, readonly string[]>> = {},
): RawColumns {
  const codes = Uint32Array.from(texts.keys());
  return {
    name: 'images.csv',
    rows: texts.length,
    rowNumbers: codes,
    columns: [
      { name: 'image', codes, texts, images },
      ...Object.entries(others).map(([name, own]) => ({ name, codes, texts: own })),
    ],
  };
}
