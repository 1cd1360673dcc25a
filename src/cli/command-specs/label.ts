// The options of debkd label.
import { rowImages } from '../image-option-specs.ts';
import type { CommandSpec } from '../option-spec.ts';
import {
  cluster,
  drop,
  keptColumns,
  LABELLING,
  labelCache,
  naValues,
  provider,
  rowStream,
  teacherReading,
  threads,
} from '../shared-options.ts';

export const labelSpec: CommandSpec = {
  summary: "write the teacher's margin and probability for each row, as a stream",
  required: ['teacher'],
  options: {
    teacher: { value: 'T.onnx', path: 'input', help: 'the classifier to run, or a folder with model.onnx' },
    ...rowStream,
    target: { value: 'COLUMN', help: 'the label column, which is not a feature', default: 'label, if there is one' },
    drop,
    'na-values': naValues,
    ...teacherReading,
    ...rowImages,
    ...keptColumns,
    out: {
      value: 'F',
      path: 'output',
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
};
