// Row hashes: SHA-256 over a row's feature fields as an RFC 4180 line, regardless of the file's quoting.

import { concat } from '../io/source.ts';
import { openArena } from '../kernels/memory.ts';
import { quoteField } from './csv-field.ts';
import { FIELD, type FieldBlock, isFieldBlock, type RowPart } from './field-block.ts';
import type { Column } from './table.ts';

/** Fields whose rows become lines at a time: the lines of a wide table take many times the memory of its texts. */
const CHUNK_FIELDS = 2 ** 18;

/**
 * Hashes rows: the first two 32-bit words of each SHA-256, [rows x 2]. The field of an image is the SHA-256 of its bytes, because its
 * path says nothing about it.
 */
export function hashRows(columns: readonly Column[], rows: number): Uint32Array {
  const fields = columns.map(({ texts, images }) =>
    texts.map((text) => (images ? images.digest(text) : quoteField(text))),
  );
  const out = new Uint32Array(2 * rows);
  const most = Math.ceil(CHUNK_FIELDS / Math.max(1, columns.length));
  for (let from = 0; from < rows; from += most) {
    const n = Math.min(most, rows - from);
    const lines = Array.from({ length: n }, (_, i) => {
      let line = '';
      for (let j = 0; j < columns.length; j++) {
        line += (j > 0 ? ',' : '') + (fields[j]?.[columns[j]?.codes[from + i] as number] as string);
      }
      return line;
    });
    out.set(hashLines(lines), 2 * from);
  }
  return out;
}

/**
 * Hashes rows as they are read, as hashRows does without images.
 * @param isFeature whether each field is a feature
 */
export function hashPart(part: RowPart, isFeature: readonly boolean[]): Uint32Array {
  if (isFieldBlock(part)) return hashBlock(part, isFeature);
  return hashLines(
    part.map((fields) =>
      fields
        .filter((_, j) => isFeature[j])
        .map(quoteField)
        .join(','),
    ),
  );
}

const [COMMA, QUOTE] = [44, 34];

function hashBlock(block: FieldBlock, isFeature: readonly boolean[]): Uint32Array {
  const { bytes, fields, rows, width, delimiter } = block;
  // the first and the last field of each run: with commas between them, the bytes of a run are those of the line
  const runs: number[] = [];
  for (let j = 0; j < width; j++) {
    if (!isFeature[j]) continue;
    if (delimiter === ',' && runs.at(-1) === j - 1) runs[runs.length - 1] = j;
    else runs.push(j, j);
  }
  const places = new Uint32Array(2 * rows);
  if (delimiter !== ',' || runs.length > 2) return hashBytes(joinRuns(block, runs, places), places);
  const [first, last] = [FIELD * (runs[0] as number), FIELD * (runs[1] as number) + 1];
  for (let i = 0; i < rows; i++) {
    places[2 * i] = fields[FIELD * width * i + first] as number;
    places[2 * i + 1] = fields[FIELD * width * i + last] as number;
  }
  return hashBytes(bytes, places);
}

/** The lines of the rows, one after the other. @param places receives where each begins and ends */
function joinRuns(
  { bytes, fields, rows, width, delimiter }: FieldBlock,
  runs: readonly number[],
  places: Uint32Array,
): Uint8Array {
  // a field with a comma, which is not the delimiter then, gets two quotes
  const lines = new Uint8Array(bytes.length + (2 * fields.length) / FIELD);
  let n = 0;
  for (let i = 0; i < rows; i++) {
    const row = i * width;
    places[2 * i] = n;
    for (let k = 0; k < runs.length; k += 2) {
      if (k > 0) lines[n++] = COMMA;
      const from = fields[FIELD * (row + (runs[k] as number))] as number;
      const to = fields[FIELD * (row + (runs[k + 1] as number)) + 1] as number;
      const start = n;
      for (let b = from; b < to; b++) lines[n++] = bytes[b] as number;
      if (delimiter === ',' || !lines.subarray(start, n).includes(COMMA)) continue;
      lines.copyWithin(start + 1, start, n);
      lines[start] = QUOTE;
      lines[n + 1] = QUOTE;
      n += 2;
    }
    places[2 * i + 1] = n;
  }
  return lines.subarray(0, n);
}

function hashLines(lines: readonly string[]): Uint32Array {
  const encoder = new TextEncoder();
  let bytes = encoder.encode(lines.join(''));
  const places = new Uint32Array(2 * lines.length);
  const characters = lines.reduce((sum, line) => sum + line.length, 0);
  const isAscii = bytes.length === characters;
  // not ASCII: bytes and characters differ, so find each line's end by encoding it separately
  const parts = isAscii ? [] : lines.map((line) => encoder.encode(line));
  if (!isAscii) bytes = concat(parts);
  let at = 0;
  lines.forEach((line, i) => {
    places[2 * i] = at;
    at += (parts[i] ?? line).length;
    places[2 * i + 1] = at;
  });
  return hashBytes(bytes, places);
}

/** @param places line i is bytes [places[2 i], places[2 i + 1]) */
function hashBytes(bytes: Uint8Array, places: Uint32Array): Uint32Array {
  const rows = places.length / 2;
  using arena = openArena();
  const data = arena.put(bytes);
  const words = arena.reserve(8 * rows);
  arena.kernels.hashRows(data, arena.put(places), rows, words);
  return arena.u32(words, 2 * rows);
}
