// Applies the parts of a fitted map block by block and averages their margins.
import type { AnyDataset, Dataset } from '../data/dataset.ts';
import { sliceMatrixRows } from '../data/matrix.ts';
import { matrixRows, rowsPerRead } from '../data/row-source.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../kernels/shuffle-block.ts';
import type { ApplyOptions, Debias, DebiasPart } from './debias.ts';
import { applyMap } from './maps/maps.ts';
import type { CalibrationProblem } from './maps/problem.ts';
import { weightedMean } from './stack.ts';

/** Rows [from, to) of a dataset, and memory for them. */
export interface Block {
  readonly arena: Arena;
  readonly from: number;
  readonly to: number;
  readonly rows: Pick<Dataset, 'features' | 'labels' | 'folds' | 'rows' | 'preprocessing' | 'groups'>;
}

/**
 * The weighted mean of the parts' margins; float64 [rows].
 * @param options.open places a block in memory and returns the problem of each part
 */
export function applyParts(
  { parts }: Debias,
  dataset: AnyDataset,
  {
    as,
    open,
  }: Pick<ApplyOptions, 'as'> & { readonly open: (block: Block) => (part: DebiasPart) => CalibrationProblem },
): Float64Array {
  const weights = parts.map(({ weight, selectionWeight }) =>
    as === 'selection' ? (selectionWeight ?? weight) : weight,
  );
  const { groups } = dataset;
  const d = new Float64Array(dataset.rows);
  // a row's d does not depend on other rows, so blocks give the same bits
  const perRead = rowsPerRead(dataset.features, SHUFFLE_BLOCK_ROWS);
  for (let from = 0; from < dataset.rows; from += perRead) {
    const to = Math.min(dataset.rows, from + perRead);
    const rows = {
      rows: to - from,
      features: matrixRows(dataset.features).read(from, to),
      labels: dataset.labels.subarray(from, to),
      folds: dataset.folds.subarray(from, to),
      preprocessing: dataset.preprocessing,
      ...(groups && { groups: { ...groups, matrix: sliceMatrixRows(groups.matrix, from, to) } }),
    };
    using arena = openArena();
    const problemOf = open({ arena, from, to, rows });
    const columns = parts.map((part) => applyMap(problemOf(part), part, part.parameters));
    d.set(columns.length === 1 ? (columns[0] as Float64Array) : weightedMean(weights, columns), from);
  }
  return d;
}

/** The teacher's features, if a part uses them. */
export function usedFeatures({ parts }: Debias, features: ApplyOptions['features']): ApplyOptions['features'] {
  return parts.some(({ on }) => on === 'features') ? features : undefined;
}
