// How a teacher of text takes rows: the types that the rest of debkd sees. open-text.ts makes them, and is loaded on first use.
import type { Tensor } from 'onnxruntime-web/wasm';
import type { RawColumns } from '../data/raw-columns.ts';
import type { TextTable } from '../data/text-columns.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import type { Draw } from './random-rows.ts';
import type { Ort } from './runtime.ts';
import type { TextCounts, TextInputs } from './text-inputs.ts';

/** Names of the input that takes token ids. */
export const IDS: RegExp = /^(input_ids|input_word_ids)$/;

/** Whether a model reads text as tokens. */
export function isTextModel({ inputs }: OnnxGraph): boolean {
  return inputs.some(({ name, type }) => type !== 'string' && (IDS.test(name) || name === 'decoder_input_ids'));
}

/** What an input of a text model takes. */
export type TokenRole = 'ids' | 'mask' | 'types' | 'positions';

/** An input of a text model. */
export interface TokenInput {
  readonly tensor: GraphTensor;
  readonly role: TokenRole;
}

/** Rows [from, to) that ran as a batch of `called` rows, and the sizes of the tensor that was computed. */
export interface TokenBatch {
  readonly from: number;
  readonly to: number;
  readonly called: number;
  readonly dims: readonly number[];
}

/**
 * Rows as tokens, in the order in which they run: by padded length, then by place. Each row's ids and padded length depend on that row
 * alone.
 */
export interface TokenRows extends TextCounts {
  /** Number of rows. */
  readonly rows: number;
  /** The place of each row among the given ones, in the order in which they run; [rows]. */
  readonly order: Uint32Array;
  /** The end of the batch that starts at `from`: at most `size` rows of one padded length. */
  endOf(from: number, size: number): number;
  /** The padded length of row `at` of the order. */
  paddedLength(at: number): number;
  /** The number of tokens of row `at` of the order, and where they start in its padded length. */
  tokens(at: number): { readonly start: number; readonly length: number };
  /** The tensor of each input for rows [from, to) of the order, padded to `batch` rows with the first. */
  feed(ort: Ort, from: number, to: number, batch: number): Record<string, Tensor>;
  /** Values of the rows in the order in which they ran, in the rows' own order. @param columns values per row */
  inOwnOrder<Values extends Float32Array | Float64Array>(values: Values, columns: number): Values;
  /** The mean of a tensor [rows, tokens, values] over each row's own tokens; other tensors as they are. */
  pooled(values: ArrayLike<number>, batch: TokenBatch): ArrayLike<number>;
  /** The values of one row of an input, without padding. */
  valuesOf(role: TokenRole, at: number): number[];
}

/** Reads rows of text as a model's inputs. */
export interface TextReading {
  readonly inputs: readonly TokenInput[];
  readonly shown: TextInputs;
  /** How texts enter the inputs. */
  readonly why: string;
  /** What margins depend on: the tokenizer and how rows are cut and padded. */
  readonly identity: readonly unknown[];
  /** This reading with the text column of a table; itself where columns are stated. @throws DebkdError `column` */
  forTable(table: TextTable): TextReading;
  /** Splits the texts of rows into tokens. @throws DebkdError `column`, `teacher` or `value` */
  encode(rows: RawColumns): TokenRows;
  /** Rows of random tokens, to probe the model; `longer` are the same rows filled up further, where the model takes them. */
  probe(draw: Pick<Draw, 'rows' | 'bound' | 'source'>): { readonly rows: TokenRows; readonly longer?: TokenRows };
}
