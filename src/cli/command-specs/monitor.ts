// The options of debkd monitor.
import { rowImages } from '../image-option-specs.ts';
import type { CommandSpec, OptionSpec } from '../option-spec.ts';
import { data, force, json, labelledRows, tempDir, trainedStudent } from '../shared-options.ts';

export const monitorSpec: CommandSpec = {
  summary: 'compare new rows with the training rows, and with labels the metrics with those promised',
  required: ['student'],
  oneOf: ['data', 'counts'],
  options: {
    student: trainedStudent['student'] as OptionSpec,
    data,
    counts: {
      value: 'F.json',
      path: 'input',
      help: 'instead of rows: what a project exported with --statistics has counted',
    },
    reference: {
      value: 'F.json',
      path: 'input',
      help: 'the statistics.json of the run that made the student',
      default: "the one in the student's folder",
    },
    ...labelledRows,
    target: { value: 'COLUMN', help: 'the label column', default: "the student's, if the data has it" },
    ...rowImages,
    'temp-dir': tempDir,
    out: { value: 'DIR', path: 'output', help: 'folder for monitor.json and monitor.html' },
    force,
    json,
  },
  examples: ['--student student --data new.csv --out monitoring'],
};
