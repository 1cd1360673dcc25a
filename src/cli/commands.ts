// The table of commands that parsing, --help and --config read.
import { METHODS } from '../compare/methods.ts';
import { ABLATION_COMPONENTS } from '../labels/candidates.ts';
import { QUANTIZED_FORMS } from '../student/quantized-forms.ts';
import type { CommandSpec } from './option-spec.ts';
import {
  cluster,
  config,
  data,
  debiasing,
  drop,
  force,
  json,
  keptColumns,
  labelCache,
  labelledRows,
  naValues,
  rowStream,
  seed,
  teacherLimit,
  teacherReading,
  temperature,
  threads,
  trainedStudent,
  training,
  trainingData,
} from './shared-options.ts';

export const COMMANDS: Readonly<Record<string, CommandSpec>> = {
  inspect: {
    summary: 'show what a teacher is and how its output is read',
    argument: 'T.onnx',
    required: [],
    options: { ...teacherReading, json },
    examples: ['teacher.onnx'],
  },
  label: {
    summary: "a teacher's margin and probability of each row, as a stream",
    required: ['teacher'],
    options: {
      teacher: { value: 'T.onnx', help: 'the classifier to ask' },
      ...rowStream,
      target: { value: 'COLUMN', help: 'a column that is no feature; default label, where it is there' },
      drop,
      'na-values': naValues,
      ...teacherReading,
      ...keptColumns,
      out: { value: 'F', help: 'a file for the answers; F.f32: margins alone, float32; default: standard output' },
      force: { help: 'write over a file that is there' },
      ...labelCache,
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
      ...trainingData,
      'temp-dir': {
        value: 'FOLDER',
        help: 'keep rows in files there instead of in memory; default: the temporary folder, from 8 MiB of text on',
      },
      ...training,
      ...debiasing,
      seed,
      threads: { ...threads('for scripts that give it to every command; one is used'), hidden: true },
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
      ...labelCache,
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
      ...trainingData,
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
      ...debiasing,
      temperature: { ...temperature, help: 'of debiased and debiased-hint; default: that of each setting' },
      ablate: {
        value: 'a,b',
        help: `what debiased does without, to see its worth: ${ABLATION_COMPONENTS.join(', ')}`,
      },
      threads: threads('workers; default all cores; results never depend on it'),
      out: { value: 'DIR', help: 'where compare.json, compare.csv, compare.md and report.html go' },
      config,
      ...labelCache,
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
      ...trainedStudent,
      data,
      ...labelledRows,
      split: { value: 'S.csv', help: 'measure its test part; hash: that of the default split; without it every row' },
      groups: { value: 'a,b', help: 'also by the values of these columns' },
      json,
    },
    examples: ['--student student --data rows.csv --split hash --groups sex'],
  },
  predict: {
    summary: 'probability and label of each row, as a stream',
    required: ['student'],
    options: { ...trainedStudent, ...rowStream, ...keptColumns },
    examples: ['--student student --keep id < new.csv > answers.csv'],
  },
  export: {
    summary: 'write a student for other runtimes',
    required: ['student', 'to', 'out'],
    options: {
      ...trainedStudent,
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
      ...labelledRows,
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
      threads: threads('tasks at a time; default 1'),
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
