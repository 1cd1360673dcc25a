// What the terms of the field mean, a sentence each: the app and the report have the same.

/** A term, its meaning, and the page of docs that says more. */
export interface Term {
  readonly name: string;
  /** Whether it takes an article. */
  readonly isCounted?: true;
  readonly meaning: string;
  /** A file of docs, perhaps with a heading. */
  readonly page: string;
}

/** A key of TERMS. */
export type TermName =
  | 'kd'
  | 'softLabel'
  | 'debiasing'
  | 'infusion'
  | 'margin'
  | 'calibration'
  | 'logLoss'
  | 'auc'
  | 'threshold'
  | 'deferral'
  | 'group'
  | 'missed';

/** The terms, by a short key. */
export const TERMS: Readonly<Record<TermName, Term>> = {
  kd: {
    name: 'knowledge distillation',
    meaning: 'A small student learns the probabilities of a large teacher. Plain KD does so without a correction.',
    page: 'method.md',
  },
  softLabel: {
    name: 'soft label',
    isCounted: true,
    meaning: "The teacher's probability of class 1 for a row, in the place of a label of 0 or 1.",
    page: 'teachers.md',
  },
  debiasing: {
    name: 'label de-biasing',
    meaning: "Correcting the soft labels for the teacher's bias, which labelled rows show.",
    page: 'method.md',
  },
  infusion: {
    name: 'knowledge infusion',
    meaning: "Mixing each row's own label into its corrected soft label.",
    page: 'method.md',
  },
  margin: {
    name: 'margin',
    isCounted: true,
    meaning: 'The log-odds of class 1: 0 means fifty-fifty. The bias is measured and corrected in margins.',
    page: 'method.md',
  },
  calibration: {
    name: 'calibration',
    meaning: 'Whether 80 % means 80 %: of 100 rows that get 80 %, about 80 should be of class 1.',
    page: 'method.md',
  },
  logLoss: {
    name: 'log-loss',
    meaning:
      'How far the probabilities are from the truth; confident mistakes cost most. 0 is perfect, and always saying 50 % gives 0.69.',
    page: 'losses.md',
  },
  auc: {
    name: 'AUC',
    meaning:
      'The chance that a random row of class 1 is ranked above a random row of class 0. 1 is perfect, 0.5 is guessing.',
    page: 'method.md',
  },
  threshold: {
    name: 'threshold',
    isCounted: true,
    meaning: 'At this probability or above, the answer is class 1.',
    page: 'production.md',
  },
  deferral: {
    name: 'deferral',
    meaning: 'The student leaves rows that it is unsure of to someone else, and promises an error rate on the others.',
    page: 'production.md',
  },
  group: {
    name: 'group',
    isCounted: true,
    meaning: 'The rows with one value of a column, such as the self-employed. Errors are compared between groups.',
    page: 'method.md',
  },
  missed: {
    name: 'missed positive',
    isCounted: true,
    meaning:
      'A row of class 1 that a model takes for class 0. A row of class 0 that it takes for class 1 is a false alarm.',
    page: 'method.md',
  },
};

/** The question that a definition answers. */
export function questionOf({ name, isCounted }: Term): string {
  return `What is ${isCounted ? 'a ' : ''}${name}?`;
}
