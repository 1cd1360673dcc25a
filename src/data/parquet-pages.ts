// Reads one column of one row group of a Parquet file, page by page, with hyparquet. Each page is checked before it is
// decoded.
import type { ColumnDecoder, DecodedArray, PageHeader } from 'hyparquet/src/types.js';
import type { RandomAccess } from '../io/random-access.ts';
import { concat } from '../io/source.ts';
import { checkPage, type Decoders, maxUnpacked, type Reader, readerOf } from './parquet-page-check.ts';

/** Bytes in which the header of a page must be, at first and at most: it may hold the smallest and the largest value. */
const HEAD = 2 ** 13;
const MAX_HEAD = 2 ** 23;

/**
 * Reads the values of a flat column as consecutive arrays; null where a value is missing.
 * @param bytes the column's part of the file
 * @throws Error or RangeError if the bytes are damaged
 */
export function readPages(bytes: ArrayBuffer, rows: number, column: ColumnDecoder, decoders: Decoders): DecodedArray[] {
  const reader: Reader = { view: new DataView(bytes), offset: 0 };
  const pages = openPages(rows, column, decoders);
  const parts: DecodedArray[] = [];
  while (pages.remaining() > 0) {
    const header = decoders.parquetHeader(reader);
    const size = header.compressed_page_size;
    if (!(size >= 0 && reader.offset + size <= bytes.byteLength)) throw new Error('a page that leaves its column');
    const packed = new Uint8Array(bytes, reader.offset, size);
    reader.offset += size;
    const values = pages.read(packed, header);
    if (values) parts.push(values);
  }
  return parts;
}

/**
 * Reads the pages of a column from the file, one at a time: for columns of bytes, whose pages are many or large.
 * @throws Error or RangeError if the bytes are damaged
 */
export async function* streamPages(
  file: RandomAccess,
  { start, size }: { readonly start: number; readonly size: number },
  pages: Pages,
  decoders: Decoders,
): AsyncGenerator<DecodedArray> {
  let at = start;
  while (pages.remaining() > 0) {
    const { header, length } = await readHead(file, at, start + size, decoders);
    const packedSize = header.compressed_page_size;
    at += length;
    if (!(packedSize >= 0 && at + packedSize <= start + size)) throw new Error('a page that leaves its column');
    const values = pages.read(new Uint8Array(await file.slice(at, at + packedSize)), header);
    at += packedSize;
    if (values) yield values;
  }
}

async function readHead(
  file: RandomAccess,
  at: number,
  end: number,
  { parquetHeader }: Decoders,
): Promise<{ header: PageHeader; length: number }> {
  for (let length = HEAD; ; length *= 32) {
    const reader: Reader = { view: new DataView(await file.slice(at, Math.min(end, at + length))), offset: 0 };
    try {
      return { header: parquetHeader(reader), length: reader.offset };
    } catch (error) {
      if (at + length >= end || length > MAX_HEAD) throw error;
    }
  }
}

/** The pages of a column, in order. */
export interface Pages {
  /** Number of values that are still to come. */
  remaining(): number;
  /** Decodes a page; undefined for one without values, such as a dictionary. */
  read(packed: Uint8Array<ArrayBuffer>, header: PageHeader): DecodedArray | undefined;
}

/** Opens the pages of a column. @param rows number of values that they hold */
export function openPages(rows: number, column: ColumnDecoder, decoders: Decoders): Pages {
  let dictionary: DecodedArray | undefined;
  let found = 0;
  return {
    remaining: () => rows - found,
    read(packed, header) {
      if (header.type === 'INDEX_PAGE') return undefined;
      const { page, plain } = unpack(packed, header, column, decoders);
      checkPage(page, { header: plain, column, maxRows: rows - found, decoders });
      const decoder = { ...column, codec: 'UNCOMPRESSED' as const };
      const { data } = decoders.readPage(readerOf(page), plain, decoder, dictionary, undefined, 0);
      if (!data) throw new Error('an empty page');
      if (header.type === 'DICTIONARY_PAGE') {
        dictionary = decoders.convert(data, column);
        return undefined;
      }
      found += data.length;
      if (data.length === 0 || found > rows)
        throw new Error(
          `its pages hold ${data.length === 0 ? 'nothing' : `${found} rows`}, the row group states ${rows}`,
        );
      for (let i = 0; i < data.length; i++) {
        if (data[i] === undefined) throw new Error('fewer values than it states, or one that is not in its dictionary');
      }
      return data;
    },
  };
}

/** Decompresses a page, and changes its header accordingly. */
function unpack(
  packed: Uint8Array<ArrayBuffer>,
  header: PageHeader,
  { codec, compressors }: ColumnDecoder,
  { decompressPage }: Decoders,
): { page: Uint8Array<ArrayBuffer>; plain: PageHeader } {
  const { uncompressed_page_size: size, data_page_header_v2: v2 } = header;
  if (!(size >= 0 && size <= maxUnpacked(packed.length))) {
    throw new Error(`a page of ${packed.length} bytes that states to hold ${size}`);
  }
  // the levels of a version 2 page are never compressed
  const levels = v2 ? v2.repetition_levels_byte_length + v2.definition_levels_byte_length : 0;
  if (!(levels >= 0 && levels <= Math.min(size, packed.length))) throw new Error('levels that leave their page');
  const values = packed.subarray(levels);
  const unpacked =
    codec === 'UNCOMPRESSED' || v2?.is_compressed === false
      ? values
      : decompressPage(values, size - levels, codec, compressors);
  const page = levels === 0 ? unpacked : concat([packed.subarray(0, levels), unpacked]);
  return {
    page: page as Uint8Array<ArrayBuffer>,
    plain: {
      ...header,
      compressed_page_size: page.length,
      uncompressed_page_size: page.length,
      ...(v2 && { data_page_header_v2: { ...v2, is_compressed: false } }),
    },
  };
}
