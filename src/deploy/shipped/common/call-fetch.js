// Sends a test request to this platform's handler.
import { handle } from '../src/fetch.js';

export async function call({ method, path, headers, body }) {
  const response = await handle(new Request(new URL(path, 'http://localhost'), { method, headers, body }));
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

export const close = undefined;
