// Gathers the answers of batches: margins, and the values of a hidden layer. Until all rows are known, rows are in the order in which they run.
import { DebkdError, quote } from '../io/errors.ts';
import type { Answer, Place } from './each-batch.ts';
import type { Features } from './features.ts';
import type { AnyRows } from './feeds.ts';
import type { MarginForm } from './margin.ts';
import { completeMargins, isComplete } from './partial-answers.ts';
import { poolPlaces } from './pool-places.ts';
import type { PartialFeatures, PartialMargins } from './teacher.ts';
import type { TextCounts } from './text-inputs.ts';

/** The answers of some rows while they run. */
export interface Gathered<Result> {
  /** The tensor that they are read from. */
  readonly tensor: string;
  /** Whether rows [from, to) need not run. */
  isKnown(from: number, to: number): boolean;
  /** Takes the answers of a batch. @throws DebkdError `teacher` if rows have another number of values than before */
  put(values: ArrayLike<number>, place: Place & Pick<Answer, 'dims'>): void;
  /** All answers in the rows' own order. @throws DebkdError `teacher` if one is not finite */
  finish(firstRow?: number): Result;
}

/** Values of a hidden layer, which can be compared. */
export interface GatheredFeatures extends Gathered<Features> {
  /** Whether the rows of a batch that are known have the same bits there. */
  equals(values: ArrayLike<number>, place: Place & Pick<Answer, 'dims'>): boolean;
}

/** A teacher's margins. */
export interface Margins {
  readonly margins: Float64Array;
  readonly clippedCount: number;
  readonly texts?: TextCounts;
}

/** What is gathered: the tensor, and the teacher's name for messages. */
interface Source {
  readonly rows: AnyRows;
  readonly tensor: string;
  readonly name: string;
}

/** Gathers margins. @param known margins that are known already; they are completed in place */
export function gatherMargins(
  { rows, tensor, name }: Source,
  form: MarginForm,
  known: PartialMargins | undefined,
): Gathered<Margins> {
  const partial = known ?? { margins: new Float64Array(rows.rows).fill(NaN), clippedCount: 0 };
  const { margins } = partial;
  return {
    tensor,
    isKnown: (from, to) => isComplete(margins, from, to),
    put(values, { from, to, called }) {
      refuseWidth(values.length / called, form.width, tensor, name);
      partial.clippedCount += completeMargins(values, form, margins.subarray(from, to));
      partial.onBatch?.();
    },
    finish(firstRow) {
      const { clippedCount } = partial;
      const inOrder = 'order' in rows ? rows.inOwnOrder(margins, 1) : margins;
      refuseNonFinite(inOrder, 1, name, firstRow);
      if (!('order' in rows)) return { margins, clippedCount };
      return { margins: inOrder, clippedCount, texts: { cut: rows.cut, empty: rows.empty } };
    },
  };
}

/** Gathers the values of a hidden layer. @param known those that are known already; they are completed in place */
export function gatherFeatures({ rows, tensor, name }: Source, known: PartialFeatures | undefined): GatheredFeatures {
  const partial: PartialFeatures = known ?? { values: undefined };
  const pooled: (...batch: Parameters<Gathered<Features>['put']>) => ArrayLike<number> = (values, place) =>
    'order' in rows ? rows.pooled(values, place) : 'feed' in rows ? poolPlaces(values, place.dims) : values;
  return {
    tensor,
    isKnown: (from, to) =>
      partial.values !== undefined && isComplete(partial.values, from, to, partial.values.length / rows.rows),
    put(all, place) {
      const answer = pooled(all, place);
      const { from, to, called } = place;
      const columns = answer.length / called;
      partial.values ??= new Float32Array(rows.rows * columns).fill(NaN);
      const { values } = partial;
      refuseWidth(columns, values.length / rows.rows, tensor, name);
      for (let i = 0; i < (to - from) * columns; i++) values[from * columns + i] = answer[i] as number;
      partial.onBatch?.();
    },
    equals(all, place) {
      const answer = pooled(all, place);
      const { from, to, called } = place;
      const columns = answer.length / called;
      const { values = new Float32Array(0) } = partial;
      if (columns !== values.length / rows.rows) return false;
      for (let row = from; row < to; row++) {
        if (!isComplete(values, row, row + 1, columns)) continue;
        for (let k = 0; k < columns; k++) {
          const seen = Math.fround(answer[(row - from) * columns + k] as number);
          if (!Object.is(values[row * columns + k], seen)) return false;
        }
      }
      return true;
    },
    finish(firstRow) {
      const { values: kept = new Float32Array(0) } = partial;
      const width = rows.rows > 0 ? kept.length / rows.rows : 0;
      const values = 'order' in rows ? rows.inOwnOrder(kept, width) : kept;
      refuseNonFinite(values, width, name, firstRow);
      return { rows: rows.rows, width, values };
    },
  };
}

function refuseWidth(seen: number, expected: number, tensor: string, name: string): void {
  if (seen === expected) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}, output ${quote(tensor)}`,
    seen: `${seen} values per row`,
    expected: `${expected} as in the first call`,
    remedy: 'export it with a fixed number of values per row',
  });
}

/** @param columns values per row */
function refuseNonFinite(values: Float64Array | Float32Array, columns: number, name: string, firstRow = 0): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}, row ${firstRow + Math.floor(bad / columns) + 1}`,
    seen: `its output is ${values[bad]}`,
    expected: 'a finite number',
    remedy: 'check the preprocessing and the model',
  });
}
