// The options of debkd next.
import { rowImages } from '../image-option-specs.ts';
import type { CommandSpec, OptionSpec } from '../option-spec.ts';
import {
  data,
  json,
  keptColumns,
  LABELLING,
  labelCache,
  labelledRows,
  naValues,
  provider,
  seed,
  teacherReading,
  threads,
  trainingData,
} from '../shared-options.ts';

export const nextSpec: CommandSpec = {
  summary: 'name the unlabelled rows to label next: those whose labels would improve the correction most',
  required: ['data'],
  oneOf: ['teacher', 'soft-labels', 'student'],
  options: {
    teacher: trainingData['teacher'] as OptionSpec,
    'soft-labels': trainingData['soft-labels'] as OptionSpec,
    student: {
      value: 'DIR',
      path: 'input',
      help: "the folder that distill made, or its student.debkd: its columns are used, and without a teacher its answers take the teacher's place",
    },
    data: { ...data, help: `${data.help}; the label may be empty in some or all rows, or absent` },
    count: {
      value: 'N',
      short: 'n',
      help: 'number of rows to name',
      default: '50',
      number: { min: 1, max: 1e6, whole: true },
    },
    seed: { ...seed, help: 'seed of the rows that are drawn at random, every fourth one' },
    groups: {
      value: 'a,b',
      list: true,
      path: 'input',
      help: 'columns, or lists of words (NAME=FILE), whose groups count the same: the labels are to correct small groups too',
    },
    ...labelledRows,
    'na-values': naValues,
    ...teacherReading,
    convention: trainingData['convention'] as OptionSpec,
    ...rowImages,
    ...keptColumns,
    out: { value: 'F', path: 'output', help: 'file for the rows', default: 'standard output' },
    force: { help: 'overwrite an existing file' },
    threads: threads({ ...LABELLING, help: 'threads, which never change results: they run the teacher' }),
    provider,
    ...labelCache,
    json,
  },
  examples: [
    '--teacher teacher.onnx --data rows.csv -n 50 --groups sex --keep id --out next.csv',
    '--student student --data rows.csv -n 50',
  ],
};
