// The forms of knowledge infusion and the strengths to try.

/** A form of knowledge infusion; see infuse. */
export type InfusionForm = 'none' | 'mix' | 'residual' | 'log-odds' | 'noise' | 'shift' | 'smooth' | 'orthogonal';

/** The strengths that `auto` tries, each with a student. */
export const STRENGTHS: Readonly<Record<InfusionForm, readonly number[]>> = {
  none: [0],
  mix: [0, 0.1, 0.3, 0.5, 0.7, 1],
  residual: [0, 0.25, 0.5, 1, 2, 4],
  'log-odds': [0, 0.25, 0.5, 1, 2, 4],
  noise: [0, 0.25, 0.5, 1],
  shift: [0, 0.5, 1],
  smooth: [0, 0.5, 1],
  orthogonal: [0, 0.1, 0.3, 0.5, 0.7, 1],
};

/** Every InfusionForm. */
export const INFUSION_FORMS: readonly InfusionForm[] = [
  'mix',
  'none',
  'residual',
  'log-odds',
  'noise',
  'shift',
  'smooth',
  'orthogonal',
];

/** The largest strength that infuse accepts. */
export const MAX_STRENGTH: Readonly<Record<InfusionForm, number>> = {
  none: 0,
  mix: 1,
  residual: 10,
  'log-odds': 10,
  noise: 1,
  shift: 1,
  smooth: 1,
  orthogonal: 1,
};
