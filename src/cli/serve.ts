// debkd serve: serves the browser app on loopback only.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname } from 'node:path';
import type { Duplex } from 'node:stream';
import { DebkdError } from '../io/errors.ts';
import { number, text, type Values } from '../settings/values.ts';
import { appFiles } from './app-files.ts';
import { addManifest, checkExported } from './export-manifest.ts';
import { print } from './messages.ts';
import { writeFolder } from './output-folder.ts';
import { encodingOf, matches, openFiles } from './served-files.ts';

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
  '.webmanifest': 'application/manifest+json',
};
/** The page's own policy is in its head. `data:` lets its worker run exports, to check them before the download. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' data:; connect-src 'self'; style-src 'self'; img-src 'self' blob:; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'";
/** Sent with every response, even with refusals, because a browser may show these. */
const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The responses to requests that Node cannot parse, by its error codes. */
const BAD_REQUESTS: Readonly<Record<string, readonly [status: string, text: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers of this request are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
};

/** Serves until the process ends, or copies the app. @throws DebkdError `usage` where the port cannot be used */
export async function serve(values: Values): Promise<void> {
  const files = await appFiles();
  const out = text(values, 'out');
  if (out !== undefined) return copy(files, out);
  const port = number(values, 'port') ?? PORT;
  const read = openFiles();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': 'text/plain', ...headers }).end(`${text}\n`);
    };
    // a page of another site may reach this server through its own host name (DNS rebinding): answer only loopback names
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const file = path.startsWith('/') ? files.get(path === '/' ? 'index.html' : path.slice(1)) : undefined;
    if (!file || !HOSTS.includes(host)) return refuse(404, 'not found');
    if (!['GET', 'HEAD'].includes(request.method ?? ''))
      return refuse(405, 'only GET and HEAD', { allow: 'GET, HEAD' });
    const served = await read(file, encodingOf(request.headers['accept-encoding'] as string | undefined));
    if (!served) return refuse(500, 'this file no longer exists; build debkd again');
    const { bytes, encoding, tag } = served;
    const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-cache', vary: 'accept-encoding', etag: tag };
    if (matches(request.headers['if-none-match'], tag)) return void response.writeHead(304, headers).end();
    response.writeHead(200, {
      ...headers,
      'content-type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': bytes.length,
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
  // Node's own answers lack the security headers: answer requests without a Host header, and with an Expect header, here
  const server = createServer({ requireHostHeader: false }, answer);
  server.on('checkExpectation', answer);
  server.on('clientError', refuseBadRequest);
  const address = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  }).catch((error: NodeJS.ErrnoException) => {
    throw new DebkdError('usage', {
      subject: `port ${port}`,
      seen: error.code === 'EADDRINUSE' ? 'another program listens on it' : (error.code ?? error.message),
      remedy: 'choose another port (--port)',
    });
  });
  await print(`debkd in the browser: http://127.0.0.1:${address}/ (Ctrl-C stops it)\n`);
  await new Promise(() => undefined); // until Ctrl-C
}

/** Writes the app as a folder for any server of static files. @throws DebkdError `source` */
async function copy(files: ReadonlyMap<string, string>, folder: string): Promise<void> {
  await checkExported(folder);
  const copied = await Promise.all(
    [...files].sort().map(async ([path, from]) => ({ path, content: new Uint8Array(await readFile(from)) })),
  );
  await writeFolder(folder, addManifest(copied));
  await print(`${folder}: ${copied.length} files, for any server of static files\n`);
}

/** Answers a request that Node cannot parse. There is no response object, so the answer goes directly to the socket. */
function refuseBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, text] = BAD_REQUESTS[error.code ?? ''] ?? ['400 Bad Request', 'this is not an HTTP request'];
  const headers = { ...SECURITY_HEADERS, 'content-type': 'text/plain', connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}content-length: ${text.length + 1}\r\n\r\n${text}\n`);
}
