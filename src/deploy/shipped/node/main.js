// Starts the server on HOST and PORT. SIGTERM or Ctrl-C shuts it down gracefully; a second signal stops it at once.
import { server } from './server.js';

/** Time for open requests to finish after a signal; shorter than Docker's 10 s between SIGTERM and SIGKILL. */
const STOP_MS = 5000;

const port = Number(process.env.PORT ?? 8080);
const host = process.env.HOST ?? '127.0.0.1';
if (!Number.isInteger(port) || port < 0 || port > 65535 || process.env.PORT === '') {
  console.error(`PORT is ${JSON.stringify(process.env.PORT)}, expected an integer from 0 to 65535`);
  process.exit(2);
}
server.listen(port, host, () => console.log(`listening on http://${host}:${server.address().port}`));

let stopping = false;
function stop() {
  if (stopping) process.exit(1);
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  console.log(`stopping; open requests have ${STOP_MS / 1000} s to finish`);
  // Node no longer enforces the server's time limits after close(): an incomplete request would hold it forever
  setTimeout(() => {
    server.closeAllConnections();
    process.exit(0);
  }, STOP_MS);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
