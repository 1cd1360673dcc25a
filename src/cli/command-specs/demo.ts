// The options of debkd demo.
import type { CommandSpec } from '../option-spec.ts';
import { force, seed } from '../shared-options.ts';

export const demoSpec: CommandSpec = {
  summary: 'distil a biased teacher with data that come with debkd, and say what that gains',
  required: [],
  options: {
    data: {
      value: 'NAME',
      help: 'lending: simulated loans, few of them labelled; text: simulated support tickets; images: simulated pictures of metal plates; wdbc: real tumours, all labelled',
      default: 'lending',
      choices: ['lending', 'text', 'images', 'wdbc'],
    },
    seed: { ...seed, help: 'seed of the simulated rows and of training' },
    out: {
      value: 'DIR',
      path: 'output',
      help: 'folder for the student, and for the simulated rows',
      default: 'debkd-demo',
    },
    force,
  },
  examples: ['', '--data images', '--data wdbc'],
};
