// The HTTP server for Node; main.js starts it.
import { createServer } from 'node:http';
import { config } from './config.js';
import { respond } from './service.js';

/**
 * How long the rest of a rejected body is read and discarded: closing the connection earlier could lose the response.
 */
const DISCARD_MS = 5000;

/** Time limit for a request's head. */
const HEAD_MS = 10_000;

/** Time limit for a whole request; longer than `maxSeconds`, because the service's own 408 says more than Node's. */
const REQUEST_MS = HEAD_MS + 1000 * config.maxSeconds + 5000;

/** How often Node checks these limits; its default of 30 s would let a connection exceed them by as much. */
const CHECK_MS = 1000;

const limits = { headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS };

export const server = createServer(limits, async (request, response) => {
  const { status, headers, body } = await respond({
    method: request.method,
    path: pathOf(request.url),
    header: (name) => request.headers[name],
    read: (limit) => readBody(request, limit),
  });
  const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
  // close the connection after an unread body and during shutdown
  const last = status === 408 || status === 413 || !server.listening;
  response.writeHead(status, { ...headers, ...length, ...(last && { connection: 'close' }) });
  response.end(body ?? undefined);
  request.resume(); // an unread body would block the connection's next request
  if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), DISCARD_MS).unref();
});

/** The path of a request target, which may be a whole URL; empty for an invalid one. */
function pathOf(target) {
  try {
    return new URL(target, 'http://localhost').pathname;
  } catch {
    return '';
  }
}

/** The body's bytes; undefined if there are more than `limit`. */
function readBody(request, limit) {
  return new Promise((resolve, reject) => {
    let chunks = [];
    let length = 0;
    request.on('data', (chunk) => {
      const before = length;
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else if (before <= limit) {
        chunks = [];
        setTimeout(() => resolve(undefined), DISCARD_MS).unref();
      }
    });
    request.on('end', () => resolve(length > limit ? undefined : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
