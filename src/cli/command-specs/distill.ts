// The options of debkd distill.
import { SELECTION_METRICS } from '../../student/selection-metrics.ts';
import type { CommandSpec } from '../option-spec.ts';
import {
  config,
  force,
  json,
  LABELLING,
  labelCache,
  provider,
  seed,
  tempDir,
  threads,
  trainingData,
} from '../shared-options.ts';
import { debiasing, decisions, training } from '../training-option-specs.ts';

export const distillSpec: CommandSpec = {
  summary: 'distil a teacher into a small student',
  required: ['data'],
  oneOf: ['teacher', 'soft-labels', 'from'],
  options: {
    ...trainingData,
    from: {
      value: 'DIR',
      path: 'input',
      help: 'the folder of an earlier student, or its student.debkd, to go on from with new rows: its columns and architecture are used, and it is a teacher, so that the new student does not forget',
    },
    replay: {
      value: 'D',
      path: 'input',
      help: 'with --from, earlier rows on which the new student is to answer as the earlier one; labels are not used',
      default: 'the new rows, moved to where the earlier ones were',
    },
    'temp-dir': tempDir,
    ...training,
    ...debiasing,
    ...decisions,
    metric: {
      value: 'NAME',
      help: 'what epoch and strength are chosen by on the validation rows: logLoss, auc, prAuc, brier or f1 (the best over all thresholds)',
      default: 'logLoss',
      choices: SELECTION_METRICS,
    },
    seed,
    threads: threads({
      ...LABELLING,
      help: `${LABELLING.help}, fit the maps of label de-biasing, and train the students`,
    }),
    provider,
    calibrate: {
      help: "fit a scale and a shift of the student's log-odds on the validation labels; kept if better by one standard error",
    },
    baselines: { help: 'also train a student on labels only and one by plain distillation, for comparison' },
    groups: {
      value: 'a,b',
      list: true,
      path: 'input',
      help: 'report bias by the values of these columns, or by a list of words (NAME=FILE), and let label de-biasing look at them',
    },
    withhold: {
      value: 'a,b',
      list: true,
      help: 'protected columns that the student is not given, as --exclude; the report also says how well its other columns still tell them, and which tell them most',
      empty: '""',
    },
    out: { value: 'DIR', path: 'output', help: 'folder for student.debkd, result.json and report.html' },
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
    '--from student --data new.csv --out student2',
  ],
};
