// Lines of CSV that are read as bytes, chunk by chunk, as long as they are plain: without quotes.
import { concat } from '../io/source.ts';
import { type FieldBlock, splitLines } from './field-block.ts';
import type { RowText } from './row-text.ts';

/** Lines that are read as bytes. */
export interface PlainLines {
  /** Number of bytes after the last complete line; undefined unless the lines before are plain. */
  readonly tailLength: number | undefined;
  /**
   * Reads the complete lines of a chunk; undefined unless they are plain.
   * @param text of the chunk; undefined if it is ASCII
   */
  read(chunk: Uint8Array, text: string | undefined): FieldBlock[] | undefined;
  /** Gives the bytes after the last complete line back to the text. */
  end(): void;
}

/** Opens the plain lines that follow the rows of `rows`. */
export function openPlainLines(rows: RowText): PlainLines {
  // `tailText` is the text of the tail unless it is ASCII
  let tail: Uint8Array | undefined;
  let tailText: string | undefined;
  let joined = new Uint8Array(0);
  /** Joins bytes in memory that is used again at each call. */
  const join = (first: Uint8Array, second: Uint8Array): Uint8Array => {
    const length = first.length + second.length;
    if (joined.length < length) joined = new Uint8Array(2 * length);
    joined.set(first);
    joined.set(second, first.length);
    return joined.subarray(0, length);
  };
  const read = (chunk: Uint8Array, text: string | undefined): FieldBlock[] | undefined => {
    const { dialect, width, memory, pending } = rows;
    if (!dialect || width === undefined || width < 2 || dialect.newline === '\r') return undefined;
    if (!tail && pending.includes('"')) return undefined;
    const start = tail ?? new TextEncoder().encode(pending);
    const startText = tail ? tailText : pending;
    const end = chunk.lastIndexOf(10) + 1;
    const after = chunk.subarray(end);
    if (after.includes(0) || after.includes(34)) return undefined;
    const blocks =
      end === 0
        ? []
        : splitLines(start.length === 0 ? chunk.subarray(0, end) : join(start, chunk.subarray(0, end)), dialect, {
            width,
            memory,
          });
    if (!blocks) return undefined;
    tail = end === 0 ? concat([start, chunk]) : after.slice();
    if (end > 0) tailText = text?.slice(text.lastIndexOf('\n') + 1);
    else if (startText !== undefined || text !== undefined)
      tailText = (startText ?? asciiText(start)) + (text ?? asciiText(chunk));
    return blocks;
  };
  return {
    get tailLength() {
      return tail?.length;
    },
    read,
    end() {
      if (!tail) return;
      rows.pending = tailText ?? asciiText(tail);
      tail = undefined;
      tailText = undefined;
    },
  };
}

function asciiText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
