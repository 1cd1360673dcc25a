// Opens the reading of a text model: its inputs, its tokenizer, and how long rows may be.
import { checkTextColumns, onlyTextColumn } from '../data/text-columns.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { below } from '../kernels/random.ts';
import { type Embeddings, embeddingsOf } from './embedding.ts';
import { encodeTexts } from './encode-texts.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { NUMBERS } from './tensors.ts';
import type { TextInputs } from './text-inputs.ts';
import { IDS, type TextReading, type TokenInput, type TokenRole, type TokenRows } from './text-reading.ts';
import { assembleRow, specialTokens } from './token-layout.ts';
import { type Padding, planRows } from './token-rows.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What a text model is opened with. */
export interface TextSettings {
  readonly graph: OnnxGraph;
  readonly tokenizer: Tokenizer;
  /** SHA-256 of what the tokenizer was made of. */
  readonly digest: string;
  /** The content of the model's config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The columns of text that the caller states. */
  readonly columns: readonly string[] | undefined;
  /** The length that the caller states. */
  readonly maxLength: number | undefined;
  /** The teacher's name, for messages. */
  readonly name: string;
}

/** Names of inputs. */
const ROLES: readonly (readonly [RegExp, TokenRole])[] = [
  [IDS, 'ids'],
  [/^(attention_mask|input_mask)$/, 'mask'],
  [/^(token_type_ids|segment_ids|input_type_ids)$/, 'types'],
  [/^position_ids$/, 'positions'],
];

/** The length where nothing states one. */
const DEFAULT_LENGTH = 512;
/** Padded lengths are multiples of this. */
const STEP = 16;
/** Ids beyond a tokenizer's last one that an embedding may have to spare. */
const SPARE = 1024;
/** Models whose positions start after the padding token's id. */
const FROM_PADDING = /roberta|camembert|mpnet|longformer|data2vec-text|ibert/;

/** Opens a text model's reading. @throws DebkdError `teacher` or `value` */
export function openText(settings: TextSettings): { reading: TextReading; notes: readonly string[] } {
  const { graph, tokenizer, config, columns, name } = settings;
  const subject = `teacher ${quote(name, 200)}`;
  const inputs = tokenInputs(graph, subject);
  const ids = inputs.find(({ role }) => role === 'ids') as TokenInput;
  const embeddings = embeddingsOf(
    graph,
    ids.tensor.name,
    inputs.filter((input) => input !== ids).map(({ tensor }) => tensor.name),
  );
  checkVocabulary(tokenizer, embeddings, subject);
  const fixed = fixedLength(inputs, subject);
  const maxLength = lengthOf(settings, embeddings, fixed);
  checkColumns(columns, tokenizer, subject);
  const parts = columns && columns.length > 1 ? tokenizer.layout.pair : tokenizer.layout.single;
  const least = specialTokens(parts) + (columns?.length ?? 1);
  if (maxLength < least)
    throw new DebkdError('value', {
      subject: 'maximum length',
      seen: `${maxLength}`,
      expected: `at least ${least}, the special tokens and one more of each text`,
      remedy: { id: 'set-length' },
    });
  const configured = config['pad_token_id'];
  const known = tokenizer.padding ?? (Number.isInteger(configured) ? (configured as number) : undefined);
  const hasMask = inputs.some(({ role }) => role === 'mask');
  const padding: Padding = {
    // without a padding token and a mask, padding would change answers
    step: known === undefined && !hasMask ? 1 : STEP,
    longest: maxLength,
    fixed,
    id: known ?? 0,
    atStart: tokenizer.padsStart,
  };
  const shown: TextInputs = {
    tokenizer: tokenizer.name,
    kind: tokenizer.kind,
    tokens: tokenizer.size,
    maxLength,
    columns,
  };
  const notes = [...tokenizer.notes];
  if (embeddings.tokens !== undefined && embeddings.tokens - tokenizer.lastId > SPARE)
    notes.push(
      `teacher: it knows ${embeddings.tokens} tokens, its tokenizer only ${tokenizer.size}; check that they belong together`,
    );
  return { reading: readingOf({ ...settings, inputs, shown, padding, embeddings }), notes };
}

interface Opened extends TextSettings {
  readonly inputs: readonly TokenInput[];
  readonly shown: TextInputs;
  readonly padding: Padding;
  readonly embeddings: Embeddings;
}

function readingOf(opened: Opened): TextReading {
  const { inputs, shown, padding, tokenizer, digest, embeddings, name } = opened;
  const { maxLength, columns } = shown;
  const reading: TextReading = {
    inputs,
    shown,
    why: whyTexts(shown, inputs),
    identity: ['text', digest, maxLength, padding, tokenizer.cutsStart, columns ?? null],
    forTable(table) {
      if (columns) {
        checkTextColumns(table, columns);
        return reading;
      }
      const only = onlyTextColumn(table, `teacher ${quote(name, 200)}`);
      return readingOf({ ...opened, shown: { ...shown, columns: [only] } });
    },
    encode(rows) {
      const own = columns ?? [onlyTextColumn(rows, `teacher ${quote(name, 200)}`)];
      const places = checkTextColumns(rows, own);
      const limit = embeddings.tokens ?? Infinity;
      const { rows: encoded, ...counts } = encodeTexts(rows, places, { tokenizer, maxLength, limit, name });
      return planRows(encoded, counts, inputs, padding);
    },
    probe({ rows, bound, source }) {
      const { ordinary, layout } = tokenizer;
      const texts = columns?.length ?? 1;
      const room = maxLength - specialTokens(texts > 1 ? layout.pair : layout.single);
      // one padded length, because the rows of a call share it
      const most = Math.max(1, Math.min(Math.floor(room / texts), Math.floor((bound < STEP ? 12 : 28) / texts)));
      const one = (): number[] =>
        Array.from(
          { length: most - below(source, Math.min(6, most)) },
          () => ordinary[below(source, ordinary.length)] ?? 0,
        );
      const drawn = Array.from({ length: rows }, () =>
        assembleRow(layout, texts > 1 ? [one(), one()] : [one()], maxLength, tokenizer.cutsStart),
      );
      const longest = Math.max(...drawn.map(({ ids }) => ids.length));
      const length = padding.fixed ?? Math.min(maxLength, Math.ceil(longest / padding.step) * padding.step);
      const plan = (fixed: number): TokenRows => planRows(drawn, { cut: 0, empty: 0 }, inputs, { ...padding, fixed });
      const further = length + padding.step;
      const canBeLonger = padding.fixed === undefined && padding.step > 1 && further <= maxLength;
      return { rows: plan(length), ...(canBeLonger && { longer: plan(further) }) };
    },
  };
  return reading;
}

/** Describes the texts that enter the inputs. */
function whyTexts({ columns, kind, maxLength }: TextInputs, inputs: readonly TokenInput[]): string {
  const texts = columns ? columns.map((column) => quote(column)).join(' and ') : 'the column of text';
  const names = listed(inputs.map(({ tensor }) => quote(tensor.name)));
  return `${names} take${inputs.length > 1 ? '' : 's'} the tokens (${kind}) of ${texts}, at most ${maxLength} per row`;
}

/** The role of each input. @throws DebkdError `teacher` for an input that is not known */
function tokenInputs(graph: OnnxGraph, subject: string): TokenInput[] {
  const shown = listed(graph.inputs.map(({ name, type, shape }) => `${name} (${type} [${shape.join(', ')}])`));
  return graph.inputs.map((tensor) => {
    const role = ROLES.find(([pattern]) => pattern.test(tensor.name))?.[1];
    if (role === undefined || !NUMBERS.includes(tensor.type))
      throw new DebkdError('teacher', {
        subject,
        seen: /^decoder_/.test(tensor.name)
          ? `it has a decoder (input ${quote(tensor.name)}), which classifiers of text have not`
          : `input ${quote(tensor.name)} among ${shown} is not known in a teacher of text`,
        expected: 'input_ids, and optionally attention_mask, token_type_ids and position_ids',
        remedy: 'export the classifier for text classification, for example with optimum-cli export onnx',
      });
    if (tensor.shape.length !== 2)
      throw new DebkdError('teacher', {
        subject,
        seen: `input ${quote(tensor.name)} has shape [${tensor.shape.join(', ')}]`,
        expected: '[batch, sequence]',
        remedy: 'export it again',
      });
    return { tensor, role };
  });
}

/** The length of rows that the model fixes. @throws DebkdError `teacher` where inputs differ */
function fixedLength(inputs: readonly TokenInput[], subject: string): number | undefined {
  const sizes = new Set(
    inputs.map(({ tensor: { shape } }) => (typeof shape[1] === 'number' && shape[1] > 0 ? shape[1] : undefined)),
  );
  if (sizes.size > 1)
    throw new DebkdError('teacher', {
      subject,
      seen: 'its inputs differ in the length of rows',
      remedy: 'export every input with a free length',
    });
  return [...sizes][0];
}

/** Most tokens of a row. @throws DebkdError `value` where the caller states more than the model takes */
function lengthOf(
  { tokenizer, config, maxLength }: TextSettings,
  { positions, countsFromPadding }: Embeddings,
  fixed: number | undefined,
): number {
  const padding = Number.isInteger(config['pad_token_id'])
    ? (config['pad_token_id'] as number)
    : (tokenizer.padding ?? 1);
  const counted = (rows: number, fromPadding: boolean): number => (fromPadding ? rows - padding - 1 : rows);
  const configured = config['max_position_embeddings'];
  const isRoberta = FROM_PADDING.test(String(config['model_type'] ?? ''));
  const stated =
    Number.isInteger(configured) && (configured as number) > 0 ? counted(configured as number, isRoberta) : undefined;
  const seen = positions === undefined ? undefined : counted(positions, countsFromPadding || isRoberta);
  const most = Math.min(fixed ?? Infinity, seen ?? Infinity);
  if (maxLength !== undefined && !(Number.isInteger(maxLength) && maxLength > 0))
    throw new DebkdError('value', {
      subject: 'maximum length',
      seen: `${maxLength}`,
      expected: 'a whole number from 1',
      remedy: { id: 'set-length' },
    });
  if (maxLength !== undefined && maxLength > most)
    throw new DebkdError('value', {
      subject: 'maximum length',
      seen: `${maxLength}`,
      expected: `at most ${most}, the positions of the model`,
      remedy: { id: 'set-length' },
    });
  return maxLength ?? Math.min(most, tokenizer.maxLength ?? stated ?? (most < Infinity ? most : DEFAULT_LENGTH));
}

/** @throws DebkdError `teacher` for a tokenizer of another vocabulary */
function checkVocabulary(tokenizer: Tokenizer, { tokens }: Embeddings, subject: string): void {
  if (tokens === undefined || tokenizer.lastId < tokens) return;
  throw new DebkdError('teacher', {
    subject,
    seen: `tokenizer ${quote(tokenizer.name, 200)} has ids up to ${tokenizer.lastId}, and the model knows ${tokens} tokens`,
    expected: 'the tokenizer that the model was trained with',
    remedy: { id: 'give-tokenizer' },
  });
}

/** @throws DebkdError `value` for another number of columns than one or two */
function checkColumns(columns: readonly string[] | undefined, tokenizer: Tokenizer, subject: string): void {
  if (!columns) return;
  if (columns.length < 1 || columns.length > 2 || new Set(columns).size < columns.length)
    throw new DebkdError('value', {
      subject: 'columns of text',
      seen: columns.length === 0 ? 'none' : listed(columns.map((column) => quote(column))),
      expected: 'one column, or two different ones for a text and its pair',
      remedy: { id: 'name-text' },
    });
  if (columns.length === 2 && tokenizer.layout.pair.length === 0)
    throw new DebkdError('teacher', {
      subject,
      seen: `tokenizer ${quote(tokenizer.name, 200)} says nothing about pairs of texts`,
      expected: 'one column of text',
      remedy: { id: 'name-text' },
    });
}
