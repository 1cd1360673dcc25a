// The options of debkd report.
import type { CommandSpec } from '../option-spec.ts';

export const reportSpec: CommandSpec = {
  summary: 'make an HTML page from the JSON of distill or compare',
  argument: 'RESULT.json',
  required: [],
  oneOf: ['out', 'poster'],
  options: {
    out: { value: 'F.html', path: 'output', help: 'file for the page' },
    poster: {
      value: 'F.svg',
      path: 'output',
      help: 'file for a picture of the errors by group, in light and dark; of a distillation with --groups',
    },
    force: { help: 'overwrite a file that debkd did not make' },
  },
  examples: ['study/compare.json --out study.html', 'student --poster groups.svg'],
};
