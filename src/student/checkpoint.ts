// A checkpoint: finished parts of a run by name, under a key that names the run. "debkdcp\0", version (uint32), key
// (32 bytes), then name length, name, byte length, bytes of each part, and SHA-256 of all before. Little-endian.
import type { LabelCache } from '../io/cache.ts';
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import { sha256, sha256Bytes } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { withStoredNames } from '../io/stored-names.ts';

/** Where a run keeps its finished parts. A part that was put can be got by a later run with the same key. */
export interface Checkpoint {
  /** The bytes of a part; undefined where it is not finished. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Replaces an earlier part of this name. @throws DebkdError `source` where it cannot be kept */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Least milliseconds between two states of a student in training; default 1000. No result depends on it. */
  readonly pause?: number;
}

/** A checkpoint that says whether it goes on from an earlier one. */
export interface OpenedCheckpoint extends Checkpoint {
  /** Whether an earlier run of the same key was found. */
  readonly resumed: boolean;
}

const MAGIC = new TextEncoder().encode('debkdcp\0');
const VERSION = 1;

/** A run's key: SHA-256 over everything that its result depends on. */
export function checkpointKey(inputs: unknown): Uint8Array {
  return sha256Bytes(new TextEncoder().encode(JSON.stringify([VERSION, withStoredNames(inputs)])));
}

/**
 * A checkpoint in memory that is written out after each part.
 * @param stored an earlier checkpoint's bytes; ignored when damaged, of another version or of another run
 * @param save writes all of it, replacing what was there
 */
export function openCheckpoint(
  key: Uint8Array,
  stored: Uint8Array | undefined,
  save: (bytes: Uint8Array) => Promise<void>,
): OpenedCheckpoint {
  // a copy: slices of a Node Buffer are views
  const earlier = stored && decode(new Uint8Array(stored), key);
  const parts = earlier ?? new Map<string, Uint8Array>();
  return {
    resumed: earlier !== undefined,
    get: async (name) => parts.get(name),
    async put(name, bytes) {
      parts.set(name, bytes);
      await save(encode(key, parts));
    },
  };
}

/** The entry of a store that holds a part of a run. */
export function partKey(key: Uint8Array, name: string): string {
  return sha256(concat([key, new TextEncoder().encode(name)]));
}

/** A checkpoint whose parts are entries of a store, each whole or absent; a damaged one counts as absent. */
export function storedCheckpoint(store: LabelCache, key: Uint8Array): Checkpoint {
  return {
    async get(name) {
      const entry = partKey(key, name);
      const stored = await store.get(entry);
      return stored && decodeEntry(entry, stored)?.body;
    },
    put(name, bytes) {
      const entry = partKey(key, name);
      return store.put(entry, encodeEntry(entry, 0, bytes));
    },
  };
}

function encode(key: Uint8Array, parts: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const chunks: Uint8Array[] = [MAGIC, word(VERSION), key];
  for (const [name, bytes] of parts) {
    const text = new TextEncoder().encode(name);
    chunks.push(word(text.length), text, word(bytes.length), bytes);
  }
  const content = concat(chunks);
  return concat([content, sha256Bytes(content)]);
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function decode(bytes: Uint8Array, key: Uint8Array): Map<string, Uint8Array> | undefined {
  const end = bytes.length - 32;
  const head = concat([MAGIC, word(VERSION), key]);
  if (end < head.length || !head.every((byte, i) => bytes[i] === byte)) return undefined;
  const digest = sha256Bytes(bytes.subarray(0, end));
  if (!digest.every((byte, i) => bytes[end + i] === byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = new Map<string, Uint8Array>();
  let at = head.length;
  const next = (): Uint8Array | undefined => {
    const length = at + 4 <= end ? view.getUint32(at, true) : Infinity;
    if (at + 4 + length > end) return undefined;
    at += 4 + length;
    return bytes.slice(at - length, at);
  };
  while (at < end) {
    const [name, part] = [next(), next()];
    if (!name || !part) return undefined;
    parts.set(new TextDecoder().decode(name), part);
  }
  return parts;
}
