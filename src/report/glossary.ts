// Short descriptions of the methods and their settings; docs/method.md has the formulas.
import type { BaseMethod, Setting } from '../compare/method.ts';

/** What each method learns from. */
export const LEARNS_FROM: Readonly<Record<BaseMethod, string>> = {
  hard: 'the labels only, without a teacher',
  kd: "a mix of the labels and the teacher's probabilities (plain distillation)",
  'kd-soft': "as kd; early stopping and selection weigh the labels and the teacher's probabilities equally",
  'kd-logit': "the labels, and the teacher's log-odds by squared error",
  fitnet: "as kd, plus a hint: its hidden layer is matched to the teacher's",
  rkd: "as kd, plus the distances between rows in the teacher's hidden layer",
  'ka-shift': 'as kd; where the teacher is wrong, its two probabilities are swapped',
  'ka-smooth': 'as kd; where the teacher is wrong, the smoothed label replaces its probabilities',
  wsld: 'as kd; the teacher has more weight on rows where the student is worse than the teacher',
  tfkd: 'as kd, with a virtual teacher that is right with a fixed probability',
  orthogonal: "the teacher's probabilities, moved towards each row's label",
  debiased:
    "the teacher's soft labels, corrected for the bias that held-out labels show; may mix in each row's own label",
  'debiased-hint': 'as debiased, plus the hint of fitnet',
};

const WORDS: Readonly<Record<keyof Setting, (value: number | boolean) => string>> = {
  temperature: (value) => `temperature ${value}`,
  alpha: (value) => `weight of the teacher ${value}`,
  strength: (value) => `infusion strength ${value}`,
  debias: (value) => (value ? 'labels de-biased' : 'labels not de-biased'),
  trees: (value) => (value ? 'trees with full weight' : 'trees with reduced weight'),
  hint: (value) => `weight of the hint ${value}`,
  confidence: (value) => `virtual teacher right with probability ${value}`,
  learningRateScale: (value) => `learning rate × ${value}`,
  weightDecayScale: (value) => `weight decay × ${value}`,
};

/** Describes a setting. */
export function settingWords(setting: Setting): string {
  const known = Object.entries(setting) as [keyof Setting, number | boolean][];
  return known
    .map(([name, value]) => (Object.hasOwn(WORDS, name) ? WORDS[name](value) : `${name} ${value}`))
    .join(', ');
}
