// Hashes the texts of a table's column, each distinct text once.
import { growingList } from './growing-list.ts';
import type { Column } from './table.ts';
import { type Hasher, openHasher, type TextForm } from './text/ngrams.ts';

/** The buckets of a column's texts. */
export interface HashedTexts {
  /** The distinct buckets of a text, in order of first occurrence; a view. @param code index of the text in the column */
  bucketsOf(code: number): Uint32Array;
}

/** Hashed columns by their texts; gone with the table. */
const hashed: WeakMap<readonly string[], Map<string, HashedTexts>> = /* @__PURE__ */ new WeakMap();

/** The hasher of each form. */
const hashers = new Map<string, Hasher>();

/** Returns the hasher of a form; there is one of each in a thread. */
export function hasherOf({ buckets, words, characters }: TextForm): Hasher {
  const key = `${buckets} ${words} ${characters}`;
  const hasher = hashers.get(key) ?? openHasher({ buckets, words, characters });
  hashers.set(key, hasher);
  return hasher;
}

/** Hashes the texts of a column, when they are asked for. */
export function hashTexts({ texts }: Pick<Column, 'texts'>, form: TextForm): HashedTexts {
  const key = `${form.buckets} ${form.words} ${form.characters}`;
  const forms = hashed.get(texts) ?? new Map<string, HashedTexts>();
  hashed.set(texts, forms);
  const found = forms.get(key) ?? openHashedTexts(texts, hasherOf(form));
  forms.set(key, found);
  return found;
}

function openHashedTexts(texts: readonly string[], hasher: Hasher): HashedTexts {
  const starts = new Uint32Array(texts.length);
  const ends = new Uint32Array(texts.length);
  const known = new Uint8Array(texts.length);
  const list = growingList();
  return {
    bucketsOf(code) {
      if (known[code] === 0) {
        known[code] = 1;
        starts[code] = list.length;
        list.add(hasher.buckets(texts[code] as string));
        ends[code] = list.length;
      }
      return list.read(starts[code] as number, ends[code] as number);
    },
  };
}
