// A tiny text model, written field by field: the sum of its tokens' values times a matrix. Expected answers are sums of known numbers.
import { readFileSync } from 'node:fs';
import { field, numberField } from '../src/io/protobuf.ts';
import { concat } from '../src/io/source.ts';

export interface TinyText {
  /** Tokens that it knows. */
  readonly tokens: number;
  /** Values per row of the output; default 1. */
  readonly outputs?: number;
  /** Inputs besides input_ids; default the mask. */
  readonly mask?: boolean;
  readonly types?: boolean;
  /** Positions that it knows; default: it has no positions. */
  readonly positions?: number;
  readonly batch?: number;
  readonly sequence?: number;
  /** Element type of the inputs: 6 is int32, 7 int64; default 7. */
  readonly type?: 6 | 7;
  /** Whether a row's answer depends on the other rows. */
  readonly mixes?: boolean;
  /** Another name of input_ids. */
  readonly ids?: string;
  /** A further input. */
  readonly other?: string;
}

/** The value of a token; every sum of some thousand of them is exact in float32. */
export const tokenValue = (id: number): number => (((id * 37) % 101) - 50) / 64;
/** The value of a token of the second type. */
export const OF_SECOND = 0.25;

const FLOAT = 1;
const INT64 = 7;

export function tinyText({
  tokens,
  outputs = 1,
  mask = true,
  types = false,
  positions,
  batch,
  sequence,
  type = INT64,
  mixes = false,
  ids = 'input_ids',
  other,
}: TinyText): Uint8Array<ArrayBuffer> {
  const info = (id: number, name: string, kind: number, sizes: readonly (number | string)[]): Uint8Array => {
    const dims = sizes.map((size) => field(1, [typeof size === 'number' ? numberField(1, size) : field(2, size)]));
    return field(id, [field(1, name), field(2, [field(1, [numberField(1, kind), field(2, dims)])])]);
  };
  const whole = (name: string, value: number): Uint8Array =>
    field(5, [field(1, name), numberField(3, value), numberField(20, 2)]);
  const axes = (value: number): Uint8Array => field(5, [field(1, 'axes'), numberField(8, value), numberField(20, 7)]);
  const node = (operator: string, inputs: readonly string[], output: string, rest: Uint8Array[] = []): Uint8Array =>
    field(1, [...inputs.map((name) => field(1, name)), field(2, output), field(4, operator), ...rest]);
  const floats = (name: string, sizes: readonly number[], values: readonly number[]): Uint8Array =>
    field(5, [
      ...sizes.map((size) => numberField(1, size)),
      numberField(2, FLOAT),
      field(8, name),
      field(9, new Uint8Array(Float32Array.from(values).buffer)),
    ]);
  const scalar = (name: string, value: number): Uint8Array =>
    field(5, [numberField(2, INT64), field(8, name), field(9, new Uint8Array(BigInt64Array.of(BigInt(value)).buffer))]);
  const width = 2;
  const shape = [batch ?? 'batch', sequence ?? 'sequence'];
  const embedding = Array.from({ length: tokens }, (_, id) => [tokenValue(id), 1 / 64]).flat();
  let last = 'words';
  const next = (operator: string, second: string): Uint8Array => {
    const from = last;
    last = `${last}+${second}`;
    return node(operator, [from, second], last);
  };
  const nodes = [node('Gather', ['embedding', ids], 'words')];
  if (positions !== undefined)
    nodes.push(
      node('Shape', [ids], 'shape'),
      node('Gather', ['shape', 'one'], 'length'),
      node('Range', ['zero', 'length', 'one'], 'places'),
      node('Gather', ['of places', 'places'], 'placed'),
      next('Add', 'placed'),
    );
  if (types) nodes.push(node('Gather', ['of types', 'token_type_ids'], 'typed'), next('Add', 'typed'));
  if (mask)
    nodes.push(
      node('Cast', ['attention_mask'], 'floats', [whole('to', FLOAT)]),
      node('Unsqueeze', ['floats'], 'masks', [axes(2)]),
      next('Mul', 'masks'),
    );
  nodes.push(node('ReduceSum', [last], 'sums', [axes(1), whole('keepdims', 0)]));
  if (mixes)
    nodes.push(
      node('ReduceMean', ['sums'], 'mean', [axes(0), whole('keepdims', 1)]),
      node('Add', ['sums', 'mean'], 'pooled'),
    );
  else nodes.push(node('Identity', ['sums'], 'pooled'));
  nodes.push(node('MatMul', ['pooled', 'head'], 'logits'));
  // class 1 is the last value: the sum of the values; others are zero
  const head = Array.from({ length: width * outputs }, (_, i) => (i === outputs - 1 ? 1 : 0));
  const graph = [
    ...nodes,
    field(2, 'g'),
    floats('embedding', [tokens, width], embedding),
    floats('head', [width, outputs], head),
    ...(positions === undefined
      ? []
      : [
          floats('of places', [positions, width], Array(positions * width).fill(0)),
          scalar('zero', 0),
          scalar('one', 1),
        ]),
    ...(types ? [floats('of types', [2, width], [0, 0, OF_SECOND, 0])] : []),
    info(11, ids, type, shape),
    ...(mask ? [info(11, 'attention_mask', type, shape)] : []),
    ...(types ? [info(11, 'token_type_ids', type, shape)] : []),
    ...(other === undefined ? [] : [info(11, other, type, shape)]),
    info(12, 'logits', FLOAT, [batch ?? 'batch', outputs]),
  ];
  return concat([numberField(1, 6), field(7, graph), field(8, [field(1, ''), numberField(2, 11)])]);
}

interface Golden {
  readonly texts: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
  readonly maxLength: number;
  readonly kinds: Readonly<
    Record<
      'word_piece' | 'word_level' | 'byte_level' | 'unigram',
      {
        readonly tokenizer: Readonly<Record<string, unknown>>;
        readonly ids: readonly (readonly number[])[];
        readonly cut: readonly (readonly number[])[];
        readonly pairs: readonly { readonly ids: readonly number[]; readonly types: readonly number[] }[];
      }
    >
  >;
}

/** Token ids by Hugging Face's tokenizers (golden/tokens.py). */
export const goldenTokens = JSON.parse(readFileSync(new URL('golden/tokens.json', import.meta.url), 'utf8')) as Golden;
