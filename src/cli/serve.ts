// debkd serve: the browser app, on loopback only.
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DebkdError } from '../io/errors.ts';
import { number, type Values } from '../settings/values.ts';
import { print } from './messages.ts';

const PORT = 8321;
const HOSTS = ['localhost', '127.0.0.1', '[::1]'];
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.onnx': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};
/** The page's own policy is in its head; its worker runs what it exports, to compare it before it is given away. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' data:; connect-src 'self'; style-src 'self'; img-src 'self'; worker-src 'self'; frame-ancestors 'none'";
/** On every response, refusals included: a browser may show those, too. */
const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** By Node's error code, what a request that it could not read is answered. */
const BAD_REQUESTS: Readonly<Record<string, readonly [status: string, text: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the head of this request is too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
};

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
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': 'text/plain', ...headers }).end(`${text}\n`);
    };
    // another site's page may ask this server by a name of its own: only loopback is answered
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const file = files.get(path === '/' ? '/index.html' : path);
    if (!file || !HOSTS.includes(host)) return refuse(404, 'not found');
    if (!['GET', 'HEAD'].includes(request.method ?? ''))
      return refuse(405, 'only GET and HEAD', { allow: 'GET, HEAD' });
    const content = await readFile(file).catch(() => undefined);
    if (!content) return refuse(500, 'this file is gone; build debkd again');
    const type = CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': type, 'cache-control': 'no-cache' });
    response.end(request.method === 'HEAD' ? undefined : content);
  };
  // what Node answers by itself has no headers of ours: a request without a host, or that expects something, is answered here
  const server = createServer({ requireHostHeader: false }, answer);
  server.on('checkExpectation', answer);
  server.on('clientError', refuseBadRequest);
  const address = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  }).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'something else listens there' : (error.code ?? error.message);
    throw new DebkdError('usage', {
      subject: 'serve',
      seen: `port ${port}: ${why}`,
      remedy: 'give another one by --port',
    });
  });
  await print(`debkd in the browser: http://127.0.0.1:${address}/ (Ctrl-C ends it)\n`);
  await new Promise(() => undefined); // until Ctrl-C
}

/** Of a request that Node could not read: there is nothing to answer it by but its connection. */
function refuseBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, text] = BAD_REQUESTS[error.code ?? ''] ?? ['400 Bad Request', 'this is no request'];
  const headers = { ...SECURITY_HEADERS, 'content-type': 'text/plain', connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}content-length: ${text.length + 1}\r\n\r\n${text}\n`);
}
