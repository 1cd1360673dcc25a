// Node: an HTTP server, not listening yet.
import { createServer } from 'node:http';
import { respond } from './service.js';

/** How long a body that is too long is read and thrown away, so that the refusal arrives. */
const PATIENCE = 5000;

export const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, async (request, response) => {
  const { status, headers, body } = await respond({
    method: request.method,
    path: pathOf(request.url),
    header: (name) => request.headers[name],
    read: (limit) => readBody(request, limit),
  });
  const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length, ...(status === 413 && { connection: 'close' }) });
  response.end(body ?? undefined);
  request.resume(); // what was not read must not block the connection's next request
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
