// Access to models/, and its WDBC data set, split and encoded.
import { readFileSync } from 'node:fs';
import { readCsv } from '../src/data/csv.ts';
import { type Dataset, encode } from '../src/data/dataset.ts';
import { type Preprocessing, parsePreprocessing } from '../src/data/preprocessing.ts';
import { readSplit, split } from '../src/data/split.ts';
import type { Table } from '../src/data/table.ts';

export function model(path: string): URL {
  return new URL(`../models/${path}`, import.meta.url);
}

export function modelJson<T>(path: string): T {
  return JSON.parse(readFileSync(model(path), 'utf8')) as T;
}

export async function wdbc(): Promise<
  Record<'train' | 'validation' | 'test', Dataset> & { table: Table; preprocessing: Preprocessing }
> {
  const preprocessing = parsePreprocessing(modelJson('wdbc/preprocessing.json'), 'wdbc');
  const table = await readCsv(model('wdbc/data.csv'), { target: 'label' });
  const parts = split(table, { by: await readSplit(model('wdbc/split.csv')) });
  const of = (rows: Uint32Array): Dataset => encode(table, preprocessing, { rows });
  return { table, preprocessing, train: of(parts.train), validation: of(parts.validation), test: of(parts.test) };
}
