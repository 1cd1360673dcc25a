// What can be downloaded: for whom, what is inside, and one line to run it.
import type { Target } from '../deploy/targets.ts';

/** The words of a card. */
export interface Card {
  readonly name: string;
  readonly audience: string;
  readonly inside: string;
  /** A command, or a line of code. */
  readonly line: string;
}

/** The files of the run itself. */
export const RUN_CARDS: Readonly<Record<'student' | 'report' | 'result', Card>> = {
  student: {
    name: 'student.debkd',
    audience: 'For you, to keep',
    inside: 'Weights, preprocessing and threshold in one file; every export can be made from it',
    line: 'npx debkd predict --student student.debkd --data new.csv',
  },
  report: {
    name: 'report.html',
    audience: 'For people who decide',
    inside: 'This verdict, the figures and all tables as one page without scripts',
    line: 'report.html opens in any browser',
  },
  result: {
    name: 'result.json',
    audience: 'For programs',
    inside: 'Every number of the report; no rows',
    line: 'npx debkd report result.json --out report.html',
  },
};

const service = (platform: string, line: string): Omit<Card, 'name'> => ({
  audience: `For ${platform}`,
  inside: 'A service that answers POST /predict, with its tests and a README',
  line,
});

/** The exports, each a ZIP. */
export const EXPORT_CARDS: Readonly<Record<Target, Card>> = {
  js: {
    name: 'JavaScript module',
    audience: 'For pages and JavaScript programs',
    inside: 'student.js with its types; no dependencies',
    line: "import { predict } from './student.js'",
  },
  wasm: {
    name: 'WebAssembly module',
    audience: 'For many answers a second',
    inside: 'student.wasm, student.js and its types',
    line: "import { predict } from './student.js'",
  },
  onnx: {
    name: 'ONNX',
    audience: 'For Python, C#, Java and phones',
    inside: 'student-raw.onnx takes columns, student.onnx encoded rows',
    line: "onnxruntime.InferenceSession('student-raw.onnx')",
  },
  safetensors: {
    name: 'safetensors',
    audience: 'For PyTorch, NumPy and your own code',
    inside: 'The parameters, exactly; preprocessing is metadata',
    line: "safetensors.numpy.load_file('student.safetensors')",
  },
  python: {
    name: 'Python reader',
    audience: 'For Python without a runtime',
    inside: 'debkd_student.py, one file that needs only NumPy, and the student',
    line: 'python debkd_student.py student.debkd rows.csv',
  },
  node: { name: 'Node project', ...service('your own server, or a container', 'npm start') },
  cloudflare: { name: 'Cloudflare project', ...service('Cloudflare Workers', 'npm install && npm start') },
  deno: { name: 'Deno project', ...service('Deno Deploy', 'deno task start') },
  vercel: { name: 'Vercel project', ...service('Vercel', 'npx vercel dev') },
  'aws-lambda': { name: 'AWS Lambda project', ...service('AWS Lambda', 'sam build && sam deploy --guided') },
};
