// The maps of label de-biasing by name.

/** A kind of map from margins (and features) to de-biased margins. */
export type MapName = 'none' | 'prior' | 'temperature' | 'platt' | 'beta' | 'isotonic' | 'residual' | 'trees';

/**
 * `none`: d = v. `prior`: d = v - s, so that the mean probability is the share of class 1. `temperature`: d = a v. `platt`:
 * d = a v + b. `beta`: d = a log p - b log(1 - p) + c. `isotonic`: a monotone step function of v. `residual`:
 * d = a v + b + w . phi, phi the standardised inputs, w under a ridge penalty; with the teacher's features at hand also on
 * them; or with hinges of v and penalties by evidence. `trees`: a Platt fit and boosted trees of depth 3 on what it leaves.
 * `stack`: a weighted mean of all of these. `auto`: the simplest of the first six that is within one standard error of the best
 * without trees, else the stack without trees; its mean with the stack of all where that is better by two standard errors.
 */
export type DebiasMethod = MapName | 'stack' | 'auto';

/** Every DebiasMethod, the default first. */
export const DEBIAS_METHODS: readonly DebiasMethod[] = [
  'auto',
  'none',
  'prior',
  'temperature',
  'platt',
  'beta',
  'isotonic',
  'residual',
  'trees',
  'stack',
];
