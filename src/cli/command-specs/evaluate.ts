// The options of debkd evaluate.
import { rowImages } from '../image-option-specs.ts';
import type { CommandSpec, OptionSpec } from '../option-spec.ts';
import { data, json, labelledRows, measuredSplit, trainedStudent } from '../shared-options.ts';
import { decisions } from '../training-option-specs.ts';

export const evaluateSpec: CommandSpec = {
  summary: 'measure a student on labelled rows',
  required: ['student', 'data'],
  options: {
    ...trainedStudent,
    data,
    ...labelledRows,
    ...rowImages,
    ...measuredSplit,
    'threshold-by': {
      ...(decisions['threshold-by'] as OptionSpec),
      help: "also show the threshold that a rule chooses on these rows, and a table of thresholds: f1, accuracy, youden, mcc, cost:FP=1,FN=8, 'precision>=0.9', 'recall>=0.95', rate=0.1",
      default: 'none',
    },
    sweep: { help: 'also show a table of thresholds' },
    groups: {
      value: 'a,b',
      list: true,
      path: 'input',
      help: 'also measure by the values of these columns, or by a list of words (NAME=FILE)',
    },
    importance: {
      help: 'also measure how much the answers depend on each column: the rise of the log-loss and the fall of the AUC when its values are permuted between rows',
    },
    json,
  },
  examples: [
    '--student student --data rows.csv --split hash --groups sex',
    '--student student --data rows.csv --threshold-by cost:FP=1,FN=8',
  ],
};
