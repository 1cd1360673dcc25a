// The options of debkd worker.
import type { CommandSpec } from '../option-spec.ts';
import { teacherLimit, threads } from '../shared-options.ts';

export const workerSpec: CommandSpec = {
  summary: 'run the tasks that label and compare put into a queue, until interrupted',
  required: [],
  options: {
    queue: {
      value: 'URL',
      help: 'redis://[USER:PASSWORD@]HOST:PORT, or rediss:// for TLS',
      default: 'DEBKD_QUEUE',
    },
    store: { value: 'PLACE', path: 'own', help: 'the store that label or compare was given', default: 'DEBKD_STORE' },
    'heartbeat-timeout': {
      value: 'SECONDS',
      help: "reassign this worker's tasks after this time without a heartbeat",
      default: '8',
      number: { min: 0.5, max: 3600 },
    },
    threads: threads({ help: 'tasks to run at the same time', default: '1' }),
    'teacher-limit': teacherLimit,
  },
  examples: ['--queue redis://10.0.0.1:6379 --store /mnt/debkd --threads 8'],
};
