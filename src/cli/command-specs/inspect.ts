// The options of debkd inspect.
import { rowImages } from '../image-option-specs.ts';
import type { CommandSpec, OptionSpec } from '../option-spec.ts';
import { data, drop, json, labelledRows, naValues, teacherReading } from '../shared-options.ts';

export const inspectSpec: CommandSpec = {
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
    ...rowImages,
    json,
  },
  examples: ['teacher.onnx', 'teacher.onnx --preprocessing p.json --data rows.csv'],
};
