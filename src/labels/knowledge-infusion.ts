// Knowledge infusion: what each row's own label adds to its de-biased margin.
import type { AnyDataset } from '../data/dataset.ts';
import { checkLength, checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { log } from '../kernels/elementary.ts';
import { openArena } from '../kernels/memory.ts';
import { INFUSION_FORMS, type InfusionForm, MAX_STRENGTH } from './infusion-forms.ts';
import { type NoiseRates, noiseRates } from './noise-rates.ts';

/** What a student is trained on: a margin a row, float64 [rows]; +-Infinity where the target is exactly 1 or 0. */
export interface Targets {
  /** Log-odds, float64 [rows]. */
  readonly margins: Float64Array;
}

/** How infuse mixes labels into margins. */
export interface InfusionOptions {
  /** How a label enters its target; see infuse. */
  readonly form: InfusionForm;
  /** 0 changes nothing; at most 1, or 10 for `residual` and `log-odds`. */
  readonly strength: number;
  /** Of the loss; `orthogonal` alone uses it. Default 1. */
  readonly temperature?: number;
  /** Of `noise`; default: estimated from the targets and labels by confident learning. */
  readonly rates?: NoiseRates;
}

/** Label smoothing of `smooth`. */
const SMOOTHING = 0.1;
/** `orthogonal` keeps its probabilities this far from 0 and 1. */
const CLIP = 1e-6;

/**
 * Infuses each labelled row's label into its target; unlabelled rows keep theirs. With d the target's margin, u the result,
 * p = sigmoid(d):
 * `mix` sigmoid(u) = (1 - w) p + w y (at T = 1, w and the loss's 1 - alpha are the same knob);
 * `residual` u = d + k (y - p); `log-odds` u = d + k (2 y - 1);
 * `noise` u = d + k log((1 - r1) / r0) where y = 1, d - k log((1 - r0) / r1) where y = 0: the posterior under label noise;
 * `shift`, `smooth` (Knowledge Adjustment, Wen et al. 2019) on wrong rows alone: p swapped with 1 - p, or replaced by the
 * smoothed label, blended in by the strength;
 * `orthogonal` (Dao et al. 2021) p + g (y - p) at temperature T, clipped.
 * @throws DebkdError `value` when the strength is out of range
 */
export function infuse(targets: Targets, dataset: AnyDataset, options: InfusionOptions): Targets {
  const { form, strength, temperature = 1 } = options;
  checkStrength(form, strength);
  checkLength('knowledge infusion', 'margins', targets.margins, dataset.rows);
  if (form === 'none' || strength === 0) return targets;
  using arena = openArena();
  const { kernels } = arena;
  const n = dataset.rows;
  const d = arena.put(targets.margins);
  const labels = arena.put(dataset.labels);
  switch (form) {
    case 'mix':
      kernels.infuseMix(d, labels, n, strength, d);
      break;
    case 'residual':
      kernels.infuseResidual(d, labels, n, strength, d);
      break;
    case 'log-odds':
      kernels.infuseEvidence(d, labels, n, strength, strength, d);
      break;
    case 'noise': {
      const { r0, r1 } = options.rates ?? noiseRates(targets.margins, dataset.labels);
      const [one, zero] = [log((1 - r1) / r0), log((1 - r0) / r1)];
      kernels.infuseEvidence(d, labels, n, strength * one, strength * zero, d);
      break;
    }
    case 'shift':
      kernels.infuseAdjusted(d, labels, n, strength, -1, d);
      break;
    case 'smooth':
      kernels.infuseAdjusted(d, labels, n, strength, SMOOTHING, d);
      break;
    case 'orthogonal':
      kernels.infuseOrthogonal(d, labels, n, strength, temperature, CLIP, d);
  }
  return { margins: arena.f64(d, n) };
}

/** @throws DebkdError `value` */
export function checkStrength(form: InfusionForm, strength: number): void {
  const most = MAX_STRENGTH[checkName('knowledge infusion: form', form, INFUSION_FORMS)];
  if (most === 0 && strength !== 0)
    throw new DebkdError('value', {
      subject: 'knowledge infusion',
      seen: `strength ${strength} for none`,
      expected: '0',
      remedy: 'choose a form that takes a strength, such as mix',
    });
  if (!(strength >= 0 && strength <= most)) {
    throw new DebkdError('value', {
      subject: 'knowledge infusion',
      seen: `strength ${strength} for ${form}`,
      expected: `a number from 0 to ${most}`,
    });
  }
}
