// The options of debkd export.
import { QUANTIZED_FORMS } from '../../student/quantized-forms.ts';
import { rowImages } from '../image-option-specs.ts';
import type { CommandSpec } from '../option-spec.ts';
import { json, labelledRows, measuredSplit, trainedStudent } from '../shared-options.ts';

export const exportSpec: CommandSpec = {
  summary: 'write a student for other runtimes and platforms',
  required: ['student', 'to', 'out'],
  options: {
    ...trainedStudent,
    to: {
      value: 'onnx,js',
      list: true,
      help: 'targets: onnx, safetensors, js, wasm, python, the projects cloudflare, deno, vercel, node, aws-lambda, or all',
    },
    out: { value: 'DIR', path: 'output', help: 'folder that gets one folder per target' },
    ...rowImages,
    quantize: {
      value: 'FORM',
      help: 'store the parameters as float16 or int8; refused if too much accuracy is lost',
      choices: QUANTIZED_FORMS,
    },
    data: {
      value: 'D.csv',
      path: 'input',
      help: 'rows to measure --quantize and to check the exports on, preferably not rows that the student was trained on',
    },
    ...labelledRows,
    ...rowImages,
    ...measuredSplit,
    force: { help: 'accept any loss of accuracy by --quantize' },
    name: { value: 'NAME', help: 'name of the exported projects', default: 'debkd-student' },
    cors: {
      value: 'a,b',
      list: true,
      help: 'origins whose pages may call an exported project from a browser, or *',
      default: 'none',
    },
    statistics: {
      help: "projects count what they answer in the bins of the student's statistics.json; GET /statistics returns the counts",
    },
    json,
  },
  examples: [
    '--student student --to js,cloudflare --out deploy',
    '--student student --to js --quantize int8 --data rows.csv --split hash --out deploy',
  ],
};
