// Node: an HTTP server, not listening yet.
import { createServer } from 'node:http';
import { config } from './config.js';
import { respond } from './service.js';

/** How long a body that is refused, as one that is too long, is read and thrown away, so that the refusal arrives. */
const PATIENCE = 5000;

/** How long a request's head may take: it is short, and who sends less than that holds a connection for nothing. */
const HEAD_MS = 10_000;

/** How long a request may take to arrive: above `maxSeconds`, whose refusal says more than Node's own, and follows config.js. */
const REQUEST_MS = HEAD_MS + 1000 * config.maxSeconds + 5000;

/** How often Node looks for connections over these limits. By its default, 30 s, each would last half a minute more. */
const LOOK_MS = 1000;

const limits = { headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: LOOK_MS };

export const server = createServer(limits, async (request, response) => {
  const { status, headers, body } = await respond({
    method: request.method,
    path: pathOf(request.url),
    header: (name) => request.headers[name],
    read: (limit) => readBody(request, limit),
  });
  const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
  // a body that was not read to its end, or a server that is stopping: no other request comes on this connection
  const last = status === 408 || status === 413 || !server.listening;
  response.writeHead(status, { ...headers, ...length, ...(last && { connection: 'close' }) });
  response.end(body ?? undefined);
  request.resume(); // what was not read must not block the connection's next request
  if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), PATIENCE).unref();
});

/** The path of a request's target, which may be a whole address; none where it is no address. */
function pathOf(target) {
  try {
    return new URL(target, 'http://localhost').pathname;
  } catch {
    return '';
  }
}

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
