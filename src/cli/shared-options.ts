// Options that several commands have.
import { ACTIVATIONS } from '../kernels/activation.ts';
import { DEBIAS_METHODS } from '../labels/debias-names.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import { OPTIMIZERS, SCHEDULES } from '../student/optimizer.ts';
import type { OptionSpec, OptionSpecs } from './option-spec.ts';

export const teacherLimit: OptionSpec = {
  value: 'SECONDS',
  help: 'give up where it works longer on one batch of rows; default 60',
  number: { min: 0.1, max: 86400 },
};

/** How the teacher's inputs and output are read. */
export const teacherReading: OptionSpecs = {
  preprocessing: {
    value: 'P.json',
    help: 'how it wants its rows encoded (docs/commands.md); default: the columns as they are, in order',
  },
  output: { value: 'NAME', help: 'which of its outputs to read; default: the one that is a score' },
  convention: {
    value: 'C',
    help: 'what its output means: logit, probability, logits or probabilities; default: detected',
    choices: ['logit', 'probability', 'logits', 'probabilities'],
  },
  'positive-class': {
    value: 'PLACE',
    help: "which of the teacher's two outputs is class 1: first or second; default: as its classes are called, else second",
    choices: ['first', 'second'],
  },
  class: {
    value: 'NAME',
    help: 'the class that is class 1, by its name or its place from 0: against the rest where there are more than two, or one label of several',
  },
  'teacher-limit': teacherLimit,
};

export const naValues: OptionSpec = {
  value: 'na,?',
  help: 'what counts as missing, as the empty field always does; "": nothing; default na, n/a, #n/a, <na>, nan, null, ?',
  empty: '""',
};
export const drop: OptionSpec = {
  value: 'a,b',
  help: 'columns that are not features; "" is one without a name',
  empty: '""',
};

/** Labels of rows, and which columns are features. */
export const labelledRows: OptionSpecs = {
  labels: { value: 'Y.npy', help: 'labels of --data X.npy, whose columns are x0, x1, ...' },
  target: { value: 'COLUMN', help: 'the label column; default label' },
  positive: { value: 'V', help: 'the value of the label column that is class 1; default 1, true or yes' },
  drop,
};
export const data: OptionSpec = {
  value: 'D.csv',
  help: 'rows as CSV with a header, NDJSON, Parquet or npy, gzip or not',
};

/** Rows that are read as a stream. */
export const rowStream: OptionSpecs = {
  data: { value: 'D', help: 'CSV, NDJSON, Parquet or npy, gzip or not; default: standard input' },
  columns: {
    value: 'a,b',
    help: 'names of the columns of a CSV without a header, as a part of a larger one is; the answers have none, either',
  },
};

/** Columns of the input in the output. */
export const keptColumns: OptionSpecs = {
  keep: { value: 'a,b', help: 'columns to copy before the answers, or all; default none' },
  'escape-formulas': { help: 'with --keep: put an apostrophe before cells that a spreadsheet would run' },
};

/** A teacher, rows and their parts. */
export const trainingData: OptionSpecs = {
  teacher: { value: 'T.onnx', help: 'the classifier to learn from' },
  data,
  ...labelledRows,
  'na-values': naValues,
  ...teacherReading,
  split: {
    value: 'S.csv',
    help: 'a CSV with the column split: train, validation, test or unused for each row; default hash: 60/20/20, equal rows together',
  },
  'train-rows': {
    value: 'N',
    help: 'at most N training rows, a seeded sample',
    number: { min: 1, max: 1e9, whole: true },
  },
};

/** The student, as distill made it. */
export const trainedStudent: OptionSpecs = {
  student: { value: 'DIR', help: 'what distill made: the folder or its student.debkd' },
  threshold: {
    value: 'P',
    help: "label 1 from this probability on; default: the student's",
    number: { min: 0, max: 1 },
  },
};

/** The student and how it is trained. */
export const training: OptionSpecs = {
  student: { value: '32,16', help: 'hidden widths, or logistic; default 32,16' },
  activation: { value: 'NAME', help: 'of hidden layers: relu (default), tanh or gelu', choices: ACTIVATIONS },
  residual: {
    help: 'skip connections: hidden layers after the first add their input to their output; of equal widths',
  },
  dropout: {
    value: 'R',
    help: 'share of hidden units left out in training; default 0',
    number: { min: 0, max: 0.9 },
  },
  epochs: {
    value: 'N',
    help: 'passes over the training rows; default max(15, min(80, 150000 / training rows)), and on until the validation rows gain no more',
    number: { min: 1, max: 100000, whole: true },
  },
  'batch-size': { value: 'N', help: 'rows a step; default 64', number: { min: 1, max: 65536, whole: true } },
  'learning-rate': { value: 'R', help: 'default 0.002, 0.05 for sgd', number: { min: 1e-9, max: 10 } },
  optimizer: {
    value: 'NAME',
    help: 'adamw (default), sgd with momentum .9, or newton (default of logistic students, which have one minimum)',
    choices: OPTIMIZERS,
  },
  schedule: {
    value: 'S',
    help: 'learning rate over the epochs: constant (default), linear or step',
    choices: SCHEDULES,
  },
  'weight-decay': { value: 'D', help: 'default 0.0001', number: { min: 0, max: 10 } },
};

export const temperature: OptionSpec = {
  value: 'T',
  help: 'of the distillation loss; default 1',
  number: { min: 1e-3, max: 100 },
};

/** How corrected labels are made, and what a student is chosen by. */
export const debiasing: OptionSpecs = {
  debias: {
    value: 'METHOD',
    help: `how the teacher is corrected: ${DEBIAS_METHODS.join(', ')} (docs/method.md); default auto`,
    choices: DEBIAS_METHODS,
  },
  infuse: {
    value: 'FORM[:W]',
    help: `how the rows' own labels are mixed in: ${INFUSION_FORMS.join(', ')}, and a strength or auto; default mix:auto`,
  },
  temperature,
  alpha: { value: 'A', help: 'weight of the corrected labels in the loss; default 1', number: { min: 0, max: 1 } },
  select: {
    value: 'BY',
    help: 'choose epoch and strength by debiased (default) or labels',
    choices: ['debiased', 'labels'],
  },
  'class-weight': { value: 'W', help: 'weight of rows of class 1, or balanced; default 1' },
};

/** Where the teacher's answers are kept. */
export const labelCache: OptionSpecs = {
  cache: {
    value: 'DIR',
    help: "where its answers are kept for later runs, at most 1 GiB; default: the user's cache folder; also DEBKD_CACHE",
  },
  'no-cache': { help: 'ask it again, and keep nothing' },
};

/** Work for the workers of a queue. */
export const cluster: OptionSpecs = {
  queue: {
    value: 'URL',
    help: 'redis://HOST:PORT: the work is done by `debkd worker` on any machines; also DEBKD_QUEUE',
  },
  store: {
    value: 'PLACE',
    help: 'with --queue: a folder that all machines mount, or s3://BUCKET/PREFIX; also DEBKD_STORE',
  },
};

export const seed: OptionSpec = {
  value: 'N',
  help: 'of start, order and samples; default 1',
  number: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
};
export const config: OptionSpec = { value: 'F.json', help: 'options in camelCase; flags win over it' };
export const force: OptionSpec = {
  help: 'write over files that debkd did not make; all others in a folder are kept',
};
export const json: OptionSpec = { help: 'print one JSON object' };

/** A number of threads. */
export const threads = (help: string): OptionSpec => ({
  value: 'N',
  help,
  number: { min: 1, max: 1024, whole: true },
});
