// The names of the maps, methods and components of label de-biasing.

/** A kind of map from margins, or margins and features, to de-biased margins. */
export type MapName = 'none' | 'prior' | 'temperature' | 'platt' | 'beta' | 'isotonic' | 'residual' | 'trees';

/**
 * A method of label de-biasing; v is the teacher's margin, p its probability, d the de-biased margin.
 * - `none`: d = v
 * - `prior`: d = v - s; the mean probability is the share of class 1
 * - `temperature`: d = a v (temperature scaling with T = 1 / a: Guo, Pleiss, Sun, Weinberger 2017)
 * - `platt`: d = a v + b (Platt 1999)
 * - `beta`: d = a log p - b log(1 - p) + c (Kull, Silva Filho, Flach 2017)
 * - `isotonic`: a monotone step function of v (Zadrozny, Elkan 2002)
 * - `residual`: d = a v + b + w . phi with a ridge penalty on w; phi is the standardised inputs, optionally with the teacher's
 *   features, or with hinges of v and penalties chosen by evidence (MacKay 1992)
 * - `trees`: a Platt fit, and boosted trees of depth 3 on its residual (Friedman 2001)
 * - `stack`: a weighted mean of all of these (Wolpert 1992, Breiman 1996)
 * - `auto`: the simplest of the first six within one standard error of the best map, ignoring trees; the stack without trees if
 *   none is; its mean with the stack of all maps if that is better by two standard errors. With texts: the stack of all maps
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

/** A component of `auto` other than the six simple maps; an ablation leaves some out. */
export type AblationComponent = 'residual' | 'features' | 'hinges' | 'trees' | 'stack' | 'selection';
/** Every AblationComponent. */
export const ABLATION_COMPONENTS: readonly AblationComponent[] = [
  'residual',
  'features',
  'hinges',
  'trees',
  'stack',
  'selection',
];
