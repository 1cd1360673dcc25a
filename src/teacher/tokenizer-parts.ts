// Rewrites the parts of a tokenizer.json that the JavaScript tokenizer reads in another way than Hugging Face's own, and names those that it
// only approximates.

/** An object of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as a JSON object; undefined if it is none. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Parts that fit the JavaScript tokenizer, and what differs from Hugging Face's. */
export interface AdaptedParts {
  readonly normalizer: unknown;
  readonly preTokenizer: unknown;
  /** Parts that are approximated, each in a few words. */
  readonly approximated: readonly string[];
  /** A part that cannot be used: its name; absent if there is none. */
  readonly unsupported?: string;
}

/** A pre-tokenizer that takes the matches of a pattern. */
const matches = (pattern: string): JsonObject => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Removed',
  invert: true,
});

/** \w of Hugging Face's regular expressions, which counts the two joiners of words. */
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d';
const PUNCTUATION = '\\p{P}!-/:-@\\[-`{-~';

/** Adapts the normalizer, the pre-tokenizer and the model of a tokenizer.json. */
export function adaptParts(normalizer: unknown, preTokenizer: unknown, model: JsonObject): AdaptedParts {
  const approximated = new Set<string>();
  let unsupported: string | undefined;
  const refuse = (what: string): undefined => {
    unsupported ??= what;
    return undefined;
  };
  const checkPattern = (part: JsonObject, kind: string): void => {
    const pattern = objectOf(part['pattern']);
    if (typeof pattern?.['Regex'] !== 'string' && typeof pattern?.['String'] !== 'string')
      refuse(`${kind} without a pattern`);
  };
  const adaptNormalizer = (part: unknown): unknown => {
    const known = objectOf(part);
    if (!known) return null;
    if (known['type'] === 'Sequence')
      return { ...known, normalizers: listOf(known['normalizers']).map(adaptNormalizer) };
    if (known['type'] === 'Replace') checkPattern(known, 'a normalizer Replace');
    if (known['type'] === 'Precompiled') approximated.add('normalizer Precompiled, by NFKC');
    return known;
  };
  const adaptPreTokenizer = (part: unknown): unknown => {
    const known = objectOf(part);
    if (!known) return null;
    const behavior = known['behavior'];
    switch (known['type']) {
      case 'Sequence':
        return { ...known, pretokenizers: listOf(known['pretokenizers']).map(adaptPreTokenizer) };
      // \w and \d of JavaScript are those of ASCII
      case 'Whitespace':
        return matches(`[${WORD}]+|[^${WORD}\\s]+`);
      case 'Digits':
        return matches(`[^\\p{N}]+|\\p{N}${known['individual_digits'] === true ? '' : '+'}`);
      case 'Punctuation':
        if (behavior === 'Contiguous') return known;
        if (behavior !== undefined && behavior !== 'Isolated')
          refuse(`pre-tokenizer Punctuation (${String(behavior)})`);
        return matches(`[^${PUNCTUATION}]+|[${PUNCTUATION}]`);
      case 'Metaspace':
        return known['prepend_scheme'] === undefined && known['add_prefix_space'] === false
          ? { ...known, prepend_scheme: 'never' }
          : known;
      case 'Split': {
        checkPattern(known, 'a pre-tokenizer Split');
        const isExact =
          known['invert'] === true ? behavior === 'Removed' : /^(Isolated|Removed)$/.test(String(behavior));
        if (!isExact) approximated.add(`pre-tokenizer Split (${String(behavior)})`);
        return known;
      }
      default:
        return known;
    }
  };
  if (model['type'] === 'BPE' && (model['continuing_subword_prefix'] ?? '') !== '')
    refuse('a BPE model with a prefix of continuing parts');
  if (model['type'] === 'Unigram' && model['byte_fallback'] === true) refuse('a Unigram model of bytes');
  const adapted = { normalizer: adaptNormalizer(normalizer), preTokenizer: adaptPreTokenizer(preTokenizer) };
  return { ...adapted, approximated: [...approximated], ...(unsupported !== undefined && { unsupported }) };
}

/** The value as a list; empty if it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
