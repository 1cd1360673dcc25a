// Lines of CSV without quotes, as bytes: the places of their fields, and the fields of each column one after the other.
// Fields are copied 16 bytes at a time: up to 15 bytes after a text are read, and written before the next text follows. Memory needs as
// much room after its end.

const LF: i8 = 10;
const CR: i8 = 13;
const QUOTE: i8 = 34;
const SPACE: i8 = 32;

/**
 * Finds the fields of complete lines; blank lines are left out.
 * @param bytes `length` bytes and room for 32 more
 * @param crlf whether lines end with CR and LF, otherwise with LF
 * @param width fields of each line, at least 2
 * @param fields receives of each field its first byte and the byte after its last, uint32; room for two of each byte
 * @returns the number of lines; -1 if they have quotes, zero bytes, other line ends or other numbers of fields
 */
export function splitLines(bytes: usize, length: u32, separator: u32, crlf: bool, width: u32, fields: usize): i32 {
  const separators = i8x16.splat(i8(separator));
  const feeds = i8x16.splat(LF);
  const returns = i8x16.splat(CR);
  const quotes = i8x16.splat(QUOTE);
  const zeros = i8x16.splat(0);
  v128.store(bytes + length, i8x16.splat(SPACE));
  v128.store(bytes + length + 16, i8x16.splat(SPACE));
  let refused = zeros;
  let from: u32 = 0;
  let field: u32 = 0;
  let rows: i32 = 0;
  for (let i: u32 = 0; i < length; i += 16) {
    const v = v128.load(bytes + i);
    const isFeed = i8x16.eq(v, feeds);
    const isReturn = i8x16.eq(v, returns);
    // with CRLF, CR and LF come in pairs
    const other = crlf ? v128.xor(isReturn, i8x16.eq(v128.load(bytes + i, 1), feeds)) : isReturn;
    refused = v128.or(v128.or(refused, other), v128.or(i8x16.eq(v, quotes), i8x16.eq(v, zeros)));
    for (let mask = i8x16.bitmask(v128.or(isFeed, i8x16.eq(v, separators))); mask; mask &= mask - 1) {
      const at = i + ctz(mask);
      let to = at;
      if (load<u8>(bytes + at) == LF) {
        if (crlf) to--;
        if (field == 0 && to == from) {
          from = at + 1;
          continue;
        }
        if (++field != width) return -1;
        field = 0;
        rows++;
      } else if (++field == width) return -1;
      store<u32>(fields, from);
      store<u32>(fields, to, 4);
      fields += 8;
      from = at + 1;
    }
  }
  return v128.any_true(refused) ? -1 : rows;
}

/**
 * Copies the fields of each column, one column after the other, each with a zero byte after it.
 * @param fields as of splitLines
 * @param texts receives the bytes of all columns
 * @param totals receives the bytes of each column; uint32 [width]
 */
export function gatherColumns(bytes: usize, fields: usize, rows: u32, width: u32, texts: usize, totals: usize): void {
  const step = usize(width) << 3;
  for (let j: u32 = 0; j < width; j++) {
    const start = texts;
    let at = fields + (usize(j) << 3);
    for (let i: u32 = 0; i < rows; i++) {
      const from = load<u32>(at);
      const size = load<u32>(at, 4) - from;
      for (let k: u32 = 0; k < size; k += 16) v128.store(texts + k, v128.load(bytes + from + k));
      texts += size;
      store<u8>(texts++, 0);
      at += step;
    }
    store<u32>(totals, u32(texts - start));
    totals += 4;
  }
}

/** The bytes before the next zero byte. Up to 15 bytes after it are read. */
export function sizeOf(text: usize): u32 {
  let size: u32 = 0;
  let mask: i32;
  while ((mask = i8x16.bitmask(i8x16.eq(v128.load(text + size), i8x16.splat(0)))) == 0) size += 16;
  return size + ctz(mask);
}

/**
 * Copies texts with a zero byte after each without these bytes.
 * @param from where the first text begins among all texts of the column
 * @param ends receives where each text ends; uint32 [n]
 */
export function joinTexts(texts: usize, n: u32, out: usize, from: u32, ends: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const size = sizeOf(texts);
    for (let k: u32 = 0; k < size; k += 16) v128.store(out + k, v128.load(texts + k));
    texts += size + 1;
    out += size;
    from += size;
    store<u32>(ends + (usize(i) << 2), from);
  }
}
