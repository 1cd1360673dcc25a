// debkd serve: the browser app, on loopback only.
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DebkdError } from '../io/errors.ts';
import { print } from './messages.ts';
import { number, type Values } from './values.ts';

const PORT = 8321;
const HOSTS = ['localhost', '127.0.0.1', '[::1]'];
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
    const refuse = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
    };
    // another site's page may ask this server by a name of its own: only loopback is answered
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const file = files.get(path === '/' ? '/index.html' : path);
    if (!file || !HOSTS.includes(host) || !['GET', 'HEAD'].includes(request.method ?? ''))
      return refuse(404, 'not found');
    const content = await readFile(file).catch(() => undefined);
    if (!content) return refuse(500, 'this file is gone; build debkd again');
    response.writeHead(200, {
      ...{ 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' },
      ...{ 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' },
      ...{ 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin' },
    });
    response.end(request.method === 'HEAD' ? undefined : content);
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
