// The fields of the settings, by the names of the command line's options: label, a sentence, and what they are if left empty.
import { FIELD_LABELS } from './name-field.ts';

/** A field of text. */
export interface SettingField {
  readonly name: string;
  readonly label: string;
  /** A sentence about it. */
  readonly says: string;
  /** What it is if left empty. */
  readonly empty: string;
  readonly inputMode: 'text' | 'numeric' | 'decimal';
}

/** The student and its training. */
export const FIELDS: readonly SettingField[] = [
  {
    ...{ name: 'student', label: FIELD_LABELS.student, inputMode: 'text', empty: '32,16' },
    says: 'How large the student is: widths such as 32,16, or logistic for none.',
  },
  {
    ...{ name: 'epochs', label: FIELD_LABELS.epochs, inputMode: 'numeric', empty: 'by the number of rows' },
    says: 'How often training goes through the rows, at most.',
  },
  {
    ...{ name: 'train-rows', label: FIELD_LABELS['train-rows'], inputMode: 'numeric', empty: 'all' },
    says: 'Fewer rows take less time.',
  },
  {
    ...{ name: 'seed', label: 'Seed', inputMode: 'numeric', empty: '1' },
    says: 'The same seed gives the same student, byte for byte.',
  },
];

/** How the student decides. */
export const DECISIONS: readonly SettingField[] = [
  {
    ...{ name: 'threshold-by', label: 'Threshold by', inputMode: 'text', empty: 'f1' },
    says: 'f1, accuracy, youden, mcc, cost:FP=1,FN=8, precision>=0.9, recall>=0.95, rate=0.1, or a probability.',
  },
  {
    ...{ name: 'threshold-per', label: 'Threshold per', inputMode: 'text', empty: 'one threshold for all' },
    says: 'A column, such as sex: each value has a threshold of its own, for equal true positive rates.',
  },
  {
    ...{ name: 'defer', label: 'Error rate to promise', inputMode: 'decimal', empty: 'it answers every row' },
    says: 'Such as 0.05: the student defers uncertain rows, and at most this share of the others is wrong, with 95 % confidence.',
  },
];
