// Distances between the teacher's features within a batch: what a hint by relations compares the student's with. Students
// that visit rows in the same order share them.
import { DebkdError } from '../io/errors.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Features } from '../teacher/features.ts';
import type { FitTask } from './fit-context.ts';

export interface PairwiseDistances {
  /** Whose distances. */
  readonly features: Features;
  /** float64, for a student's own distances; and the teacher's of the rows measured last. */
  readonly studentDistances: number;
  readonly teacherDistances: number;
  /** Batches that fit in there. */
  readonly batches: number;
  /** Of positions [from, to) of the epoch's order. */
  measure(from: number, to: number): void;
}

/** Bytes that distances may take; one batch takes what it needs. */
const MAX_SHARED_BYTES = 2 ** 24;
const MAX_BYTES = 2 ** 31;

/** Undefined where no lesson has such a hint. @throws DebkdError `memory` when a batch has too many pairs */
export function placePairwiseDistances(
  tasks: readonly FitTask[],
  place: { arena: Arena; rows: number; batchSize: number; batches: number; order: number },
): PairwiseDistances | undefined {
  const features = tasks.find(({ loss }) => loss.hint?.kind === 'relation')?.features;
  if (!features || features.rows !== place.rows) return undefined;
  const { arena, order, batchSize, rows } = place;
  const batch = Math.min(batchSize, rows);
  const block = 8 * (1 + (batch * (batch - 1)) / 2);
  const batches = Math.max(1, Math.min(place.batches, Math.floor(MAX_SHARED_BYTES / block)));
  if (block * (1 + batches) > MAX_BYTES) {
    throw new DebkdError('memory', {
      subject: 'fit',
      seen: `a hint by relations compares all pairs of a batch, and batches of ${batch} rows have ${(batch * (batch - 1)) / 2}`,
      remedy: 'use a smaller --batch-size',
    });
  }
  const { at, width } = placeFeatures(arena, features, 4);
  const [own, other] = [arena.reserve(block), arena.reserve(block * batches)];
  return {
    features,
    studentDistances: own,
    teacherDistances: other,
    batches,
    measure: (from, to) => arena.kernels.teacherRelations(at, width, order, from, to, batch, other),
  };
}

/** Rows of features in the arena, padded with zeros to a multiple of `lanes`. */
export function placeFeatures(
  arena: Arena,
  { rows, width, values }: Features,
  lanes: number,
): { at: number; width: number } {
  const padded = Math.ceil(width / lanes) * lanes;
  if (padded === width) return { at: arena.put(values), width };
  const wide = new Float32Array(rows * padded);
  for (let i = 0; i < rows; i++) wide.set(values.subarray(i * width, (i + 1) * width), i * padded);
  return { at: arena.put(wide), width: padded };
}
