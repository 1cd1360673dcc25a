// Texts in pieces of memory: a list grows without copies of what it has.
import type { TextBytes } from './text-bytes.ts';

/** A list of texts that grows at its end, as UTF-8 with a zero byte after each. */
export interface TextList {
  /** Number of texts. */
  readonly count: number;
  /** Their bytes, with the zero bytes. */
  readonly length: number;
  /** Adds a text. @param text without unpaired surrogates and zero bytes */
  add(text: string): void;
  /** Adds texts that have a zero byte after each. */
  addAll(texts: Uint8Array, count: number): void;
  /** The bytes, piece by piece; views, until the next change. */
  pieces(): readonly Uint8Array[];
  /** Removes all texts; the memory of a short list is used again. */
  clear(): void;
  /** Gives back memory that is not used. */
  trim(): void;
  /** Makes it the texts from `first` on. */
  restore(texts: TextBytes, first: number): void;
}

/** Bytes of the first and of the largest pieces. */
const [MIN_PIECE, MAX_PIECE] = [2 ** 10, 2 ** 18];

/** Opens an empty list. */
export function openTextList(): TextList {
  const full: Uint8Array[] = [];
  let piece = new Uint8Array(MIN_PIECE);
  let [count, used, before] = [0, 0, 0];
  /** Makes room for `more` bytes. */
  const reserve = (more: number): void => {
    if (used + more <= piece.length) return;
    if (used > 0) full.push(piece.subarray(0, used));
    before += used;
    used = 0;
    piece = new Uint8Array(Math.max(more, Math.min(MAX_PIECE, 2 * piece.length)));
  };
  const clear = (): void => {
    full.length = 0;
    [count, used, before] = [0, 0, 0];
  };
  return {
    get count() {
      return count;
    },
    get length() {
      return before + used;
    },
    add(text) {
      reserve(3 * text.length + 1);
      const from = used;
      for (let i = 0; i < text.length; i++) {
        const c = text.charCodeAt(i);
        if (c > 0x7f) {
          used = from + new TextEncoder().encodeInto(text, piece.subarray(from)).written;
          break;
        }
        piece[used++] = c;
      }
      piece[used++] = 0;
      count++;
    },
    addAll(texts, more) {
      // fills the piece: what is left of it stays unused otherwise
      const first = Math.min(texts.length, piece.length - used);
      piece.set(texts.subarray(0, first), used);
      used += first;
      if (first < texts.length) {
        reserve(texts.length - first);
        piece.set(texts.subarray(first), used);
        used += texts.length - first;
      }
      count += more;
    },
    pieces: () => [...full, piece.subarray(0, used)],
    clear,
    trim() {
      piece = piece.slice(0, used);
    },
    restore({ bytes, ends }, first) {
      clear();
      const texts = ends.length - 1;
      piece = new Uint8Array(bytes.length - (ends[first] as number) + texts - first);
      for (let k = first; k < texts; k++) {
        const text = bytes.subarray(ends[k], ends[k + 1]);
        piece.set(text, used);
        used += text.length + 1;
      }
      count = texts - first;
    },
  };
}
