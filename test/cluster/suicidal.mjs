// A worker that dies of one task: node suicidal.mjs QUEUE STORE TITLE
import { openWorker } from '../../dist/cluster/index.js';

const [queue, store, title] = process.argv.slice(2);
await openWorker({
  ...{ queue, store, heartbeatTimeout: 1 },
  onEvent(event) {
    if (event.kind === 'started' && event.task.title === title) process.kill(process.pid, 'SIGKILL');
  },
});
console.log('suicidal is ready:');
