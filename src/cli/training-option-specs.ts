// The options about training, label de-biasing and decisions that several commands share; settings/training.ts reads them.
import { ACTIVATIONS } from '../kernels/activation-names.ts';
import { ABLATION_COMPONENTS, DEBIAS_METHODS } from '../labels/debias-names.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import { OPTIMIZERS, SCHEDULES } from '../student/optimizer.ts';
import { studentImages } from './image-option-specs.ts';
import type { OptionSpec, OptionSpecs } from './option-spec.ts';

/** How the student decides. */
export const decisions: OptionSpecs = {
  'threshold-by': {
    value: 'RULE',
    help: "rule that chooses the threshold on the validation rows: f1, accuracy, youden, mcc, cost:FP=1,FN=8, 'precision>=0.9', 'recall>=0.95', rate=0.1 (share of rows in class 1), or a probability such as 0.37",
    default: 'f1',
  },
  'threshold-per': {
    value: 'COLUMN',
    help: 'give each value of this column a threshold of its own, so that error rates are alike; records need the column even where the student does not take it',
  },
  'threshold-for': {
    value: 'GOAL',
    help: 'with --threshold-per, what is alike: equal-opportunity (true positive rates) or equalised-odds (true and false positive rates)',
    default: 'equal-opportunity',
    choices: ['equal-opportunity', 'equalised-odds'],
  },
  defer: {
    value: 'R',
    help: 'defer uncertain rows to someone else, so that of the rows that the student answers at most the share R is wrong, with 95 % confidence; half of the labelled validation rows show it',
    number: { min: 1e-6, max: 0.5 },
  },
  'defer-rate': {
    value: 'S',
    help: 'defer at most the share S of the held-out rows, the most uncertain ones, without a promise',
    number: { min: 1e-6, max: 0.99 },
  },
  'defer-by': {
    value: 'class',
    help: 'with --defer: the promise holds for the rows of class 0 and of class 1 apart',
    choices: ['class'],
  },
};

/** The student and its training. */
export const training: OptionSpecs = {
  student: {
    value: '32,16',
    list: true,
    help: 'widths of the hidden layers, or logistic; for images the channels of convolutions, such as conv:8,16,32, conv:8,16@5, separable:8,16,32, residual:8,16, and hidden layers after a slash (conv:8,16/16)',
    default: '32,16, logistic for texts, conv:8,16,32 for images',
  },
  ...studentImages,
  activation: {
    value: 'NAME',
    help: 'activation of the hidden layers: relu, tanh or gelu',
    default: 'relu',
    choices: ACTIVATIONS,
  },
  residual: {
    help: 'add a residual connection around each hidden layer except the first; all widths must be equal',
  },
  dropout: {
    value: 'R',
    help: 'dropout rate of the hidden layers in training',
    default: '0',
    number: { min: 0, max: 0.9 },
  },
  epochs: {
    value: 'N',
    help: 'passes over the training rows',
    default:
      '150000 / training rows, from 15 to 80, and with a constant schedule on until the validation loss stops falling, up to 40 times as many (8000 / columns with more than 200)',
    number: { min: 1, max: 100000, whole: true },
  },
  'batch-size': {
    value: 'N',
    help: 'rows per training step',
    default: '64',
    number: { min: 1, max: 65536, whole: true },
  },
  'learning-rate': {
    value: 'R',
    help: 'learning rate',
    default: '0.002, for sgd 0.05',
    number: { min: 1e-9, max: 10 },
  },
  optimizer: {
    value: 'NAME',
    help: 'adamw, sgd with momentum 0.9, or newton, which is for logistic students only',
    default: 'adamw, for logistic students newton',
    choices: OPTIMIZERS,
  },
  schedule: {
    value: 'S',
    help: 'learning rate over the epochs: constant, linear, step or one-cycle',
    default: 'constant, one-cycle for images',
    choices: SCHEDULES,
  },
  'weight-decay': { value: 'D', help: 'weight decay', default: '0.0001', number: { min: 0, max: 10 } },
};

export const temperature: OptionSpec = {
  value: 'T',
  help: 'temperature of the distillation loss',
  default: '1',
  number: { min: 1e-3, max: 100 },
};

/** How labels are corrected, and how epoch and strength are chosen. */
export const debiasing: OptionSpecs = {
  debias: {
    value: 'METHOD',
    help: `method of label de-biasing, see docs/method.md: ${DEBIAS_METHODS.join(', ')}`,
    default: 'auto',
    choices: DEBIAS_METHODS,
  },
  infuse: {
    value: 'FORM[:W]',
    help: `how each row's own label is mixed into its target: FORM is ${INFUSION_FORMS.join(', ')}; W is a strength or auto`,
    default: 'mix:auto',
  },
  ablate: {
    value: 'a,b',
    list: true,
    help: `components that label de-biasing by auto leaves out, to measure what each adds: ${ABLATION_COMPONENTS.join(', ')}`,
  },
  temperature,
  alpha: {
    value: 'A',
    help: 'weight of the corrected labels in the loss',
    default: '1',
    number: { min: 0, max: 1 },
  },
  select: {
    value: 'BY',
    help: 'what epoch and strength are chosen by: debiased (de-biased probabilities with labels) or labels',
    default: 'debiased',
    choices: ['debiased', 'labels'],
  },
  'class-weight': { value: 'W', help: 'weight of the rows of class 1, or balanced', default: '1' },
};
