// Opens a tokenizer.json of Hugging Face with @huggingface/tokenizers, and splits texts into token ids.
import { DebkdError, quote } from '../io/errors.ts';
import { layoutOf, specialIds, type TokenLayout } from './token-layout.ts';
import { adaptParts, type JsonObject, listOf, objectOf } from './tokenizer-parts.ts';

/** A tokenizer. */
export interface Tokenizer {
  /** Name of its file, for messages. */
  readonly name: string;
  /** The kind of its model, such as WordPiece. */
  readonly kind: string;
  /** Number of tokens, added ones included. */
  readonly size: number;
  /** The largest id of its vocabulary, without added tokens. */
  readonly lastId: number;
  /** Ids of ordinary tokens, ascending. */
  readonly ordinary: readonly number[];
  readonly layout: TokenLayout;
  /** The id that fills rows up; undefined if it has none. */
  readonly padding: number | undefined;
  /** The length that it cuts texts to; undefined if it states none. */
  readonly maxLength: number | undefined;
  /** Whether rows are filled up, and cut, at their start. */
  readonly padsStart: boolean;
  readonly cutsStart: boolean;
  /** Notes for the user. */
  readonly notes: readonly string[];
  /**
   * The ids of a text without special tokens. Of a long text only the start is split, until there are more than `enough` ids.
   * @throws DebkdError `teacher` if it cannot split the text
   */
  idsOf(text: string, enough: number): TextIds;
}

/** The ids of a text. */
export interface TextIds {
  readonly ids: readonly number[];
  /** Whether the rest of the text was not read. */
  readonly isPart: boolean;
}

/** The part of the package that is used. */
interface Splitter {
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: readonly (number | undefined)[] };
}

/**
 * Opens a tokenizer.
 * @param json the content of tokenizer.json
 * @param config the content of tokenizer_config.json, if there is one
 * @throws DebkdError `teacher` if it is none, or of an unsupported kind
 */
export async function openTokenizer(json: unknown, config: unknown, name: string): Promise<Tokenizer> {
  const subject = `tokenizer ${quote(name, 200)}`;
  const fail = (seen: string, expected?: string, remedy?: string): never => {
    throw new DebkdError('teacher', { subject, seen, expected, remedy });
  };
  const file = 'the tokenizer.json that a fast tokenizer of Hugging Face saves';
  const known = objectOf(json) ?? fail('not a JSON object', file);
  const model = objectOf(known['model']) ?? fail('it has no "model"', file);
  const { vocabulary, kind } = vocabularyOf(model) ?? fail('its model has no vocabulary', file);
  const settings = objectOf(config) ?? (config === undefined ? {} : fail('tokenizer_config.json is not a JSON object'));
  const added = new Map<string, number>();
  for (const token of listOf(known['added_tokens'])) {
    const { content, id } = objectOf(token) ?? {};
    if (typeof content !== 'string' || !isId(id)) return fail('an added token has no "content" or no "id"', file);
    added.set(content, id as number);
  }
  const parts = adaptParts(known['normalizer'], known['pre_tokenizer'], { ...model, type: kind });
  const unsupported = (what: string): never =>
    fail(
      `it is of an unsupported kind (${what})`,
      undefined,
      'export the model with another tokenizer, or give its answers as soft labels',
    );
  if (!KINDS.includes(kind) || (kind === 'Unigram') !== Array.isArray(model['vocab']))
    unsupported(`model ${quote(kind)}`);
  if (parts.unsupported !== undefined) return unsupported(parts.unsupported);
  const layout =
    layoutOf(known['post_processor']) ??
    unsupported(`post-processor ${quote(String(objectOf(known['post_processor'])?.['type']))}`);
  const splitter = await openSplitter({
    tokenizer: {
      ...known,
      model: { ...model, type: kind },
      added_tokens: listOf(known['added_tokens']),
      normalizer: parts.normalizer,
      pre_tokenizer: parts.preTokenizer,
      post_processor: null,
      decoder: null,
    },
    unknown: model['unk_token'],
    unsupported,
  });
  const special = new Set([...specialIds(layout), ...added.values()]);
  const ordinary = [...vocabulary.values()].filter((id) => !special.has(id)).sort((a, b) => a - b);
  const spacesChinese = hasChinese(known['normalizer']);
  const idOf = (token: unknown): number | undefined => {
    const content = typeof token === 'string' ? token : objectOf(token)?.['content'];
    return typeof content === 'string' ? (added.get(content) ?? vocabulary.get(content)) : undefined;
  };
  const { truncation, padding } = { truncation: objectOf(known['truncation']), padding: objectOf(known['padding']) };
  const stated = padding?.['pad_id'];
  const limit = [truncation?.['max_length'], settings['model_max_length']].find(
    (length) => isId(length) && length > 0 && length <= MAX_SANE,
  );
  const cutsStart = (settings['truncation_side'] ?? lower(truncation?.['direction'])) === 'left';
  const split = (text: string): number[] => {
    // a lone surrogate is no character, and Chinese characters beyond 16 bits are words of their own
    const clean = text.replace(LONE, '\ufffd');
    try {
      const { ids } = splitter.encode(spacesChinese ? clean.replace(CHINESE, ' $& ') : clean, {
        add_special_tokens: false,
      });
      return ids.map((id) => id ?? fail('it has no token for unknown words', 'an "unk_token" of its vocabulary'));
    } catch (error) {
      if (error instanceof DebkdError) throw error;
      return fail(
        `it fails on a text of ${text.length} characters (${String((error as Error).message).slice(0, 120)})`,
      );
    }
  };
  return {
    name,
    kind,
    size: new Set([...vocabulary.values(), ...added.values()]).size,
    lastId: ordinary.at(-1) ?? 0,
    ordinary,
    layout,
    padding: isId(stated) ? stated : (idOf(settings['pad_token']) ?? idOf('[PAD]') ?? idOf('<pad>')),
    maxLength: limit as number | undefined,
    padsStart: (settings['padding_side'] ?? lower(padding?.['direction'])) === 'left',
    cutsStart,
    notes: notesOf(parts.approximated, known['normalizer'], settings),
    idsOf: (text, enough) => (cutsStart ? splitEnd(text, split) : splitStart(text, enough, split)),
  };
}

const KINDS = ['WordPiece', 'WordLevel', 'BPE', 'Unigram'];
/** Lengths above this mean no limit: transformers writes 10^30. */
const MAX_SANE = 1e6;
const LONE = /[\ud800-\udfff]/gu;
const CHINESE = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

const isId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

const lower = (value: unknown): unknown => (value === 'Left' ? 'left' : value);

/** Tokens and their ids, and the kind of model; undefined if it has none. */
function vocabularyOf(model: JsonObject): { vocabulary: Map<string, number>; kind: string } | undefined {
  const { vocab, type } = model;
  const pairs: readonly (readonly [unknown, unknown])[] = Array.isArray(vocab)
    ? vocab.map((item, id) => [listOf(item)[0], id] as const)
    : Object.entries(objectOf(vocab) ?? {});
  const vocabulary = new Map<string, number>();
  for (const [token, id] of pairs) {
    if (typeof token !== 'string' || !isId(id)) return undefined;
    vocabulary.set(token, id);
  }
  if (vocabulary.size === 0) return undefined;
  const guessed = Array.isArray(vocab)
    ? 'Unigram'
    : model['merges']
      ? 'BPE'
      : typeof model['continuing_subword_prefix'] === 'string'
        ? 'WordPiece'
        : 'WordLevel';
  return { vocabulary, kind: typeof type === 'string' ? type : guessed };
}

/** Opens the package, which is loaded on first use. */
async function openSplitter({
  tokenizer,
  unknown,
  unsupported,
}: {
  readonly tokenizer: JsonObject;
  readonly unknown: unknown;
  unsupported(what: string): never;
}): Promise<Splitter> {
  const { Tokenizer: Package } = (await import('@huggingface/tokenizers')) as unknown as {
    Tokenizer: new (tokenizer: object, config: object) => Splitter;
  };
  try {
    return new Package(tokenizer, typeof unknown === 'string' ? { unk_token: unknown } : {});
  } catch (error) {
    return unsupported(String((error as Error).message).slice(0, 120));
  }
}

/** Whether a normalizer puts blanks around Chinese characters. */
function hasChinese(normalizer: unknown): boolean {
  const part = objectOf(normalizer);
  if (part?.['type'] === 'Sequence') return listOf(part['normalizers']).some(hasChinese);
  return part?.['type'] === 'BertNormalizer' && part['handle_chinese_chars'] === true;
}

function notesOf(approximated: readonly string[], normalizer: unknown, settings: JsonObject): string[] {
  const notes = approximated.map(
    (part) =>
      `teacher: a part of its tokenizer is approximated (${part}); rare texts may get other tokens than in Python`,
  );
  const lowers = objectOf(normalizer)?.['lowercase'];
  const stated = settings['do_lower_case'];
  if (typeof lowers === 'boolean' && typeof stated === 'boolean' && lowers !== stated)
    notes.push(
      `teacher: tokenizer_config.json says do_lower_case ${stated}, and tokenizer.json ${lowers}; tokenizer.json is followed`,
    );
  return notes;
}

/** Characters for each id that is needed, in the first part of a long text that is split. */
const CHARACTERS = 16;
/** Ids beyond those needed, because the last ones of a part depend on what follows it. */
const SLACK = 64;
/** Of a text without tokens, such as blanks, no more characters are read. */
const MAX_CHARACTERS = 2 ** 20;

/** Splits as much of a text as gives more than `enough` ids. The parts end at blanks, which no token crosses. */
function splitStart(text: string, enough: number, split: (text: string) => number[]): TextIds {
  for (let length = CHARACTERS * (enough + SLACK); ; length *= 4) {
    const end = endBefore(text, Math.min(length, MAX_CHARACTERS));
    const isPart = end < text.length;
    const ids = split(text.slice(0, end));
    if (!isPart || length >= MAX_CHARACTERS) return { ids, isPart };
    // the last ids may be others with the rest of the text
    if (ids.length > enough + SLACK) return { ids: ids.slice(0, ids.length - SLACK), isPart };
  }
}

/** Splits a text whose end counts. */
function splitEnd(text: string, split: (text: string) => number[]): TextIds {
  return { ids: split(text.slice(-MAX_CHARACTERS)), isPart: text.length > MAX_CHARACTERS };
}

/** Where the last word before `end` ends; `end` itself in a long run without blanks. */
function endBefore(text: string, end: number): number {
  if (text.length <= end) return text.length;
  for (let at = end; at > end / 2; at--) {
    const code = text.charCodeAt(at);
    if (code === 0x20 || (code >= 9 && code <= 13)) return at;
  }
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
