// One column of one row group of a Parquet file, page by page by hyparquet. Every length that a page states is checked
// against what can be there before it is decoded: hyparquet trusts them, and a few bytes could ask for gigabytes.
import type { ColumnDecoder, DecodedArray, PageHeader } from 'hyparquet/src/types.js';
import { concat } from '../io/source.ts';

/** Bytes that a page may unpack to, whatever its size; beyond, so many times its size. */
const MAX_PAGE = 2 ** 26;
const MAX_RATIO = 250;

/** Parts of hyparquet, loaded when a Parquet file is read. */
export type Decoders = Pick<typeof import('hyparquet/src/column.js'), 'parquetHeader' | 'readPage'> &
  Pick<typeof import('hyparquet/src/datapage.js'), 'decompressPage'> &
  Pick<typeof import('hyparquet/src/delta.js'), 'deltaBinaryUnpack'> &
  Pick<typeof import('hyparquet/src/convert.js'), 'convert'>;

interface Reader {
  readonly view: DataView<ArrayBuffer>;
  offset: number;
}

/**
 * Values of a flat column, in arrays one after the other; null where missing.
 * @param bytes the column's part of the file
 * @throws Error or RangeError when they are no such column
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
    checkPage(page, plain, column, rows - found, decoders);
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

const readerOf = (bytes: Uint8Array<ArrayBuffer>): Reader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

/** A page without compression, and the header that it would have had. */
function unpack(
  packed: Uint8Array<ArrayBuffer>,
  header: PageHeader,
  { codec, compressors }: ColumnDecoder,
  { decompressPage }: Decoders,
): { page: Uint8Array<ArrayBuffer>; plain: PageHeader } {
  const { uncompressed_page_size: size, data_page_header_v2: v2 } = header;
  if (!(size >= 0 && size <= Math.max(MAX_PAGE, MAX_RATIO * packed.length))) {
    throw new Error(`a page of ${packed.length} bytes that states to hold ${size}`);
  }
  // the levels of a page of the second kind are never compressed
  const levels = v2 ? v2.repetition_levels_byte_length + v2.definition_levels_byte_length : 0;
  if (!(levels >= 0 && levels <= Math.min(size, packed.length))) throw new Error('levels that leave their page');
  const values = packed.subarray(levels);
  const open =
    codec === 'UNCOMPRESSED' || v2?.is_compressed === false
      ? values
      : decompressPage(values, size - levels, codec, compressors);
  const page = levels === 0 ? open : concat([packed.subarray(0, levels), open]);
  return {
    page: page as Uint8Array<ArrayBuffer>,
    plain: {
      ...header,
      ...{ compressed_page_size: page.length, uncompressed_page_size: page.length },
      ...(v2 && { data_page_header_v2: { ...v2, is_compressed: false } }),
    },
  };
}

/** Refuses lengths that would be decoded into more than the page can hold. */
function checkPage(
  page: Uint8Array<ArrayBuffer>,
  header: PageHeader,
  { element, type }: ColumnDecoder,
  rows: number,
  decoders: Decoders,
): void {
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: words } = header;
  const values = (v1 ?? v2 ?? words)?.num_values ?? 0;
  // every value of a dictionary takes a byte at least
  if (!(values >= 0 && values <= (words ? page.length : rows))) throw new Error(`a page that states ${values} values`);
  const encoding = (v1 ?? v2)?.encoding;
  if (encoding === undefined) return;
  const reader = readerOf(page);
  let nulls = v2?.num_nulls ?? 0;
  if (!(nulls >= 0 && nulls <= values)) throw new Error(`a page that states ${nulls} missing values`);
  if (element.repetition_type !== 'REQUIRED') {
    const length = v2 ? v2.definition_levels_byte_length : reader.view.getUint32(0, true);
    reader.offset = v2 ? v2.repetition_levels_byte_length : 4;
    const end = reader.offset + length;
    const ones = checkRuns(reader, Math.min(end, page.length), 1, values);
    if (v1) nulls = values - ones;
    else if (nulls !== values - ones) throw new Error('another number of missing values than it states');
    reader.offset = end;
  }
  const present = values - nulls;
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    const width = reader.view.getUint8(reader.offset++);
    if (width > 32) throw new Error(`dictionary indices of ${width} bits, more than 32`);
    if (width > 0 || v2) checkRuns(reader, page.length, width, present);
  } else if (encoding === 'RLE') {
    if (type !== 'BOOLEAN') throw new Error('run-length encoding of a column that is not boolean');
    reader.offset += 4;
    checkRuns(reader, page.length, 1, present);
  } else if (encoding === 'DELTA_BYTE_ARRAY') {
    checkDeltas(reader, present, decoders);
  }
}

/**
 * Walks the runs of the hybrid of run lengths and packed bits.
 * @param count values that they hold
 * @returns how many of them are 1, where width is 1
 */
function checkRuns(reader: Reader, end: number, width: number, count: number): number {
  const { view } = reader;
  let seen = 0;
  let ones = 0;
  while (seen < count) {
    const head = readVarint(reader);
    const left = count - seen;
    if (head & 1) {
      const groups = head >>> 1;
      const bytes = groups * width;
      // the last group may be padded, and some programs write whole blocks of them
      if (groups === 0 || 8 * groups > left + MAX_PADDING || reader.offset + bytes > end + width * (MAX_PADDING / 8)) {
        throw new Error('packed values beyond the end of their page');
      }
      if (width === 1) {
        for (let i = 0; i < Math.min(left, 8 * groups); i++) {
          ones += (view.getUint8(reader.offset + (i >> 3)) >> (i & 7)) & 1;
        }
      }
      reader.offset += bytes;
      seen += Math.min(left, 8 * groups);
    } else {
      const run = head >>> 1;
      if (run === 0 || run > left) throw new Error('a run of more values than there are');
      if (width === 1) ones += run * view.getUint8(reader.offset);
      reader.offset += (width + 7) >> 3;
      seen += run;
    }
    if (reader.offset > view.byteLength) throw new Error('a run that is cut');
  }
  return ones;
}

const MAX_PADDING = 512;

function readVarint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.view.getUint8(reader.offset++);
    value |= (byte & 127) << shift;
    if (byte < 128) return value >>> 0;
  }
  throw new Error('a number of more than five bytes');
}

/** Texts that repeat the beginning of the one before could grow without end. */
function checkDeltas(reader: Reader, count: number, { deltaBinaryUnpack }: Decoders): void {
  const [prefixes, suffixes] = [new Int32Array(count), new Int32Array(count)];
  if (count === 0) return;
  deltaBinaryUnpack(reader, count, prefixes);
  deltaBinaryUnpack(reader, count, suffixes);
  let before = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const [prefix = 0, suffix = 0] = [prefixes[i], suffixes[i]];
    if (prefix < 0 || suffix < 0 || prefix > before) throw new Error('texts of wrong lengths');
    before = prefix + suffix;
    total += before;
  }
  if (total > Math.max(MAX_PAGE, MAX_RATIO * reader.view.byteLength))
    throw new Error('texts that unpack to more than they may');
}
