// The rows of a fit in kernel memory.
import type { Dataset } from '../../data/dataset.ts';
import { appendColumns, type Matrix } from '../../data/matrix.ts';
import type { Arena } from '../../kernels/memory.ts';
import type { Features } from '../../teacher/features.ts';
import { blocksOf, type DesignMatrix } from './design.ts';
import type { Basis } from './map.ts';

/** The rows that maps are fitted on or applied to. */
export interface CalibrationProblem {
  readonly arena: Arena;
  readonly n: number;
  readonly bases: Readonly<Partial<Record<Basis, { matrix: Matrix; blocks: Uint8Array }>>>;
  readonly designs: Map<string, DesignMatrix>;
  readonly features: Matrix;
  readonly folds: Uint8Array;
  readonly margins: Float64Array;
  /** Byte addresses of margins, labels, folds and the output of apply. */
  readonly at: Readonly<Record<'v' | 'y' | 'fold' | 'out', number>>;
  /** Byte addresses of further memory by name; see scratchOf. */
  readonly scratch: Map<string, number>;
}

/** Puts rows into the arena for any number of fits. @param hidden the teacher's features, standardised; default none */
export function placeProblem(
  arena: Arena,
  margins: Float64Array,
  { features, labels, folds, rows }: Pick<Dataset, 'features' | 'labels' | 'folds' | 'rows'>,
  hidden?: Features,
): CalibrationProblem {
  const inputs = { matrix: features, blocks: blocksOf(features, 0) };
  const wide = hidden && appendColumns(features, hidden.values);
  const bases = wide ? { inputs, features: { matrix: wide, blocks: blocksOf(wide, hidden.width) } } : { inputs };
  const at = {
    v: arena.put(margins),
    y: arena.put(labels),
    fold: arena.put(folds),
    out: arena.reserve(8 * rows),
  };
  return { arena, n: rows, bases, designs: new Map(), features, folds, margins, at, scratch: new Map() };
}

/** Kernel memory by name, reserved at the first call and the same at every later one. */
export function scratchOf({ arena, scratch }: CalibrationProblem, name: string, bytes: number): number {
  const reserved = scratch.get(name);
  if (reserved !== undefined) return reserved;
  const fresh = arena.reserve(bytes);
  scratch.set(name, fresh);
  return fresh;
}
