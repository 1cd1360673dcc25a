// The commands and their options: one table that parsing, --help and --config read.

import { METHODS } from '../compare/methods.ts';
import { ACTIVATIONS } from '../kernels/activation.ts';
import { ABLATION_COMPONENTS } from '../labels/candidates.ts';
import { DEBIAS_METHODS } from '../labels/debias-names.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import { OPTIMIZERS, SCHEDULES } from '../student/optimizer.ts';
import { QUANTIZED_FORMS } from '../student/quantized-forms.ts';

export interface OptionSpec {
  /** What stands for the value in --help; absent: a switch. */
  readonly value?: string;
  readonly help: string;
  /** Accepted values: a range, or a list. */
  readonly number?: { readonly min: number; readonly max: number; readonly whole?: boolean };
  readonly choices?: readonly string[];
  /** What an empty value stands for; absent: it is refused. */
  readonly empty?: string;
  /** Taken, and not in --help. */
  readonly hidden?: true;
}

export interface CommandSpec {
  readonly summary: string;
  /** The name of the one positional argument. */
  readonly argument?: string;
  readonly required: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Arguments after the command's name, for --help. */
  readonly examples: readonly string[];
}

/** Earlier names of options, which are still taken. */
export const RENAMED_OPTIONS: Readonly<Record<string, string>> = {
  'leave-out': 'ablate',
  missing: 'na-values',
  silence: 'heartbeat-timeout',
  spill: 'temp-dir',
};

const json: OptionSpec = { help: 'print one JSON object' };
const convention: OptionSpec = {
  value: 'C',
  help: 'what its output means: logit, probability, logits or probabilities; default: detected',
  choices: ['logit', 'probability', 'logits', 'probabilities'],
};
const positiveClass: OptionSpec = {
  value: 'PLACE',
  help: "which of the teacher's two outputs is class 1: first or second; default: as its classes are called, else second",
  choices: ['first', 'second'],
};
const classOption: OptionSpec = {
  value: 'NAME',
  help: 'the class that is class 1, by its name or its place from 0: against the rest where there are more than two, or one label of several',
};
const output: OptionSpec = { value: 'NAME', help: 'which of its outputs to read; default: the one that is a score' };
const teacherLimit: OptionSpec = {
  value: 'SECONDS',
  help: 'give up where it works longer on one batch of rows; default 60',
  number: { min: 0.1, max: 86400 },
};
const preprocessing: OptionSpec = {
  value: 'P.json',
  help: 'how it wants its rows encoded (docs/commands.md); default: the columns as they are, in order',
};
const data: OptionSpec = { value: 'D.csv', help: 'rows as CSV with a header, NDJSON, Parquet or npy, gzip or not' };
const labels: OptionSpec = { value: 'Y.npy', help: 'labels of --data X.npy, whose columns are x0, x1, ...' };
const target: OptionSpec = { value: 'COLUMN', help: 'the label column; default label' };
const positive: OptionSpec = {
  value: 'V',
  help: 'the value of the label column that is class 1; default 1, true or yes',
};
const naValues: OptionSpec = {
  value: 'na,?',
  help: 'what counts as missing, as the empty field always does; "": nothing; default na, n/a, #n/a, <na>, nan, null, ?',
  empty: '""',
};
const drop: OptionSpec = { value: 'a,b', help: 'columns that are not features; "" is one without a name', empty: '""' };
const columns: OptionSpec = {
  value: 'a,b',
  help: 'names of the columns of a CSV without a header, as a part of a larger one is; the answers have none, either',
};
const threshold: OptionSpec = {
  value: 'P',
  help: "label 1 from this probability on; default: the student's",
  number: { min: 0, max: 1 },
};
const force: OptionSpec = { help: 'write over files that debkd did not make; all others in a folder are kept' };
const student: OptionSpec = { value: 'DIR', help: 'what distill made: the folder or its student.debkd' };

/** A teacher, rows and their parts. */
const source: Readonly<Record<string, OptionSpec>> = {
  teacher: { value: 'T.onnx', help: 'the classifier to learn from' },
  ...{
    data,
    labels,
    target,
    positive,
    drop,
    'na-values': naValues,
    preprocessing,
    output,
    convention,
    'positive-class': positiveClass,
    class: classOption,
    'teacher-limit': teacherLimit,
  },
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

/** The student and how it is trained. */
const training: Readonly<Record<string, OptionSpec>> = {
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

/** How corrected labels are made, and what a student is chosen by. */
const own: Readonly<Record<string, OptionSpec>> = {
  debias: {
    value: 'METHOD',
    help: `how the teacher is corrected: ${DEBIAS_METHODS.join(', ')} (docs/method.md); default auto`,
    choices: DEBIAS_METHODS,
  },
  infuse: {
    value: 'FORM[:W]',
    help: `how the rows' own labels are mixed in: ${INFUSION_FORMS.join(', ')}, and a strength or auto; default mix:auto`,
  },
  temperature: { value: 'T', help: 'of the distillation loss; default 1', number: { min: 1e-3, max: 100 } },
  alpha: { value: 'A', help: 'weight of the corrected labels in the loss; default 1', number: { min: 0, max: 1 } },
  select: {
    value: 'BY',
    help: 'choose epoch and strength by debiased (default) or labels',
    choices: ['debiased', 'labels'],
  },
  'class-weight': { value: 'W', help: 'weight of rows of class 1, or balanced; default 1' },
};

const cache: OptionSpec = {
  value: 'DIR',
  help: "where its answers are kept for later runs, at most 1 GiB; default: the user's cache folder; also DEBKD_CACHE",
};
const noCache: OptionSpec = { help: 'ask it again, and keep nothing' };
const seed: OptionSpec = {
  value: 'N',
  help: 'of start, order and samples; default 1',
  number: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
};
const config: OptionSpec = { value: 'F.json', help: 'options in camelCase; flags win over it' };

/** Work for the workers of a queue. */
const cluster: Readonly<Record<string, OptionSpec>> = {
  queue: {
    value: 'URL',
    help: 'redis://HOST:PORT: the work is done by `debkd worker` on any machines; also DEBKD_QUEUE',
  },
  store: {
    value: 'PLACE',
    help: 'with --queue: a folder that all machines mount, or s3://BUCKET/PREFIX; also DEBKD_STORE',
  },
};

export const COMMANDS: Readonly<Record<string, CommandSpec>> = {
  inspect: {
    summary: 'show what a teacher is and how its output is read',
    argument: 'T.onnx',
    required: [],
    options: {
      preprocessing,
      output,
      convention,
      'positive-class': positiveClass,
      class: classOption,
      'teacher-limit': teacherLimit,
      json,
    },
    examples: ['teacher.onnx'],
  },
  label: {
    summary: "a teacher's margin and probability of each row, as a stream",
    required: ['teacher'],
    options: {
      teacher: { value: 'T.onnx', help: 'the classifier to ask' },
      data: { value: 'D', help: 'CSV, NDJSON, Parquet or npy, gzip or not; default: standard input' },
      columns,
      target: { value: 'COLUMN', help: 'a column that is no feature; default label, where it is there' },
      ...{
        drop,
        'na-values': naValues,
        preprocessing,
        output,
        convention,
        'positive-class': positiveClass,
        class: classOption,
      },
      'teacher-limit': teacherLimit,
      keep: { value: 'a,b', help: 'columns to copy before the answers, or all; default none' },
      'escape-formulas': { help: 'with --keep: put an apostrophe before cells that a spreadsheet would run' },
      out: { value: 'F', help: 'a file for the answers; F.f32: margins alone, float32; default: standard output' },
      force: { help: 'write over a file that is there' },
      ...{ cache, 'no-cache': noCache },
      ...cluster,
    },
    examples: [
      '--teacher teacher.onnx --data rows.csv --out soft.csv',
      '--teacher teacher.onnx --keep id < rows.csv > soft.csv',
    ],
  },
  distill: {
    summary: 'distil a teacher into a small student',
    required: ['teacher', 'data'],
    options: {
      ...source,
      'temp-dir': {
        value: 'FOLDER',
        help: 'keep rows in files there instead of in memory; default: the temporary folder, from 8 MiB of text on',
      },
      ...training,
      ...own,
      seed,
      threads: {
        value: 'N',
        help: 'for scripts that give it to every command; one is used',
        number: { min: 1, max: 1024, whole: true },
        hidden: true,
      },
      calibrate: {
        help: 'scale and shift the trained student by the labelled validation rows, where that is one standard error better',
      },
      baselines: { help: 'also train students of labels alone and of plain distillation, to compare with' },
      groups: {
        value: 'a,b',
        help: 'also by the values of these columns: missed of class 1, false alarms, calibration',
      },
      out: { value: 'DIR', help: 'where student.debkd, result.json and report.html go' },
      config,
      cache,
      'no-cache': noCache,
      resume: { help: 'go on from the checkpoint beside --out' },
      force,
      json,
    },
    examples: [
      '--teacher teacher.onnx --data rows.csv --target label --out student',
      '--teacher teacher.onnx --preprocessing p.json --data rows.csv --split split.csv --groups sex --student 16',
    ],
  },
  compare: {
    summary: 'compare methods over seeds, tuned alike, with paired statistics',
    required: ['teacher', 'data'],
    options: {
      ...source,
      methods: {
        value: 'a,b',
        help: `some of ${METHODS.join(', ')} (docs/method.md), each also with +calibration; default hard,kd,fitnet,debiased`,
      },
      seeds: {
        value: 'N',
        help: 'repetitions, each with another start and order; default 20',
        number: { min: 1, max: 1000, whole: true },
      },
      seed: { ...seed, help: 'that of the first repetition; default 1' },
      tune: { help: 'try 15 settings of each method, chosen on the validation rows' },
      layer: { value: 'NAME', help: "the teacher's tensor for feature-based methods; default its last hidden layer" },
      ...training,
      ...own,
      temperature: {
        ...(own['temperature'] as OptionSpec),
        help: 'of debiased and debiased-hint; default: that of each setting',
      },
      ablate: {
        value: 'a,b',
        help: `what debiased does without, to see its worth: ${ABLATION_COMPONENTS.join(', ')}`,
      },
      threads: {
        value: 'N',
        help: 'workers; default all cores; results never depend on it',
        number: { min: 1, max: 1024, whole: true },
      },
      out: { value: 'DIR', help: 'where compare.json, compare.csv, compare.md and report.html go' },
      ...{ config, cache, 'no-cache': noCache },
      resume: { help: 'go on from the finished cells beside --out' },
      force,
      ...cluster,
      json,
    },
    examples: [
      '--teacher teacher.onnx --data rows.csv --tune --out study',
      '--teacher teacher.onnx --data rows.csv --seeds 5 --methods hard,kd,debiased',
    ],
  },
  evaluate: {
    summary: 'measure a student on labelled rows',
    required: ['student', 'data'],
    options: {
      ...{ student, threshold, data, labels, target, positive, drop },
      split: { value: 'S.csv', help: 'measure its test part; hash: that of the default split; without it every row' },
      groups: { value: 'a,b', help: 'also by the values of these columns' },
      json,
    },
    examples: ['--student student --data rows.csv --split hash --groups sex'],
  },
  predict: {
    summary: 'probability and label of each row, as a stream',
    required: ['student'],
    options: {
      student,
      threshold,
      data: { value: 'D', help: 'CSV, NDJSON, Parquet or npy, gzip or not; default: standard input' },
      columns,
      keep: { value: 'a,b', help: 'columns to copy before the answers, or all; default none' },
      'escape-formulas': { help: 'with --keep: put an apostrophe before cells that a spreadsheet would run' },
    },
    examples: ['--student student --keep id < new.csv > answers.csv'],
  },
  export: {
    summary: 'write a student for other runtimes',
    required: ['student', 'to', 'out'],
    options: {
      student,
      threshold,
      to: {
        value: 'onnx,js',
        help: 'onnx, safetensors, js, wasm; projects: cloudflare, deno, vercel, node, aws-lambda; or all; one folder each',
      },
      out: { value: 'DIR', help: 'where the folders go' },
      quantize: {
        value: 'FORM',
        help: 'parameters in float16 or int8; refused where too much is lost',
        choices: QUANTIZED_FORMS,
      },
      data: { value: 'D.csv', help: 'rows that --quantize is measured on; best rows the student was not fitted on' },
      ...{ labels, target, positive, drop },
      split: {
        value: 'S.csv',
        help: 'measure on its test part; hash: that of the default split; without it every row',
      },
      force: { help: 'let --quantize through whatever is lost' },
      name: { value: 'NAME', help: 'of projects; default debkd-student' },
      cors: { value: 'a,b', help: 'origins whose pages may call a project from a browser, or *; default none' },
      json,
    },
    examples: [
      '--student student --to js,cloudflare --out deploy',
      '--student student --to js --quantize int8 --data rows.csv --split hash --out deploy',
    ],
  },
  report: {
    summary: 'the JSON that distill or compare wrote as one HTML page',
    argument: 'RESULT.json',
    required: ['out'],
    options: {
      out: { value: 'F.html', help: 'where the page goes' },
      force: { help: 'write over a file that debkd did not make' },
    },
    examples: ['study/compare.json --out study.html'],
  },
  worker: {
    summary: 'do the tasks that label and compare put into a queue, until interrupted',
    required: [],
    options: {
      queue: { value: 'URL', help: 'redis://[USER:PASSWORD@]HOST:PORT, rediss:// for TLS; also DEBKD_QUEUE' },
      store: { value: 'PLACE', help: 'the same as the coordinator has; also DEBKD_STORE' },
      'heartbeat-timeout': {
        value: 'SECONDS',
        help: 'without a sign of life for so long its tasks are given to others; default 8',
        number: { min: 0.5, max: 3600 },
      },
      threads: { value: 'N', help: 'tasks at a time; default 1', number: { min: 1, max: 1024, whole: true } },
      'teacher-limit': teacherLimit,
    },
    examples: ['--queue redis://10.0.0.1:6379 --store /mnt/debkd --threads 8'],
  },
  serve: {
    summary: 'the browser app, on this machine alone',
    required: [],
    options: {
      port: { value: 'N', help: 'default 8321; 0: any', number: { min: 0, max: 65535, whole: true } },
    },
    examples: [''],
  },
  demo: {
    summary: 'the main job on data and a teacher that come with debkd',
    required: [],
    options: { out: { value: 'DIR', help: 'where the student goes; default: a folder debkd-demo' }, force },
    examples: [''],
  },
};
