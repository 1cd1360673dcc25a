// The table of commands: the parser, --help and --config use it.
import { METHODS } from '../compare/methods.ts';
import { QUANTIZED_FORMS } from '../student/quantized-forms.ts';
import type { CommandSpec, OptionSpec } from './option-spec.ts';
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
  measuredSplit,
  naValues,
  provider,
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

/** The threads of label, distill and compare. */
const LABELLING = {
  help: 'threads, which never change results: they run the teacher where that takes longer than about 2 s',
  default: 'one per core',
};

export const COMMANDS: Readonly<Record<string, CommandSpec>> = {
  inspect: {
    summary: 'show what a teacher is, how its output is read, and how rows enter it',
    argument: 'T.onnx',
    required: [],
    options: {
      data: { ...data, help: 'show how the first rows of this data enter the teacher, and its answers' },
      target: labelledRows['target'] as OptionSpec,
      positive: labelledRows['positive'] as OptionSpec,
      drop,
      'na-values': naValues,
      ...teacherReading,
      json,
    },
    examples: ['teacher.onnx', 'teacher.onnx --preprocessing p.json --data rows.csv'],
  },
  label: {
    summary: "write the teacher's margin and probability for each row, as a stream",
    required: ['teacher'],
    options: {
      teacher: { value: 'T.onnx', help: 'the classifier to run, or a folder with model.onnx' },
      ...rowStream,
      target: { value: 'COLUMN', help: 'the label column, which is not a feature', default: 'label, if there is one' },
      drop,
      'na-values': naValues,
      ...teacherReading,
      ...keptColumns,
      out: {
        value: 'F',
        help: 'file for the answers; F.f32 gets only the margins, as float32',
        default: 'standard output',
      },
      force: { help: 'overwrite an existing file' },
      threads: threads(LABELLING),
      provider,
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
    required: ['data'],
    oneOf: ['teacher', 'soft-labels'],
    options: {
      ...trainingData,
      'temp-dir': {
        value: 'FOLDER',
        help: 'keep the rows in files in this folder instead of in memory',
        default: "the system's temporary folder, for more than 8 MiB of text",
      },
      ...training,
      ...debiasing,
      seed,
      threads: threads(LABELLING),
      provider,
      calibrate: {
        help: "fit a scale and a shift of the student's log-odds on the validation labels; kept if better by one standard error",
      },
      baselines: { help: 'also train a student on labels only and one by plain distillation, for comparison' },
      groups: {
        value: 'a,b',
        help: 'report bias by the values of these columns, or by a list of words (NAME=FILE), and let label de-biasing look at them',
      },
      out: { value: 'DIR', help: 'folder for student.debkd, result.json and report.html' },
      config,
      ...labelCache,
      resume: { help: 'continue an interrupted run from the checkpoint next to --out' },
      force,
      json,
    },
    examples: [
      '--teacher teacher.onnx --data rows.csv --target label --out student',
      '--teacher teacher.onnx --preprocessing p.json --data rows.csv --split split.csv --groups sex --student 16',
      '--soft-labels p --data rows.csv --target label --out student',
    ],
  },
  compare: {
    summary: 'compare methods over seeds on equal terms, with paired tests',
    required: ['data'],
    oneOf: ['teacher', 'soft-labels'],
    options: {
      ...trainingData,
      methods: {
        value: 'a,b',
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
        help: 'columns, or lists of words (NAME=FILE), that label de-biasing looks at; with texts, the student is not given them',
      },
      temperature: {
        ...temperature,
        help: 'temperature of debiased and debiased-hint',
        default: 'that of each setting',
      },
      threads: threads({ ...LABELLING, help: `${LABELLING.help}, and then train the students` }),
      provider,
      out: { value: 'DIR', help: 'folder for compare.json, compare.csv, compare.md and report.html' },
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
  },
  evaluate: {
    summary: 'measure a student on labelled rows',
    required: ['student', 'data'],
    options: {
      ...trainedStudent,
      data,
      ...labelledRows,
      ...measuredSplit,
      groups: { value: 'a,b', help: 'also measure by the values of these columns, or by a list of words (NAME=FILE)' },
      json,
    },
    examples: ['--student student --data rows.csv --split hash --groups sex'],
  },
  predict: {
    summary: "write the student's probability and label for each row, as a stream",
    required: ['student'],
    options: {
      ...trainedStudent,
      ...rowStream,
      ...keptColumns,
      explain: {
        value: 'N',
        help: "add a column `because` with the N strongest reasons for each row's answer: columns, and words of a text, with what they add to the log-odds of class 1",
        number: { min: 1, max: 100, whole: true },
      },
    },
    examples: ['--student student --keep id < new.csv > answers.csv'],
  },
  export: {
    summary: 'write a student for other runtimes and platforms',
    required: ['student', 'to', 'out'],
    options: {
      ...trainedStudent,
      to: {
        value: 'onnx,js',
        help: 'targets: onnx, safetensors, js, wasm, the projects cloudflare, deno, vercel, node, aws-lambda, or all',
      },
      out: { value: 'DIR', help: 'folder that gets one folder per target' },
      quantize: {
        value: 'FORM',
        help: 'store the parameters as float16 or int8; refused if too much accuracy is lost',
        choices: QUANTIZED_FORMS,
      },
      data: {
        value: 'D.csv',
        help: 'rows to measure --quantize and to check the exports on, preferably not rows that the student was trained on',
      },
      ...labelledRows,
      ...measuredSplit,
      force: { help: 'accept any loss of accuracy by --quantize' },
      name: { value: 'NAME', help: 'name of the exported projects', default: 'debkd-student' },
      cors: {
        value: 'a,b',
        help: 'origins whose pages may call an exported project from a browser, or *',
        default: 'none',
      },
      json,
    },
    examples: [
      '--student student --to js,cloudflare --out deploy',
      '--student student --to js --quantize int8 --data rows.csv --split hash --out deploy',
    ],
  },
  report: {
    summary: 'make an HTML page from the JSON of distill or compare',
    argument: 'RESULT.json',
    required: ['out'],
    options: {
      out: { value: 'F.html', help: 'file for the page' },
      force: { help: 'overwrite a file that debkd did not make' },
    },
    examples: ['study/compare.json --out study.html'],
  },
  worker: {
    summary: 'run the tasks that label and compare put into a queue, until interrupted',
    required: [],
    options: {
      queue: {
        value: 'URL',
        help: 'redis://[USER:PASSWORD@]HOST:PORT, or rediss:// for TLS',
        default: 'DEBKD_QUEUE',
      },
      store: { value: 'PLACE', help: 'the store that label or compare was given', default: 'DEBKD_STORE' },
      'heartbeat-timeout': {
        value: 'SECONDS',
        help: "reassign this worker's tasks after this time without a heartbeat",
        default: '8',
        number: { min: 0.5, max: 3600 },
      },
      threads: threads({ help: 'tasks to run at the same time', default: '1' }),
      'teacher-limit': teacherLimit,
    },
    examples: ['--queue redis://10.0.0.1:6379 --store /mnt/debkd --threads 8'],
  },
  serve: {
    summary: 'serve the browser app, to this machine only',
    required: [],
    options: {
      port: {
        value: 'N',
        help: 'port to listen on; 0 for any free port',
        default: '8321',
        number: { min: 0, max: 65535, whole: true },
      },
    },
    examples: [''],
  },
  demo: {
    summary: 'distil a biased teacher with the data that comes with debkd',
    required: [],
    options: { out: { value: 'DIR', help: 'folder for the student', default: 'debkd-demo' }, force },
    examples: [''],
  },
};
