// Builds a Table from rows of text.
import { checkOptions } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { addPart, byteColumnBuilders } from './byte-column-builder.ts';
import { isFieldBlock } from './field-block.ts';
import { growingList } from './growing-list.ts';
import { hashPart, hashRows } from './hash.ts';
import { withListed } from './listed-values.ts';
import { absentColumn } from './locate-columns.ts';
import { featureNames } from './row-source.ts';
import { type AnyTable, type Column, type RawRows, TABLE_OPTIONS, type Table, type TableOptions } from './table.ts';
import { labelsOf, labelsOfOneClass } from './target.ts';

/** Reads all rows into columns. @throws DebkdError `table`, `target` or `column` */
export async function buildTable(given: RawRows, options: TableOptions): Promise<Table> {
  const source = withListed(given, options);
  const { name, header } = source;
  const drop = checkHeader(source, options);
  const isFeature = header.map((column) => column !== options.target && !drop.has(column));
  const {
    rows,
    columns: all,
    hashes,
  } = source.parts ? await columnsOfParts(source.parts, header, isFeature) : await columnsOfRows(source);
  if (rows === 0) noRows(name);
  const columns = all.filter((column) => column.name !== options.target && !drop.has(column.name));
  const labelColumn = all.find((c) => c.name === options.target);
  const labelled = labelColumn ? readLabels(source, labelColumn, options) : { labels: new Int8Array(rows).fill(-1) };
  const dropped = all.filter((c) => drop.has(c.name));
  const missing = options.missing && { missing: options.missing };
  const notes = notesOf(source);
  const table = {
    name,
    rows,
    columns,
    dropped,
    ...missing,
    ...notes,
    ...labelled,
    hashes: hashes ?? hashRows(columns, rows),
  };
  return openOwnImages(source, table);
}

/** The notes of rows that are all read, where there are any. */
export function notesOf({ notes = [] }: Pick<RawRows, 'notes'>): Pick<Table, 'notes'> {
  return notes.length > 0 ? { notes } : {};
}

interface ReadColumns {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Hashes of the rows, if they were made from the bytes. */
  readonly hashes?: Uint32Array;
}

async function columnsOfRows({ header, chunks }: RawRows): Promise<ReadColumns> {
  const builders = header.map(columnBuilder);
  let rows = 0;
  for await (const chunk of chunks) {
    rows += chunk.length;
    for (const fields of chunk) {
      for (let j = 0; j < builders.length; j++) builders[j]?.add(fields[j] as string);
    }
  }
  return { rows, columns: builders.map((builder) => builder.finish()) };
}

async function columnsOfParts(
  parts: NonNullable<RawRows['parts']>,
  header: readonly string[],
  isFeature: readonly boolean[],
): Promise<ReadColumns> {
  const builders = byteColumnBuilders(header);
  const hashes = growingList();
  let rows = 0;
  for await (const chunk of parts) {
    for (const part of chunk) {
      addPart(builders, part);
      rows += isFieldBlock(part) ? part.rows : part.length;
      hashes.add(hashPart(part, isFeature));
    }
  }
  return { rows, columns: builders.map((builder) => builder.finish()), hashes: hashes.read(0, 2 * rows).slice() };
}

/** Reads the label column. @throws DebkdError `target` */
export function readLabels(
  source: RawRows,
  column: Column,
  { positive, missing, mayLackLabels }: TableOptions,
): Pick<Table, 'labels' | 'target'> {
  const few = mayLackLabels ? labelsOfOneClass(column, positive, missing) : undefined;
  if (few) return { labels: few };
  try {
    return labelsOf(column, positive, source.name, missing);
  } catch (error) {
    throw error instanceof DebkdError && source.explain ? source.explain(error) : error;
  }
}

/** Opens the images that the data itself has. */
export async function openOwnImages<T extends AnyTable>(
  { images }: RawRows,
  table: T,
  options: ProgressOptions = {},
): Promise<T> {
  if (!images || images.size === 0) return table;
  const { openImages } = await import('./open-images.ts');
  let opened = table;
  for (const [image, files] of images) {
    if (featureNames(table).includes(image)) opened = await openImages(opened, { ...options, image, files });
  }
  return opened;
}

/** The options of all readers: storeTable also takes a folder, a signal and onProgress. */
const READER_OPTIONS = [...Object.keys(TABLE_OPTIONS), 'folder', 'signal', 'onProgress'];

/**
 * Returns the names of the dropped columns.
 * @throws DebkdError `value` for an unknown option, `column` or `table` if the header does not fit the options
 */
export function checkHeader({ name, header, explain }: RawRows, options: TableOptions): Set<string> {
  checkOptions(`data ${quote(name, 200)}`, options, READER_OPTIONS);
  const { target, weights } = options;
  const drop = new Set([...(options.drop ?? []), ...(weights === undefined ? [] : [weights])]);
  if (weights !== undefined && weights === target) {
    throw new DebkdError('column', {
      subject: `data ${quote(name, 200)}, weights ${quote(weights)}`,
      seen: 'it is the label column',
      expected: 'another column',
      remedy: { id: 'omit-setting', setting: 'weights' },
    });
  }
  for (const wanted of [...drop, ...(target === undefined ? [] : [target])]) {
    if (header.includes(wanted) || (wanted === target && options.mayLackLabels === 'column')) continue;
    const use = wanted === target ? ' for the target' : wanted === weights ? ' for the weights' : ' to drop';
    const setting = use === ' to drop' ? { setting: 'drop' as const } : {};
    const error = absentColumn({ subject: `data ${quote(name, 200)}`, name: wanted, columns: header, use, ...setting });
    throw wanted === target && explain ? explain(error) : error;
  }
  if (header.every((column) => column === target || drop.has(column))) {
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: 'no feature column is left',
      remedy: ['drop fewer columns', 'give data with features'],
    });
  }
  return drop;
}

export function noRows(name: string): never {
  throw new DebkdError('table', {
    subject: `data ${quote(name, 200)}`,
    seen: 'a header without rows',
    remedy: 'give data with rows',
  });
}

/** Collects the text of each row of a column, as distinct texts and codes. */
export function columnBuilder(name: string): { add(text: string): void; finish(): Column } {
  const index = new Map<string, number>();
  const texts: string[] = [];
  let codes = new Uint32Array(16);
  let n = 0;
  return {
    add(text) {
      let code = index.get(text);
      if (code === undefined) {
        code = texts.length;
        index.set(text, code);
        texts.push(text);
      }
      if (n === codes.length) {
        const longer = new Uint32Array(2 * n);
        longer.set(codes);
        codes = longer;
      }
      codes[n++] = code;
    },
    finish: () => ({ name, codes: codes.slice(0, n), texts }),
  };
}
