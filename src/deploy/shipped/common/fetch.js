// The service for platforms with fetch handlers: a Request in, a Response out.
import { respond } from './service.js';

export async function handle(request) {
  const { status, headers, body } = await respond({
    method: request.method,
    path: pathOf(request.url),
    header: (name) => request.headers.get(name) ?? undefined,
    read: (limit) => readBody(request, limit),
  });
  return new Response(body, { status, headers });
}

/** The URL's path; empty for an invalid URL. */
function pathOf(url) {
  try {
    return new URL(url).pathname;
  } catch {
    return '';
  }
}

/**
 * A body over the limit is read and discarded, up to this multiple of it: closing the connection earlier could lose the
 * response.
 */
const DISCARD_FACTOR = 32;

/** The body's bytes; undefined if there are more than `limit`. */
async function readBody(request, limit) {
  if (!request.body) return new Uint8Array(0);
  const contentLength = request.headers.get('content-length');
  if (contentLength !== null && Number(contentLength) <= limit) {
    // the common case; arrayBuffer() is faster than the stream on every platform
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.length > limit ? undefined : bytes;
  }
  let chunks = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length <= limit) chunks.push(value);
    else chunks = [];
    if (length <= DISCARD_FACTOR * limit) continue;
    await reader.cancel().catch(() => undefined);
    break;
  }
  if (length > limit) return undefined;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
