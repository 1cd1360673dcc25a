// Options that several commands share.
import { rowImages, teacherImages } from './image-option-specs.ts';
import type { OptionSpec, OptionSpecs } from './option-spec.ts';

export const teacherLimit: OptionSpec = {
  value: 'SECONDS',
  help: 'time limit for opening the model and for each batch of rows',
  default: '60',
  number: { min: 0.1, max: 86400 },
};

/** How the teacher's inputs and output are read. */
export const teacherReading: OptionSpecs = {
  preprocessing: {
    value: 'P.json',
    path: 'input',
    help: 'the encoding that the teacher was trained on, see docs/commands.md',
    default: 'the columns as they are, in order',
  },
  inputs: {
    value: 'INPUT=a,b',
    help: 'the columns that enter an input of the teacher, in order; several inputs separated by semicolons, or the option once for each',
    default: 'by the names of the inputs',
    repeatable: true,
  },
  text: {
    value: 'COLUMN',
    list: true,
    help: 'the column of text that a teacher of text reads, and whose words a student learns; a,b for a text and its pair',
    default: 'the only column of running text',
    repeatable: true,
  },
  tokenizer: {
    value: 'FILE',
    path: 'input',
    help: 'tokenizer.json of a teacher of text, or its folder; a tokenizer_config.json beside it is used',
    default: "the one in the teacher's folder",
  },
  'max-length': {
    value: 'N',
    help: 'most tokens of a row that a teacher of text reads; longer texts are cut',
    default: 'that of the tokenizer, at most the positions of the model',
    number: { min: 3, max: 1e6, whole: true },
  },
  ...teacherImages,
  output: {
    value: 'NAME',
    help: 'the output of the teacher to read; NAME[k] is its value k, from 0',
    default: 'the one that is a score',
  },
  convention: {
    value: 'C',
    help: 'what the output means: logit, probability, logits or probabilities',
    default: 'detected',
    choices: ['logit', 'probability', 'logits', 'probabilities'],
  },
  'positive-class': {
    value: 'PLACE',
    help: "which of the teacher's two outputs is class 1: first or second",
    default: 'by the names of its classes, otherwise second',
    choices: ['first', 'second'],
  },
  class: {
    value: 'NAME',
    help: 'the class to use as class 1, by name or by index from 0: one of several classes against the rest, one of several labels, or the name of one of several outputs',
    default: "the class that the label's values name",
  },
  'teacher-limit': teacherLimit,
};

export const naValues: OptionSpec = {
  value: 'na,?',
  list: true,
  help: 'texts that count as missing, in addition to an empty field; "" for no others',
  default: 'na, n/a, #n/a, <na>, nan, null, ?',
  empty: '""',
};
export const drop: OptionSpec = {
  value: 'a,b',
  list: true,
  help: 'columns that are not features; "" is a column without a name',
  empty: '""',
};

/** Labels of rows, and which columns are features. */
export const labelledRows: OptionSpecs = {
  labels: {
    value: 'Y.npy',
    path: 'input',
    help: 'labels of the rows of --data X.npy, whose columns are named x0, x1, ...',
  },
  target: { value: 'COLUMN', help: 'the label column', default: 'label' },
  positive: {
    value: 'V',
    help: 'the value of the label column that is class 1',
    default: '1, true or yes',
  },
  weights: {
    value: 'COLUMN',
    help: 'a column of row weights, numbers from 0; it is no feature',
    default: 'all rows count the same',
  },
  drop,
};
export const data: OptionSpec = {
  value: 'D.csv',
  path: 'input',
  help: 'rows: CSV with a header, NDJSON, Parquet or npy, optionally gzipped; or images: a folder or an archive (.zip, .tar, .tar.gz) with a folder for each class',
};

/** Rows that are read as a stream. */
export const rowStream: OptionSpecs = {
  data: { ...data, value: 'D', default: 'standard input' },
  columns: {
    value: 'a,b',
    list: true,
    help: 'column names of a CSV without a header, such as a part of a larger file; the output has no header either',
  },
};

/** Columns of the input in the output. */
export const keptColumns: OptionSpecs = {
  keep: {
    value: 'a,b',
    list: true,
    help: 'columns of the input to copy in front of the answers, or all',
    default: 'none',
  },
  'escape-formulas': {
    help: 'with --keep, put an apostrophe before cells that a spreadsheet would run as a formula',
  },
};

/** How rows are split, and which part is measured. */
export const measuredSplit: OptionSpecs = {
  split: {
    value: 'S',
    path: 'input',
    help: 'measure only the test part of this split, given as distill was: hash, shares or a file',
    default: 'every row',
  },
  'split-by': {
    value: 'W:COLUMN',
    help: 'measure only the test part of a split by group:COLUMN or time:COLUMN, given as distill was',
  },
};

/** The columns of the student. */
const studentColumns: OptionSpecs = {
  features: {
    value: 'a,b',
    list: true,
    help: 'columns that the student is given; the teacher takes what it takes',
    default: 'those of the preprocessing, or all features',
    empty: '""',
  },
  exclude: {
    value: 'a,b',
    list: true,
    help: 'columns that the student is not given, such as a leak or an id; the teacher may take them',
    empty: '""',
  },
};

/** A teacher, rows and their parts. */
export const trainingData: OptionSpecs = {
  teacher: {
    value: 'T.onnx',
    path: 'input',
    help: 'the classifier to distil, or a folder with model.onnx; several times for several teachers, each optionally with its preprocessing as T.onnx=P.json',
    repeatable: true,
  },
  'soft-labels': {
    value: 'COLUMN',
    list: true,
    path: 'input',
    help: "instead of a teacher, or as one of several: the column of the data with a teacher's probabilities or log-odds, or FILE:COLUMN of a second table; a,b for several answers a row, whose log-odds are averaged",
  },
  data,
  ...labelledRows,
  'na-values': naValues,
  ...teacherReading,
  ...rowImages,
  ...studentColumns,
  convention: {
    value: 'C',
    help: 'what the output of the teacher means: logit, probability, logits or probabilities; or what soft labels mean: probability, percentage or log-odds',
    default: 'detected',
    choices: ['logit', 'probability', 'logits', 'probabilities', 'log-odds', 'percentage'],
  },
  split: {
    value: 'S',
    path: 'input',
    help: 'shares of training, validation and test rows, such as 70/15/15, or a CSV with the column split: train, validation, test or unused for each row',
    default: 'hash, a 60/20/20 split that keeps equal rows together',
  },
  'split-by': {
    value: 'W:COLUMN',
    help: 'group:COLUMN keeps the rows of one value together; time:COLUMN trains on the oldest rows and tests on the newest',
  },
  'train-rows': {
    value: 'N',
    help: 'train on at most N rows, a random sample',
    number: { min: 1, max: 1e9, whole: true },
  },
};

/** A student that distill has made. */
export const trainedStudent: OptionSpecs = {
  student: { value: 'DIR', path: 'input', help: 'the folder that distill made, or its student.debkd' },
  threshold: {
    value: 'P',
    help: 'the probability from which a row is class 1',
    default: "the student's threshold",
    number: { min: 0, max: 1 },
  },
};

/** Where the teacher's answers and decoded images are kept. */
export const labelCache: OptionSpecs = {
  cache: {
    value: 'DIR',
    path: 'own',
    help: "folder that keeps the teacher's answers and decoded images for later runs, at most 1 GiB",
    default: "DEBKD_CACHE, otherwise in the user's cache folder",
  },
  'no-cache': { help: 'run the teacher on every row, and keep nothing' },
};

/** Work for the workers of a queue. */
export const cluster: OptionSpecs = {
  queue: {
    value: 'URL',
    help: 'have `debkd worker` processes do the work, through the Redis at redis://HOST:PORT',
    default: 'DEBKD_QUEUE, where --store is given',
  },
  store: {
    value: 'PLACE',
    path: 'own',
    help: 'with --queue, a folder that all machines mount, or s3://BUCKET/PREFIX',
    default: 'DEBKD_STORE, where --queue is given',
  },
};

export const seed: OptionSpec = {
  value: 'N',
  help: 'seed of the initial weights, the order of rows and samples',
  default: '1',
  number: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
};
export const config: OptionSpec = {
  value: 'F.json',
  path: 'input',
  help: 'read options from a JSON file, with names in camelCase or as here; the command line takes precedence',
};
export const force: OptionSpec = {
  help: 'overwrite files of these names that debkd did not write; other files in the folder stay',
};
export const json: OptionSpec = { help: 'print one JSON object' };

/** What runs the teacher. */
export const provider: OptionSpec = {
  value: 'NAME',
  help: 'what runs the teacher: wasm, with the same bits everywhere, or native, which is faster and needs the package onnxruntime-node',
  default: 'wasm',
  choices: ['wasm', 'native'],
};

/** The threads of label, distill, compare and next. */
export const LABELLING: Required<Pick<OptionSpec, 'help' | 'default'>> = {
  help: 'threads, which never change results: they run the teacher where that takes longer than about 2 s',
  default: 'one per core',
};

export const tempDir: OptionSpec = {
  value: 'FOLDER',
  path: 'own',
  help: 'keep the rows in files in this folder instead of in memory',
  default: "the system's temporary folder, for more than 64 MiB of CSV or 8 MiB of other text",
};

/** A number of threads. */
export const threads = (spec: Pick<OptionSpec, 'help' | 'default'>): OptionSpec => ({
  ...spec,
  value: 'N',
  number: { min: 1, max: 1024, whole: true },
});
