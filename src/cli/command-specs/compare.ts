// The options of debkd compare.
import { METHODS } from '../../compare/method-names.ts';
import type { CommandSpec } from '../option-spec.ts';
import {
  cluster,
  config,
  force,
  json,
  LABELLING,
  labelCache,
  provider,
  seed,
  threads,
  trainingData,
} from '../shared-options.ts';
import { debiasing, temperature, training } from '../training-option-specs.ts';

export const compareSpec: CommandSpec = {
  summary: 'compare methods over seeds on equal terms, with paired tests',
  required: ['data'],
  oneOf: ['teacher', 'soft-labels'],
  options: {
    ...trainingData,
    methods: {
      value: 'a,b',
      list: true,
      help: `methods to compare, see docs/method.md; each may end in +calibration: ${METHODS.join(', ')}`,
      default: 'hard,kd,fitnet,debiased',
    },
    seeds: {
      value: 'N',
      help: 'number of repetitions, each with its own initial weights and order of rows',
      default: '20',
      number: { min: 1, max: 1000, whole: true },
    },
    seed: { ...seed, help: 'seed of the first repetition' },
    tune: { help: 'try 15 settings of each method, and choose one on the validation rows' },
    layer: {
      value: 'NAME',
      help: 'the tensor of the teacher that feature-based methods learn from',
      default: 'its last hidden layer',
    },
    ...training,
    ...debiasing,
    groups: {
      value: 'a,b',
      list: true,
      path: 'input',
      help: 'columns, or lists of words (NAME=FILE), that label de-biasing looks at; with texts, the student is not given them',
    },
    temperature: {
      ...temperature,
      help: 'temperature of debiased and debiased-hint',
      default: 'that of each setting',
    },
    threads: threads({ ...LABELLING, help: `${LABELLING.help}, and then train the students` }),
    provider,
    out: { value: 'DIR', path: 'output', help: 'folder for compare.json, compare.csv, compare.md and report.html' },
    config,
    ...labelCache,
    resume: { help: 'continue an interrupted run from the finished cells next to --out' },
    force,
    ...cluster,
    json,
  },
  examples: [
    '--teacher teacher.onnx --data rows.csv --tune --out study',
    '--teacher teacher.onnx --data rows.csv --seeds 5 --methods hard,kd,debiased',
  ],
};
