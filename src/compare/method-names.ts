// The names of the methods of compare, in a file without dependencies: the command line lists them without loading the methods.
import type { BaseMethod } from './method.ts';

/** Every BaseMethod, which a list could not ensure. */
const NAMES: Readonly<Record<BaseMethod, true>> = {
  hard: true,
  kd: true,
  'kd-soft': true,
  'kd-logit': true,
  fitnet: true,
  rkd: true,
  'ka-shift': true,
  'ka-smooth': true,
  wsld: true,
  tfkd: true,
  orthogonal: true,
  debiased: true,
  'debiased-hint': true,
};

/**
 * Names of all methods, the de-biased ones last. docs/method.md describes each and gives its source.
 * @example
 * const comparison = await compare(METHODS, { teacher, data, student: { hidden: [16] } });
 */
export const METHODS: readonly BaseMethod[] = Object.keys(NAMES) as BaseMethod[];
