// A worker that kills itself when it starts a certain task: node crashing-worker.mjs QUEUE STORE TITLE
import { openWorker } from '../../dist/cluster/index.js';

const [queue, store, title] = process.argv.slice(2);
await openWorker({
  queue,
  store,
  heartbeatTimeout: 1,
  onEvent(event) {
    if (event.kind === 'started' && event.task.title === title) process.kill(process.pid, 'SIGKILL');
  },
});
console.log('crashing worker is ready:');
