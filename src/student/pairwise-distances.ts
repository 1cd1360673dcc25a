// Pairwise distances between the teacher's features within a batch, for relation hints (RKD, Park et al. 2019). Students that visit
// rows in the same order share them.
import { DebkdError } from '../io/errors.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Features } from '../teacher/features.ts';
import type { FitTask } from './fit-context.ts';

/** Memory for pairwise distances; pointers are byte addresses. */
export interface PairwiseDistances {
  /** The teacher's features. */
  readonly features: Features;
  /** Pointers, float64: scratch for a student's distances, and the teacher's distances of the last measured rows. */
  readonly studentDistances: number;
  readonly teacherDistances: number;
  /** Batches that `teacherDistances` has room for. */
  readonly batches: number;
  /** Computes the teacher's distances of positions [from, to) in the epoch's order. */
  measure(from: number, to: number): void;
}

/** Bytes for the teacher's distances of several batches; one batch may need more, up to MAX_BYTES. */
const MAX_SHARED_BYTES = 2 ** 24;
const MAX_BYTES = 2 ** 31;

/**
 * Reserves the distances; undefined where no task has a relation hint.
 * @param place.weights of the rows; undefined where all are 1
 * @throws DebkdError `memory` when a batch has too many pairs
 */
export function placePairwiseDistances(
  tasks: readonly FitTask[],
  place: {
    arena: Arena;
    rows: number;
    batchSize: number;
    batches: number;
    order: number;
    weights: Float64Array | undefined;
  },
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
      seen: `a relation hint compares all pairs of a batch, and batches of ${batch} rows have ${(batch * (batch - 1)) / 2}`,
      remedy: { id: 'reduce-batch' },
    });
  }
  const { values, width } = padFeatures(features, 4);
  const at = arena.put(values);
  const weights = place.weights ? arena.put(place.weights) : 0;
  const [own, other] = [arena.reserve(block), arena.reserve(block * batches)];
  return {
    features,
    studentDistances: own,
    teacherDistances: other,
    batches,
    measure: (from, to) => arena.kernels.teacherRelations(at, width, order, from, to, batch, other, weights),
  };
}

/** The same features, with zeros at the end of each row, up to a multiple of `lanes` numbers. */
export function padFeatures(features: Features, lanes: number): Features {
  const { rows, width, values } = features;
  const padded = Math.ceil(width / lanes) * lanes;
  if (padded === width) return features;
  const wide = new Float32Array(rows * padded);
  for (let i = 0; i < rows; i++) wide.set(values.subarray(i * width, (i + 1) * width), i * padded);
  return { rows, width: padded, values: wide };
}
