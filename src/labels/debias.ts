// A fitted map of label de-biasing as plain data.
import type { Features } from '../teacher/features.ts';
import type { DebiasCandidate } from './cross-fit.ts';
import type { MapName } from './debias-names.ts';
import type { Basis, DebiasMap } from './maps/map.ts';

/** A fitted map and its weight. */
export interface DebiasPart extends DebiasMap {
  /** 1, or its weight in the stack. */
  readonly weight: number;
  /** Its weight in the selection margins; default `weight`. */
  readonly selectionWeight?: number;
  /**
   * none: empty; prior: s; temperature: a; platt: b, a; beta: a, b, c; isotonic: the start of each step, then its margin;
   * residual: the number of knots, the knots, b, a, then a weight for each encoded column, feature and hinge; trees: as pack of
   * maps/boosted-trees.ts writes them.
   */
  readonly parameters: Float64Array;
}

/** A fitted map as plain data; applyDebias applies it to other rows. */
export interface Debias {
  /** The single map, or `stack`. */
  readonly method: MapName | 'stack';
  /** The ridge penalty of `residual`; absent with penalties by evidence. */
  readonly penalty?: number;
  /** The basis of `residual`. */
  readonly on?: Basis;
  /** Labelled rows it was fitted on. */
  readonly rows: number;
  /** The parameters of the single map, or the weights of the stack's parts. */
  readonly parameters: Float64Array;
  /** The maps with their weights. */
  readonly parts: readonly DebiasPart[];
  /** Other weights of the same maps, from which students choose (debiasParts); absent for one teacher. */
  readonly alternatives?: readonly Debias[];
  /** The logistic combination of several teachers' margins; absent if no part maps it. */
  readonly combination?: Combination;
  /** d of the dataset's rows, each from a fit without that row's fold; float64 [rows]. */
  readonly crossFitted: Float64Array;
  /**
   * The best estimate of the true log-odds of the same rows, for selecting a student; float64 [rows]. For `auto` the stack of all
   * maps, including trees, if it is clearly better; otherwise crossFitted.
   */
  readonly selectionMargins: Float64Array;
  /** All maps tried, from simple to complex. */
  readonly candidates: readonly DebiasCandidate[];
}

/** A logistic regression of the label on several teachers' margins, v = b + sum of a_k v_k. */
export interface Combination {
  /** b, then a of each teacher. */
  readonly weights: Float64Array;
  /** Mean, then standard deviation, of each teacher's margins, which are further columns of the maps. */
  readonly scale: Float64Array;
}

/** Options of applyDebias. */
export interface ApplyOptions {
  /** The teacher's features of the same rows, standardised as for the fit; required if the fit used them. */
  readonly features?: Features | undefined;
  /** `labels`: the margins that students learn; `selection`: those that select students. Default labels. */
  readonly as?: 'labels' | 'selection' | undefined;
  /** The margins of each of several teachers, float64 [rows]; required if the fit had them. */
  readonly teachers?: readonly Float64Array[] | undefined;
}
