// How long the fits of maps take, for the progress of label de-biasing.
import type { DebiasMap } from './maps/map.ts';

/** Times of fits in that of the simplest, on tables of 15 to 100 columns. */
const TIMES = { simple: 1, features: 2, hinges: 8 };
/** The time of a tree; each number of trees goes on from the previous one. */
const TREE = 0.15;
const MOST_TREES = 24;
/** The fits on all rows, which follow, take this many times as long as those of a fold. */
const LAST = 1.5;

/** @returns a function that gets each map whose fit has ended, and returns the share of the time that is done */
export function countShares(maps: readonly DebiasMap[], fits: number): (map: DebiasMap) => number {
  const ofFold = maps.reduce((sum, map) => sum + timeOf(map), 0);
  const all = ofFold * (fits / maps.length + LAST);
  let done = 0;
  return (map) => {
    done += timeOf(map);
    return done / all;
  };
}

function timeOf({ method, on, penalty, count = 0 }: DebiasMap): number {
  if (method === 'trees') return Math.min(MOST_TREES, Math.ceil(TREE * count));
  if (method !== 'residual' || on === 'groups') return TIMES.simple;
  return penalty === undefined ? TIMES.hinges : on === 'inputs' ? TIMES.simple : TIMES.features;
}
