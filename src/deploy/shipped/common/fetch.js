// The service for hosts that give a Request and take a Response.
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

/** The path of an address; none where it is no address. */
function pathOf(address) {
  try {
    return new URL(address).pathname;
  } catch {
    return '';
  }
}

/** How many times the limit is read and thrown away, so that the refusal arrives before the connection is closed. */
const PATIENCE = 32;

/** The body's bytes; undefined where there are more than `limit`. */
async function readBody(request, limit) {
  if (!request.body) return new Uint8Array(0);
  const told = request.headers.get('content-length');
  if (told !== null && Number(told) <= limit) {
    // the common case, and the fast one on every host
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.length > limit ? undefined : bytes;
  }
  let parts = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length <= limit) parts.push(value);
    else parts = [];
    if (length <= PATIENCE * limit) continue;
    await reader.cancel().catch(() => undefined);
    break;
  }
  if (length > limit) return undefined;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
