// Splits the texts of rows into tokens and plans batches. A row's ids, its cut and its padded length depend on that row alone, and a batch
// holds rows of one padded length, so that an answer depends on no other row.
import type { Tensor } from 'onnxruntime-web/wasm';
import type { Ort } from './runtime.ts';
import { inputTensor } from './tensors.ts';
import type { TokenInput, TokenRole, TokenRows } from './text-reading.ts';
import { poolTokens, scatterRows } from './token-answers.ts';
import type { Row } from './token-layout.ts';

/** How rows are filled up. */
export interface Padding {
  /** Padded lengths are multiples of this. */
  readonly step: number;
  /** The longest padded length. */
  readonly longest: number;
  /** The only padded length, where the model fixes it. */
  readonly fixed: number | undefined;
  /** The id that fills up. */
  readonly id: number;
  /** Whether rows are filled up at their start. */
  readonly atStart: boolean;
}

/** Most rows of a batch, and most tokens of its rows. */
const BATCH_ROWS = 32;
const BATCH_TOKENS = 8192;

/** The padded length of a row. */
export function paddedLength(length: number, { step, longest, fixed }: Padding): number {
  return fixed ?? Math.min(longest, Math.max(step, Math.ceil(length / step) * step));
}

/** Plans rows. */
export function planRows(
  rows: readonly Row[],
  counts: { readonly cut: number; readonly empty: number },
  inputs: readonly TokenInput[],
  padding: Padding,
): TokenRows {
  const lengths = Uint32Array.from(rows, ({ ids }) => paddedLength(ids.length, padding));
  const order = Uint32Array.from(rows, (_, i) => i).sort(
    (a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b,
  );
  const rowAt = (at: number): Row => rows[order[at] as number] as Row;
  const lengthAt = (at: number): number => lengths[order[at] as number] as number;
  const startAt = (at: number): number => (padding.atStart ? lengthAt(at) - rowAt(at).ids.length : 0);
  const tokens: TokenRows['tokens'] = (at) => ({ start: startAt(at), length: rowAt(at).ids.length });
  return {
    rows: rows.length,
    order,
    ...counts,
    endOf(from, size) {
      const length = lengthAt(from);
      const most = Math.min(size, BATCH_ROWS, Math.max(1, Math.floor(BATCH_TOKENS / length)));
      let to = from + 1;
      while (to < rows.length && to < from + most && lengthAt(to) === length) to++;
      return to;
    },
    paddedLength: lengthAt,
    tokens,
    inOwnOrder: (values, columns) => scatterRows(values, columns, order),
    pooled: (values, at) => poolTokens(values, at, { paddedLength: lengthAt, tokens }),
    valuesOf: (role, at) => valuesOf(role, rowAt(at)),
    feed(ort, from, to, batch) {
      const length = lengthAt(from);
      return Object.fromEntries(
        inputs.map(({ tensor, role }): [string, Tensor] => {
          const values = new Float64Array(batch * length).fill(role === 'ids' ? padding.id : 0);
          for (let i = 0; i < batch; i++) {
            // fill up a call of fixed size with its first row
            const at = from + i < to ? from + i : from;
            values.set(valuesOf(role, rowAt(at)), i * length + startAt(at));
          }
          return [tensor.name, tensorOf(ort, { tensor, role }, values, batch, length)];
        }),
      );
    },
  };
}

function tensorOf(ort: Ort, { tensor }: TokenInput, values: Float64Array, rows: number, width: number): Tensor {
  return inputTensor(ort, { ...tensor, shape: ['rows', width] }, values, { rows, width });
}

/** What a row feeds an input. */
function valuesOf(role: TokenRole, { ids, types }: Row): number[] {
  switch (role) {
    case 'ids':
      return Array.from(ids);
    case 'types':
      return Array.from(types);
    case 'mask':
      return Array.from(ids, () => 1);
    case 'positions':
      return Array.from(ids, (_, k) => k);
  }
}
