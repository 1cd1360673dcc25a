// Knowledge infusion: changes a row's de-biased margin by the row's own label.
import type { AnyDataset } from '../data/dataset.ts';
import { checkLength, checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { log } from '../kernels/elementary.ts';
import { openArena } from '../kernels/memory.ts';
import { INFUSION_FORMS, type InfusionForm, MAX_STRENGTH } from './infusion-forms.ts';
import { type NoiseRates, noiseRates } from './noise-rates.ts';
import { knownRows, orLabels, pickMargins } from './unknown.ts';

/** The targets that a student is trained on. */
export interface Targets {
  /** Log-odds, float64 [rows]; +-Infinity for a target of exactly 1 or 0, NaN for a row to leave out. */
  readonly margins: Float64Array;
}

/** Options of infuse. */
export interface InfusionOptions {
  /** How a label changes its target; see infuse. */
  readonly form: InfusionForm;
  /** From 0, which changes nothing, to 1, or to 10 for `residual` and `log-odds`. */
  readonly strength: number;
  /** The loss's temperature, which only `orthogonal` uses; default 1. */
  readonly temperature?: number;
  /** Noise rates for `noise`; default: estimated from targets and labels (noiseRates). */
  readonly rates?: NoiseRates;
}

/** The share of `smooth`'s label smoothing. */
const SMOOTHING = 0.1;
/** `orthogonal` clips its probabilities to [CLIP, 1 - CLIP]. */
const CLIP = 1e-6;

/**
 * Infuses each labelled row's label y into its target; unlabelled rows keep theirs. d is the target's margin, u the result,
 * p = sigmoid(d), and w, k or g the strength:
 * - `none`: u = d
 * - `mix`: sigmoid(u) = (1 - w) p + w y; at T = 1, w and the loss's 1 - alpha have the same effect
 * - `residual`: u = d + k (y - p)
 * - `log-odds`: u = d + k (2 y - 1)
 * - `noise`: u = d + k log((1 - r1) / r0) for y = 1, d - k log((1 - r0) / r1) for y = 0; with k = 1 the posterior under label
 *   noise with rates r
 * - `shift`, `smooth` (Knowledge Adjustment: Wen et al. 2019): change only the rows that the target has wrong, p to 1 - p or to the
 *   smoothed label, in proportion to the strength
 * - `orthogonal` (Dao et al. 2021): p + g (y - p) at temperature T, clipped
 * @param targets margins of the dataset's rows, float64 [rows]. Where one is NaN, the row has no soft label: its target becomes its
 * label (+-Infinity) for every form and strength, and stays NaN without a label
 * @returns new targets; the same object for `none` or strength 0 if every row has a soft label
 * @throws DebkdError `value` if the form is unknown, the strength is out of range or lengths differ
 * @example
 * const targets = infuse({ margins: debiased.train }, train, { form: 'mix', strength: 0.3 });
 */
export function infuse(targets: Targets, dataset: AnyDataset, options: InfusionOptions): Targets {
  checkStrength(options.form, options.strength);
  checkLength('knowledge infusion', 'margins', targets.margins, dataset.rows);
  const known = knownRows(targets.margins);
  if (!known) return infuseKnown(targets, dataset, options);
  const margins = orLabels(targets.margins, dataset.labels);
  const labels = Int8Array.from(known, (row) => dataset.labels[row] as number);
  const { weights } = dataset;
  const infused = infuseKnown(
    { margins: pickMargins(targets.margins, known) },
    { labels, rows: known.length, ...(weights && { weights: pickMargins(weights, known) }) },
    options,
  );
  known.forEach((row, i) => {
    margins[row] = infused.margins[i] as number;
  });
  return { margins };
}

/** Infuses labels into targets that are all known. */
function infuseKnown(
  targets: Targets,
  dataset: Pick<AnyDataset, 'labels' | 'rows' | 'weights'>,
  { form, strength, temperature = 1, rates }: InfusionOptions,
): Targets {
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
      const { r0, r1 } = rates ?? noiseRates(targets.margins, dataset.labels, dataset.weights);
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

/** Checks form and strength. @throws DebkdError `value` */
export function checkStrength(form: InfusionForm, strength: number): void {
  const most = MAX_STRENGTH[checkName('knowledge infusion: form', form, INFUSION_FORMS)];
  if (most === 0 && strength !== 0)
    throw new DebkdError('value', {
      subject: 'knowledge infusion',
      seen: `strength ${strength} for the form none`,
      expected: '0',
      remedy: 'choose a form that takes a strength, such as mix',
    });
  if (!(strength >= 0 && strength <= most)) {
    throw new DebkdError('value', {
      subject: 'knowledge infusion',
      seen: `strength ${strength}`,
      expected: `a number from 0 to ${most} for ${form}`,
    });
  }
}
