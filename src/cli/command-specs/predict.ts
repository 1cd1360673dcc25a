// The options of debkd predict.
import { rowImages } from '../image-option-specs.ts';
import type { CommandSpec } from '../option-spec.ts';
import { keptColumns, rowStream, trainedStudent } from '../shared-options.ts';

export const predictSpec: CommandSpec = {
  summary: "write the student's probability and label for each row, as a stream",
  required: ['student'],
  options: {
    ...trainedStudent,
    ...rowStream,
    ...rowImages,
    ...keptColumns,
    explain: {
      value: 'N',
      help: "add a column `because` with the N strongest reasons for each row's answer: columns, and words of a text, with what they add to the log-odds of class 1",
      number: { min: 1, max: 100, whole: true },
    },
  },
  examples: ['--student student --keep id < new.csv > answers.csv'],
};
