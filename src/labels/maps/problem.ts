// The rows of a fit in kernel memory. Pointers are byte addresses.
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
  readonly at: Readonly<Record<'v' | 'y' | 'fold' | 'out', number>>;
  /** Memory that one method needs, made when it first asks. */
  readonly scratch: Map<string, number>;
}

/** Puts rows into the arena, where they stay for as many fits as are wanted. @param hidden the teacher's features, standardised */
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

/** Kernel memory under a name: the same at every call. */
export function scratchOf({ arena, scratch }: CalibrationProblem, name: string, bytes: number): number {
  const reserved = scratch.get(name);
  if (reserved !== undefined) return reserved;
  const fresh = arena.reserve(bytes);
  scratch.set(name, fresh);
  return fresh;
}
