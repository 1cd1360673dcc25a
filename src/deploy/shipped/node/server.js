// Node: an HTTP server. PORT and HOST say where; SIGTERM lets it finish what it has begun.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { respond } from './service.js';

/** How long a body that is too long is read and thrown away, so that the refusal arrives. */
const PATIENCE = 5000;

export const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, async (request, response) => {
  const { status, headers, body } = await respond({
    method: request.method,
    path: request.url.split('?', 1)[0],
    header: (name) => request.headers[name],
    read: (limit) => readBody(request, limit),
  });
  response.writeHead(status, status === 413 ? { ...headers, connection: 'close' } : headers);
  response.end(body ?? undefined);
  request.resume(); // what was not read must not block the connection's next request
});

/** The body's bytes; undefined where there are more than `limit`. */
function readBody(request, limit) {
  return new Promise((resolve, reject) => {
    let parts = [];
    let length = 0;
    request.on('data', (part) => {
      const before = length;
      length += part.length;
      if (length <= limit) parts.push(part);
      else if (before <= limit) {
        parts = [];
        setTimeout(() => resolve(undefined), PATIENCE).unref();
      }
    });
    request.on('end', () => resolve(length > limit ? undefined : Buffer.concat(parts)));
    request.on('error', reject);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.env.PORT ?? 8080);
  const host = process.env.HOST ?? '127.0.0.1';
  server.listen(port, host, () => console.log(`listening on http://${host}:${server.address().port}`));
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
    });
  }
}
