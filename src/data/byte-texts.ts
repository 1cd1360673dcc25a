// Distinct texts as UTF-8 in one array: no string is made until a text is read. Where they are in a file, they are read when they are needed.
import { numbersOf } from './parse-numbers.ts';
import type { Column } from './table.ts';
import type { TextBytes } from './text-bytes.ts';

/** Distinct texts, in order of first appearance. */
export interface ByteTexts {
  /** Number of texts. */
  readonly count: number;
  /** Their bytes. */
  content(): TextBytes;
  /** The texts as strings, decoded at the first call. */
  texts(): readonly string[];
  /** One of them. */
  text(k: number): string;
  /** parseNumber of each text, computed once; float64 [count]. The caller must not change them. */
  numbers(): Float64Array;
}

/** The texts of columns that have them as bytes. */
const bytesOf: WeakMap<Column, ByteTexts> = /* @__PURE__ */ new WeakMap();

/** A column whose texts become strings when they are read. @param codes the codes, or what reads them */
export function byteColumn(name: string, codes: Uint32Array | (() => Uint32Array), texts: ByteTexts): Column {
  let known = typeof codes === 'function' ? undefined : codes;
  const column: Column = {
    name,
    get codes() {
      known ??= (codes as () => Uint32Array)();
      return known;
    },
    get texts() {
      return texts.texts();
    },
  };
  bytesOf.set(column, texts);
  return column;
}

/** The texts of a column as bytes; undefined if it has strings. */
export function byteTextsOf(column: Column): ByteTexts | undefined {
  return bytesOf.get(column);
}

/** The number of distinct texts. */
export function textCount(column: Column): number {
  return bytesOf.get(column)?.count ?? column.texts.length;
}

/** One of the distinct texts. */
export function textAt(column: Column, k: number): string {
  return bytesOf.get(column)?.text(k) ?? (column.texts[k] as string);
}

/** Unpaired surrogates, which UTF-8 cannot encode. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Whether UTF-8 can encode the texts. */
export function areWellFormed(texts: readonly string[]): boolean {
  return !texts.some((text) => LONE_SURROGATE.test(text));
}

/** Well-formed texts as bytes. */
export function encodeTexts(texts: readonly string[]): TextBytes {
  const encoder = new TextEncoder();
  const joined = texts.join('');
  const bytes = encoder.encode(joined);
  const isAscii = bytes.length === joined.length;
  const ends = new Uint32Array(texts.length + 1);
  texts.forEach((text, k) => {
    ends[k + 1] = (ends[k] as number) + (isAscii ? text.length : encoder.encode(text).length);
  });
  return { bytes, ends };
}

/** The same column with other rows; its texts stay bytes if they are. */
export function withCodes(column: Column, codes: Uint32Array): Column {
  const texts = bytesOf.get(column);
  return texts ? byteColumn(column.name, codes, texts) : { ...column, codes };
}

/** Longer texts that are decoded one by one before all are. */
const MAX_SINGLE = 64;
/** Bytes of a text that is decoded by itself at any time. */
const SHORT = 16;

/** A short text of ASCII; undefined for any other. */
function shortText(bytes: Uint8Array, from: number, to: number): string | undefined {
  if (to - from > SHORT) return undefined;
  let text = '';
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/**
 * Opens texts as bytes.
 * @param source.content reads the bytes; it is called when a text is first needed
 * @param source.numbers reads the numbers; default: they are parsed
 */
export function openByteTexts(
  count: number,
  source: { readonly content: () => TextBytes; readonly numbers?: (() => Float64Array) | undefined },
): ByteTexts {
  // a byte order mark inside the file is part of the text
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let read: TextBytes | undefined;
  let all: string[] | undefined;
  let parsed: Float64Array | undefined;
  let single = 0;
  const content = (): TextBytes => {
    read ??= source.content();
    return read;
  };
  const decode = (k: number): string => {
    const { bytes, ends } = content();
    return decoder.decode(bytes.subarray(ends[k], ends[k + 1]));
  };
  const texts = (): string[] => {
    if (all) return all;
    const { bytes, ends } = content();
    const joined = decoder.decode(bytes);
    const isAscii = joined.length === bytes.length;
    all = [];
    for (let k = 0; k < count; k++) all.push(isAscii ? joined.slice(ends[k], ends[k + 1]) : decode(k));
    return all;
  };
  return {
    count,
    content,
    texts,
    text(k) {
      if (all) return all[k] as string;
      const { bytes, ends } = content();
      const short = shortText(bytes, ends[k] as number, ends[k + 1] as number);
      return short ?? (single++ >= MAX_SINGLE ? (texts()[k] as string) : decode(k));
    },
    numbers() {
      parsed ??= source.numbers?.() ?? numbersOf(content());
      return parsed;
    },
  };
}
