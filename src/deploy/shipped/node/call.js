// Sends a test request to the server.
import { server } from '../src/server.js';

const started = new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
});

export async function call({ method, path, headers, body }) {
  const response = await fetch(new URL(path, await started), { method, headers, body });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

export const close = () => {
  server.close();
  server.closeAllConnections();
};
