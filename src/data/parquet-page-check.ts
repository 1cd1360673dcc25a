// Checks an unpacked Parquet page before hyparquet decodes it. hyparquet trusts every length that a page states: a few
// bytes could make it allocate gigabytes.
import type { ColumnDecoder, PageHeader } from 'hyparquet/src/types.js';

/** Bytes that any page may unpack to; a larger page may unpack to MAX_RATIO times its size. */
const MAX_PAGE = 2 ** 26;
const MAX_RATIO = 250;

/** Maximum unpacked bytes of a page. */
export function maxUnpacked(packedBytes: number): number {
  return Math.max(MAX_PAGE, MAX_RATIO * packedBytes);
}

/** The functions of hyparquet that read pages, loaded on demand. */
export type Decoders = Pick<typeof import('hyparquet/src/column.js'), 'parquetHeader' | 'readPage'> &
  Pick<typeof import('hyparquet/src/datapage.js'), 'decompressPage'> &
  Pick<typeof import('hyparquet/src/delta.js'), 'deltaBinaryUnpack'> &
  Pick<typeof import('hyparquet/src/convert.js'), 'convert'>;

/** What hyparquet reads from. */
export interface Reader {
  readonly view: DataView<ArrayBuffer>;
  offset: number;
}

export const readerOf = (bytes: Uint8Array<ArrayBuffer>): Reader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

export interface CheckPageOptions {
  readonly header: PageHeader;
  readonly column: ColumnDecoder;
  /** Rows of the row group that the pages before have left. */
  readonly maxRows: number;
  readonly decoders: Decoders;
}

/** Refuses a page whose lengths would make it decode to more than it can hold. @throws Error or RangeError */
export function checkPage(
  page: Uint8Array<ArrayBuffer>,
  { header, column: { schemaPath, type }, maxRows, decoders }: CheckPageOptions,
): void {
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header;
  const values = (v1 ?? v2 ?? dictionary)?.num_values ?? 0;
  // each value of a dictionary takes at least one byte
  if (!(values >= 0 && values <= (dictionary ? page.length : maxRows)))
    throw new Error(`a page that states ${values} values`);
  const encoding = (v1 ?? v2)?.encoding;
  if (encoding === undefined) return;
  const reader = readerOf(page);
  let nulls = v2?.num_nulls ?? 0;
  if (!(nulls >= 0 && nulls <= values)) throw new Error(`a page that states ${nulls} missing values`);
  // a value is missing if it is, or if the struct around it is
  const level = schemaPath.slice(1).filter(({ element }) => element.repetition_type !== 'REQUIRED').length;
  if (level > 0) {
    const length = v2 ? v2.definition_levels_byte_length : reader.view.getUint32(0, true);
    reader.offset = v2 ? v2.repetition_levels_byte_length : 4;
    const end = reader.offset + length;
    const found = checkRuns(reader, { end: Math.min(end, page.length), width: level, count: values, wanted: level });
    if (v1) nulls = values - found;
    else if (nulls !== values - found) throw new Error('another number of missing values than it states');
    reader.offset = end;
  }
  const present = values - nulls;
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    const width = reader.view.getUint8(reader.offset++);
    if (width > 32) throw new Error(`dictionary indices of ${width} bits, more than 32`);
    if (width > 0 || v2) checkRuns(reader, { end: page.length, width, count: present });
  } else if (encoding === 'RLE') {
    if (type !== 'BOOLEAN') throw new Error('run-length encoding of a column that is not boolean');
    reader.offset += 4;
    checkRuns(reader, { end: page.length, width: 1, count: present });
  } else if (encoding === 'DELTA_BYTE_ARRAY') {
    checkDeltas(reader, present, decoders);
  }
}

/** Runs of values. */
interface Runs {
  /** Where they end; an offset of the reader. */
  readonly end: number;
  /** Bits of a value. */
  readonly width: number;
  /** Number of values. */
  readonly count: number;
  /** The value to count, of one bit or two. */
  readonly wanted?: number;
}

/**
 * Walks the runs of Parquet's hybrid of run-length encoding and bit packing.
 * @returns the number of values that are `wanted`
 */
function checkRuns(reader: Reader, { end, width, count, wanted }: Runs): number {
  const { view } = reader;
  let counted = 0;
  let found = 0;
  while (counted < count) {
    const head = readVarint(reader);
    const remaining = count - counted;
    if (head & 1) {
      const groups = head >>> 1;
      const bytes = groups * width;
      // the last group may be padded; some writers pad to a whole block of groups
      if (
        groups === 0 ||
        8 * groups > remaining + MAX_PADDING ||
        reader.offset + bytes > end + width * (MAX_PADDING / 8)
      ) {
        throw new Error('packed values beyond the end of their page');
      }
      if (wanted !== undefined) {
        for (let i = 0; i < Math.min(remaining, 8 * groups); i++) {
          const bit = width * i;
          const value = (view.getUint8(reader.offset + (bit >> 3)) >> (bit & 7)) & ((1 << width) - 1);
          if (value === wanted) found++;
        }
      }
      reader.offset += bytes;
      counted += Math.min(remaining, 8 * groups);
    } else {
      const run = head >>> 1;
      if (run === 0 || run > remaining) throw new Error('a run of more values than there are');
      if (wanted !== undefined && view.getUint8(reader.offset) === wanted) found += run;
      reader.offset += (width + 7) >> 3;
      counted += run;
    }
    if (reader.offset > view.byteLength) throw new Error('a run that is cut');
  }
  return found;
}

/** Maximum values of padding after the last. */
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

/**
 * Checks the lengths of delta-encoded texts, each of which may repeat the beginning of the one before and so grow
 * without limit.
 */
function checkDeltas(reader: Reader, count: number, { deltaBinaryUnpack }: Decoders): void {
  const [prefixes, suffixes] = [new Int32Array(count), new Int32Array(count)];
  if (count === 0) return;
  deltaBinaryUnpack(reader, count, prefixes);
  deltaBinaryUnpack(reader, count, suffixes);
  let lastLength = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const [prefix = 0, suffix = 0] = [prefixes[i], suffixes[i]];
    if (prefix < 0 || suffix < 0 || prefix > lastLength) throw new Error('texts of wrong lengths');
    lastLength = prefix + suffix;
    total += lastLength;
  }
  if (total > maxUnpacked(reader.view.byteLength)) throw new Error('texts that unpack to more than they may');
}
