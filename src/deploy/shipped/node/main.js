// Starts the server. PORT and HOST say where; SIGTERM and Ctrl-C let it finish what it has begun.
import { server } from './server.js';

const port = Number(process.env.PORT ?? 8080);
const host = process.env.HOST ?? '127.0.0.1';
if (!Number.isInteger(port) || port < 0 || port > 65535 || process.env.PORT === '') {
  console.error(`PORT is ${JSON.stringify(process.env.PORT)}, expected a number from 0 to 65535`);
  process.exit(2);
}
server.listen(port, host, () => console.log(`listening on http://${host}:${server.address().port}`));
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
