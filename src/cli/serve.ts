// debkd serve: the browser app, on loopback only.
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DebkdError } from '../io/errors.ts';
import { print } from './messages.ts';
import { number, type Values } from './values.ts';

const PORT = 8321;
const TYPES: Readonly<Record<string, string>> = {
  ...{
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
  },
  ...{ '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.csv': 'text/csv', '.json': 'application/json' },
  ...{ '.txt': 'text/plain; charset=utf-8', '.onnx': 'application/octet-stream' },
};
/** The page's own policy is in its head; its worker runs what it exports, to compare it before it is given away. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' data:; connect-src 'self'; style-src 'self'; img-src 'self'; worker-src 'self'";

/** @throws DebkdError `usage` when the port is taken */
export async function serve(values: Values): Promise<void> {
  // dist/app lies beside the folder of dist/ that this file is bundled into
  const folder = fileURLToPath(new URL('../app/', import.meta.url));
  const files = new Map<string, string>();
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) files.set(`/${name.replaceAll('\\', '/')}`, path);
  }
  const port = number(values, 'port') ?? PORT;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = files.get(path === '/' ? '/index.html' : path);
    // another site's page may ask this server by a name of its own: only loopback is answered
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (
      !file ||
      !['localhost', '127.0.0.1', '[::1]'].includes(host) ||
      !['GET', 'HEAD'].includes(request.method ?? '')
    ) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    response.writeHead(200, {
      ...{ 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' },
      ...{ 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' },
      ...{ 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin' },
    });
    response.end(request.method === 'HEAD' ? undefined : await readFile(file));
  });
  const address = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  }).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'something else listens there' : (error.code ?? error.message);
    throw new DebkdError('usage', `serve: port ${port}: ${why}; give another one by --port`);
  });
  await print(`debkd in the browser: http://127.0.0.1:${address}/ (Ctrl-C ends it)\n`);
  await new Promise(() => undefined); // until Ctrl-C
}
