// Reads one column of one row group of a Parquet file, page by page, with hyparquet. Each page is checked before it is
// decoded.
import type { ColumnDecoder, DecodedArray, PageHeader } from 'hyparquet/src/types.js';
import { concat } from '../io/source.ts';
import { checkPage, type Decoders, maxUnpacked, type Reader, readerOf } from './parquet-page-check.ts';

/**
 * Reads the values of a flat column as consecutive arrays; null where a value is missing.
 * @param bytes the column's part of the file
 * @throws Error or RangeError if the bytes are damaged
 */
export function readPages(bytes: ArrayBuffer, rows: number, column: ColumnDecoder, decoders: Decoders): DecodedArray[] {
  const reader: Reader = { view: new DataView(bytes), offset: 0 };
  const parts: DecodedArray[] = [];
  let dictionary: DecodedArray | undefined;
  let found = 0;
  while (found < rows) {
    const header = decoders.parquetHeader(reader);
    const size = header.compressed_page_size;
    if (!(size >= 0 && reader.offset + size <= bytes.byteLength)) throw new Error('a page that leaves its column');
    const packed = new Uint8Array(bytes, reader.offset, size);
    reader.offset += size;
    if (header.type === 'INDEX_PAGE') continue;
    const { page, plain } = unpack(packed, header, column, decoders);
    checkPage(page, { header: plain, column, maxRows: rows - found, decoders });
    const decoder = { ...column, codec: 'UNCOMPRESSED' as const };
    const { data } = decoders.readPage(readerOf(page), plain, decoder, dictionary, undefined, 0);
    if (!data) throw new Error('an empty page');
    if (header.type === 'DICTIONARY_PAGE') {
      dictionary = decoders.convert(data, column);
      continue;
    }
    found += data.length;
    if (data.length === 0 || found > rows)
      throw new Error(
        `its pages hold ${data.length === 0 ? 'nothing' : `${found} rows`}, the row group states ${rows}`,
      );
    for (let i = 0; i < data.length; i++) {
      if (data[i] === undefined) throw new Error('fewer values than it states, or one that is not in its dictionary');
    }
    parts.push(data);
  }
  return parts;
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
