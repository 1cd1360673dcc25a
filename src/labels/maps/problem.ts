// The rows of a fit in kernel memory.
import type { Dataset } from '../../data/dataset.ts';
import { foldsOf } from '../../data/folds.ts';
import { appendColumns, type Matrix } from '../../data/matrix.ts';
import { joinFields, textFields } from '../../data/plain-columns.ts';
import type { Arena } from '../../kernels/memory.ts';
import type { Features } from '../../teacher/features.ts';
import type { Binning, CodedRows } from './boosted-trees.ts';
import { calibrationFeatures, type MapInputs, withGroupSlopes } from './calibration-features.ts';
import { blocksOf } from './design.ts';
import type { DesignMatrix } from './design-matrix.ts';
import type { Basis } from './map.ts';

/** Rows of a fit as plain data, from which another thread can place the same problem. */
export interface ProblemRows {
  readonly margins: Float64Array;
  readonly given: MapInputs & Pick<Dataset, 'labels' | 'folds' | 'rows' | 'weights'>;
  readonly hidden: Features | undefined;
}

/** The rows that maps are fitted on or applied to. */
export interface CalibrationProblem {
  readonly source: ProblemRows;
  /** Which folds the rows have (withFolds). */
  readonly repeat: number;
  readonly arena: Arena;
  readonly n: number;
  readonly bases: Readonly<Partial<Record<Basis, { matrix: Matrix; blocks: Uint8Array }>>>;
  readonly designs: Map<string, DesignMatrix>;
  readonly features: Matrix;
  /** Whether the columns have groups of the rows in addition to the student's inputs. */
  readonly hasGroups: boolean;
  /** Labels, int8 [rows]; -1 for none. */
  readonly labels: Int8Array;
  readonly folds: Uint8Array;
  /** Buckets of the folds, for other folds (withFolds). */
  readonly buckets: Uint8Array;
  readonly margins: Float64Array;
  /** Weights of the rows' losses, float64 [rows]; undefined where all are 1. A row of weight k counts as k rows. */
  readonly weights: Float64Array | undefined;
  /** Byte addresses of margins, labels, folds, weights (0: none) and the output of apply. */
  readonly at: Readonly<Record<'v' | 'y' | 'fold' | 'weights' | 'out', number>>;
  /** The bins of `trees` for these rows, the rows' codes by the last bins that were used, and d of all rows by the last fit. */
  readonly binned: { own?: Binning; rows?: CodedRows; last?: { parameters: Float64Array; margins: Float64Array } };
  /** Byte addresses of further memory by name; see scratchOf. */
  readonly scratch: Map<string, number>;
}

/** Puts rows into the arena for any number of fits. @param hidden the teacher's features, standardised; default none */
export function placeProblem(
  arena: Arena,
  margins: Float64Array,
  given: MapInputs & Pick<Dataset, 'labels' | 'folds' | 'rows' | 'weights'>,
  hidden?: Features,
): CalibrationProblem {
  const { labels, folds: buckets, rows, weights } = given;
  const folds = foldsOf(buckets);
  const features = calibrationFeatures(given);
  const matrix = withGroupSlopes(features, margins, given);
  const inputs = { matrix, blocks: blocksOf(matrix, 0) };
  const wide = hidden && appendColumns(matrix, hidden.values);
  const words = textFields(given.features);
  const groups = given.groups && withGroupSlopes(given.groups.matrix, margins, given);
  const bases = {
    inputs,
    ...(groups && { groups: { matrix: groups, blocks: blocksOf(groups, 0) } }),
    ...(wide && { features: { matrix: wide, blocks: blocksOf(wide, hidden.width) } }),
    ...(words && { texts: { matrix: joinFields(words, matrix), blocks: new Uint8Array(0) } }),
  };
  const at = {
    v: arena.put(margins),
    y: arena.put(labels),
    fold: arena.put(folds),
    weights: weights ? arena.put(weights) : 0,
    out: arena.reserve(8 * rows),
  };
  const { preprocessing, groups: named } = given;
  const plain = { features: given.features, labels, folds: buckets, rows };
  return {
    source: {
      margins,
      given: {
        ...plain,
        ...(weights && { weights }),
        ...(preprocessing && { preprocessing }),
        ...(named && { groups: named }),
      },
      hidden,
    },
    repeat: 0,
    arena,
    n: rows,
    bases,
    designs: new Map(),
    features,
    hasGroups: given.groups !== undefined,
    labels,
    folds,
    buckets,
    margins,
    weights,
    at,
    binned: {},
    scratch: new Map(),
  };
}

/** The same rows with other folds. @param repeat as of foldsOf */
export function withFolds(problem: CalibrationProblem, repeat: number): CalibrationProblem {
  const folds = foldsOf(problem.buckets, repeat);
  problem.arena.write(problem.at.fold, folds);
  return { ...problem, folds, repeat };
}

/** The values of the rows with a weight above 0; all values without weights. */
export function weighty({ weights }: Pick<CalibrationProblem, 'weights'>, values: Float64Array): Float64Array {
  return weights ? values.filter((_, i) => (weights[i] as number) > 0) : values;
}

/** Kernel memory by name, reserved at the first call and the same at every later one. */
export function scratchOf({ arena, scratch }: CalibrationProblem, name: string, bytes: number): number {
  const reserved = scratch.get(name);
  if (reserved !== undefined) return reserved;
  const fresh = arena.reserve(bytes);
  scratch.set(name, fresh);
  return fresh;
}
