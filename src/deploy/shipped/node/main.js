// Starts the server. PORT and HOST say where; SIGTERM and Ctrl-C let it finish what it has begun, a second one ends it at once.
import { server } from './server.js';

/**
 * How long requests in work may take to finish after a signal. An answer takes milliseconds, a body that is on its way a second
 * or two; and Docker kills what still runs 10 s after its signal.
 */
const STOP_MS = 5000;

const port = Number(process.env.PORT ?? 8080);
const host = process.env.HOST ?? '127.0.0.1';
if (!Number.isInteger(port) || port < 0 || port > 65535 || process.env.PORT === '') {
  console.error(`PORT is ${JSON.stringify(process.env.PORT)}, expected a number from 0 to 65535`);
  process.exit(2);
}
server.listen(port, host, () => console.log(`listening on http://${host}:${server.address().port}`));

let stopping = false;
function stop() {
  if (stopping) process.exit(1); // whoever asks twice does not want to wait
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  console.log(`stopping; requests in work have ${STOP_MS / 1000} s`);
  // once it is closed the server's own time limits no longer run: half a request would hold it for ever
  setTimeout(() => {
    server.closeAllConnections();
    process.exit(0);
  }, STOP_MS);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
