// Where special tokens and texts stand in a row: the post-processor of a tokenizer.json. Cuts rows to a length as Hugging Face does.
import { listOf, objectOf } from './tokenizer-parts.ts';

/** A part of a row: special tokens, or the first or second text. */
type Part = { readonly type: number } & ({ readonly ids: readonly number[] } | { readonly text: 0 | 1 });

/** The parts of a row of one text, and of one of two. */
export interface TokenLayout {
  readonly single: readonly Part[];
  readonly pair: readonly Part[];
}

/** A row's ids and the type of each. */
export interface Row {
  readonly ids: Int32Array;
  readonly types: Int32Array;
}

const PLAIN: TokenLayout = {
  single: [{ text: 0, type: 0 }],
  pair: [
    { text: 0, type: 0 },
    { text: 1, type: 1 },
  ],
};

/** The layout of a post-processor; undefined for an unknown or a malformed one. @param processor null for none */
export function layoutOf(processor: unknown): TokenLayout | undefined {
  const known = objectOf(processor);
  if (!known) return processor === null || processor === undefined ? PLAIN : undefined;
  const special = (value: unknown, type: number): Part => ({ ids: [idOf(value)], type });
  switch (known['type']) {
    case 'ByteLevel':
      return PLAIN;
    case 'Sequence': {
      const layouts = listOf(known['processors']).map(layoutOf);
      const changing = layouts.filter((layout) => layout !== PLAIN);
      return changing.length <= 1 ? (changing.length === 1 ? checked(changing[0]) : PLAIN) : undefined;
    }
    case 'BertProcessing': {
      const [cls, sep, last] = [special(known['cls'], 0), special(known['sep'], 0), special(known['sep'], 1)];
      const single: Part[] = [cls, { text: 0, type: 0 }, sep];
      return checked({ single, pair: [...single, { text: 1, type: 1 }, last] });
    }
    case 'RobertaProcessing': {
      const [cls, sep] = [special(known['cls'], 0), special(known['sep'], 0)];
      const single: Part[] = [cls, { text: 0, type: 0 }, sep];
      return checked({ single, pair: [...single, sep, { text: 1, type: 0 }, sep] });
    }
    case 'TemplateProcessing': {
      const ids = objectOf(known['special_tokens']) ?? {};
      const partsOf = (template: unknown): Part[] => listOf(template).map((item) => templatePart(item, ids));
      return checked({ single: partsOf(known['single']), pair: partsOf(known['pair']) });
    }
    default:
      return undefined;
  }
}

/** The id of a special token, given as [token, id]. */
function idOf(value: unknown): number {
  const [, id] = listOf(value);
  return typeof id === 'number' ? id : -1;
}

function templatePart(item: unknown, tokens: Readonly<Record<string, unknown>>): Part {
  const sequence = objectOf(objectOf(item)?.['Sequence']);
  if (sequence) return { text: sequence['id'] === 'B' ? 1 : 0, type: Number(sequence['type_id'] ?? 0) };
  const token = objectOf(objectOf(item)?.['SpecialToken']);
  const name = String(token?.['id']);
  const known = objectOf(Object.hasOwn(tokens, name) ? tokens[name] : undefined);
  const ids = listOf(known?.['ids']);
  return {
    ids: ids.length > 0 ? ids.map((id) => (typeof id === 'number' ? id : -1)) : [-1],
    type: Number(token?.['type_id'] ?? 0),
  };
}

/** The layout, if its ids are known and every text stands in it once; else undefined. */
function checked(layout: TokenLayout | undefined): TokenLayout | undefined {
  if (!layout) return undefined;
  const isWhole = (parts: readonly Part[], texts: number): boolean =>
    parts.every((part) => Number.isInteger(part.type) && ('text' in part || part.ids.every((id) => id >= 0))) &&
    parts.filter((part) => 'text' in part).length === texts;
  // many files give no template of pairs, which only pairs need
  return isWhole(layout.single, 1) ? { ...layout, pair: isWhole(layout.pair, 2) ? layout.pair : [] } : undefined;
}

/** The number of special tokens. */
export function specialTokens(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + ('ids' in part ? part.ids.length : 0), 0);
}

/** The special tokens of a layout. */
export function specialIds({ single, pair }: TokenLayout): number[] {
  return [...single, ...pair].flatMap((part) => ('ids' in part ? part.ids : []));
}

/**
 * How many tokens of each of two texts stay where `room` is less than their sum: the longer one is cut first, as Hugging Face's
 * longest_first does.
 */
export function sharedRoom(first: number, second: number, room: number): readonly [number, number] {
  if (first + second <= room) return [first, second];
  const isSwapped = first > second;
  let short = Math.min(first, second);
  let long = short > room ? short : Math.max(short, room - short);
  if (short + long > room) {
    short = Math.floor(room / 2);
    long = short + (room % 2);
  }
  return isSwapped ? [long, short] : [short, long];
}

/** Assembles a row. @param texts the ids of one or two texts @param fromStart whether cut texts lose their start instead of their end */
export function assembleRow(
  layout: TokenLayout,
  texts: readonly (readonly number[])[],
  maxLength: number,
  fromStart: boolean,
): Row {
  const parts = texts.length > 1 ? layout.pair : layout.single;
  const room = maxLength - specialTokens(parts);
  const [first = [], second = []] = texts;
  const kept = texts.length > 1 ? sharedRoom(first.length, second.length, room) : [Math.min(first.length, room)];
  const cut = texts.map((ids, k) => {
    const count = kept[k] as number;
    return count >= ids.length ? ids : fromStart ? ids.slice(ids.length - count) : ids.slice(0, count);
  });
  const ids: number[] = [];
  const types: number[] = [];
  for (const part of parts) {
    for (const id of 'ids' in part ? part.ids : (cut[part.text] as readonly number[])) {
      ids.push(id);
      types.push(part.type);
    }
  }
  return { ids: Int32Array.from(ids), types: Int32Array.from(types) };
}
