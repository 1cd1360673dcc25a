// The options of debkd serve.
import type { CommandSpec } from '../option-spec.ts';

export const serveSpec: CommandSpec = {
  summary: 'serve the browser app, to this machine only',
  required: [],
  options: {
    port: {
      value: 'N',
      help: 'port to listen on; 0 for any free port',
      default: '8321',
      number: { min: 0, max: 65535, whole: true },
    },
    out: { value: 'DIR', path: 'output', help: 'write the app as a folder of static files instead, for hosting' },
  },
  examples: ['', '--out public'],
};
