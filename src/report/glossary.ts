// What the names of methods and of their settings stand for, in a few words; docs/method.md has the formulas.
import type { BaseMethod, Setting } from '../compare/method.ts';

export const LEARNS_FROM: Readonly<Record<BaseMethod, string>> = {
  hard: 'the labels alone, without a teacher',
  kd: "labels and the teacher's probabilities, mixed: plain distillation",
  'kd-soft': "as kd; stopped and chosen by labels and the teacher's probabilities, half each",
  'kd-logit': "labels, and the teacher's log-odds by their squared distance",
  fitnet: "as kd, and its own hidden layer is led to the teacher's (a hint)",
  rkd: "as kd, and the distances between rows in the teacher's hidden layer",
  'ka-shift': 'as kd; where the teacher is wrong, its two probabilities are swapped',
  'ka-smooth': 'as kd; where the teacher is wrong, its probabilities give way to the smoothed label',
  wsld: 'as kd; the teacher counts more on rows where the student does worse than it',
  tfkd: 'as kd, from a made-up teacher that is right with a fixed probability',
  orthogonal: "the teacher's probabilities, moved towards each row's label",
  debiased: "the teacher's labels, freed of the bias that held-out labels show; may mix in each row's own",
  'debiased-hint': "as debiased, and the teacher's hidden layer as fitnet has it",
};

const WORDS: Readonly<Record<keyof Setting, (value: number | boolean) => string>> = {
  temperature: (value) => `temperature ${value}`,
  alpha: (value) => `weight of the teacher ${value}`,
  strength: (value) => `infusion strength ${value}`,
  debias: (value) => (value ? 'labels de-biased' : 'labels not de-biased'),
  trees: (value) => (value ? 'trees in full' : 'without trees in full'),
  hint: (value) => `weight of the hint ${value}`,
  confidence: (value) => `right with probability ${value}`,
  learningRateScale: (value) => `learning rate × ${value}`,
  weightDecayScale: (value) => `weight decay × ${value}`,
};

export function settingWords(setting: Setting): string {
  const known = Object.entries(setting) as [keyof Setting, number | boolean][];
  return known
    .map(([name, value]) => (Object.hasOwn(WORDS, name) ? WORDS[name](value) : `${name} ${value}`))
    .join(', ');
}
