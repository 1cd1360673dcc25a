// Response-based losses of other methods: hard labels, and distillation of the teacher's margins.
import { logit } from '../kernels/elementary.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { checkLoss, type Loss } from './loss.ts';

/**
 * Binary cross-entropy on the labels, without a teacher.
 * @example
 * const student = await fit({ hidden: [16] }, train, targets, hardLabels(), { seed: 1 });
 */
export function hardLabels(): Loss {
  return { name: 'hard-labels', temperature: 1, alpha: 0 };
}

/**
 * Plain distillation (Hinton, Vinyals, Dean 2015): (1 - alpha) times the cross-entropy on the labels plus alpha T^2 times the
 * divergence from the teacher's probabilities at temperature T.
 * @param options.temperature T, above 0 and at most 100; default 1
 * @param options.alpha weight of the soft term, 0 .. 1; default .5
 * @throws DebkdError `value`
 * @example
 * const { margins } = await softLabels(teacher, train);
 * const student = await fit({ hidden: [16] }, train, { margins }, distillation({ temperature: 4, alpha: 0.9 }), { seed: 1 });
 */
export function distillation(options: { temperature?: number; alpha?: number } = {}): Loss {
  const { temperature = 1, alpha = 0.5 } = options;
  return checkLoss({ name: 'distillation', temperature, alpha });
}

/**
 * Logit matching (Ba, Caruana 2014): squared differences of margins, (z - u)^2 / 8, which is the limit of `distillation` for T to
 * infinity (Hinton, Vinyals, Dean 2015, section 2.1).
 * @param options.alpha weight of the soft term, 0 .. 1; default .5
 * @throws DebkdError `value`
 * @example
 * const { margins } = await softLabels(teacher, train);
 * const student = await fit({ hidden: [16] }, train, { margins }, logitMatching({ alpha: 1 }), { seed: 1 });
 */
export function logitMatching(options: { alpha?: number } = {}): Loss {
  return checkLoss({ name: 'logit-matching', temperature: 1, alpha: options.alpha ?? 0.5 });
}

/**
 * Weighted soft labels (Zhou et al. 2021): distillation whose soft term has a lower weight on rows where the student's
 * cross-entropy on the label is close to the teacher's or below it. Targets must be the teacher's margins.
 * @param options.temperature T, above 0 and at most 100; default 1
 * @param options.alpha weight of the soft term, 0 .. 1; default .5
 * @throws DebkdError `value`
 * @example
 * const { margins } = await softLabels(teacher, train);
 * const student = await fit({ hidden: [16] }, train, { margins }, weightedSoftLabels(), { seed: 1 });
 */
export function weightedSoftLabels(options: { temperature?: number; alpha?: number } = {}): Loss {
  const { temperature = 1, alpha = 0.5 } = options;
  return checkLoss({ name: 'weighted-soft-labels', temperature, alpha });
}

/**
 * Targets of a virtual teacher (teacher-free distillation: Yuan et al. 2020): probability `confidence` for each row's class, .5 for
 * unlabelled rows. With two classes and T = 1 this is label smoothing.
 * @param labels 1, 0 or -1 [rows]
 * @param confidence between 0 and 1; default .95
 * @example
 * const targets = virtualTeacher(train.labels);
 * const student = await fit({ hidden: [16] }, train, targets, distillation({ alpha: 1 }), { seed: 1 });
 */
export function virtualTeacher(labels: Int8Array, confidence: number = 0.95): Targets {
  const margin = logit(confidence);
  return { margins: Float64Array.from(labels, (y) => (y > 0 ? margin : y === 0 ? -margin : 0)) };
}
