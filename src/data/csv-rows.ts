// Decodes chunks of bytes and parses them into rows of CSV: lines without quotes as bytes, all others with Papa Parse.
import { DebkdError, quote } from '../io/errors.ts';
import { openPlainLines } from './plain-lines.ts';
import { openRowText, type ReadPart, type RowOptions } from './row-text.ts';

/** Maximum characters of a row. */
const MAX_ROW = 2 ** 23;
/** An incomplete row with more characters than this is scanned again only after it has doubled, not for every chunk. */
const MAX_RESCANNED = 2 ** 16;

/** Bytes that are parsed at a time. */
const PIECE = 2 ** 18;

/**
 * Decodes and parses rows, chunk by chunk; rows may differ in length. Blank lines are left out, unless a row has only one field.
 * The first part of a file is a list of rows.
 */
export async function* parseRows(
  bytes: AsyncGenerator<Uint8Array>,
  name: string,
  options: RowOptions = {},
): AsyncGenerator<ReadPart[]> {
  const rows = await openRowText(name, options);
  const lines = openPlainLines(rows);
  const decode = openDecoder(name);
  let isDecoded = true; // no part of a character is left in the decoder
  let rescanLength = 0;
  for await (const chunk of inPieces(bytes)) {
    if (chunk.length === 0) continue;
    const wasDecoded = isDecoded;
    const inLines = lines.tailLength !== undefined;
    const isPlain = wasDecoded && isAscii(chunk);
    const decoded = isPlain && (inLines || rows.dialect) ? undefined : decode(chunk);
    isDecoded = (chunk[chunk.length - 1] as number) < 0x80;
    const mayBePlain = inLines || (wasDecoded && rescanLength === 0 && !options.onlyRows);
    const blocks = mayBePlain ? lines.read(chunk, decoded) : undefined;
    if (blocks) {
      if (blocks.length > 0) yield blocks;
      if ((lines.tailLength as number) <= MAX_ROW) continue;
    }
    lines.end();
    const text = blocks ? '' : (decoded ?? decode(chunk));
    rows.pending += text;
    if (text.includes('\0')) refuseBinary(rows.pending, name);
    if (rows.pending.length < rescanLength) continue;
    const parts = rows.parse(false);
    if (parts.length > 0) yield parts;
    const { pending } = rows;
    rescanLength = parts.length === 0 && pending.length > MAX_RESCANNED ? 2 * pending.length : 0;
    if (pending.length > MAX_ROW) {
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: `a row of more than ${MAX_ROW / 2 ** 20} MiB (it begins ${quote(pending)})`,
        remedy: 'look for a quote that is never closed',
      });
    }
  }
  lines.end();
  rows.pending += decode();
  if (rows.pending !== '') yield rows.parse(true);
}

/** Returns a function that decodes chunks, and without one what is left at the end. */
function openDecoder(name: string): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (chunk) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: 'the bytes are not UTF-8 text',
        remedy: ['save a CSV as UTF-8', 'check that this is the right file'],
      });
    }
  };
}

/** Refuses text with characters of code 0. */
function refuseBinary(text: string, name: string): never {
  const what = /^(?:[^\0]\0){4}|^(?:\0[^\0]){4}/.test(text) ? 'UTF-16 text' : 'binary data';
  throw new DebkdError('table', {
    subject: `data ${quote(name, 200)}`,
    seen: what,
    expected: 'CSV with a header, NDJSON, Parquet or npy',
    remedy: what === 'UTF-16 text' ? 'save it as UTF-8' : 'check that this is the right file',
  });
}

/** Cuts large chunks, after lines where it can: a piece and the places of its fields fit into the cache. */
async function* inPieces(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.length - from <= 2 * PIECE ? 0 : chunk.indexOf(10, from + PIECE) + 1;
      const to = end === 0 ? chunk.length : end;
      yield chunk.subarray(from, to);
      from = to;
    }
  }
}

function isAscii(bytes: Uint8Array): boolean {
  let bits = 0;
  // four bytes at a time where they are aligned
  const words = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0;
  const list = new Uint32Array(bytes.buffer, words === 0 ? 0 : bytes.byteOffset, words);
  for (let i = 0; i < words; i++) bits |= list[i] as number;
  for (let i = 4 * words; i < bytes.length; i++) bits |= bytes[i] as number;
  return (bits & 0x80808080) === 0;
}
