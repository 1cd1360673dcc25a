// The files of the data sets' origins, rebuilt from the prepared tables. Those of Adult, Bank, German and Spambase have the SHA-256 of the
// originals. Also a server that sends such files, with range requests and the faults of a test.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
const linesOf = (rows: readonly string[][], separator: string): string =>
  rows.map((fields) => `${fields.join(separator)}\n`).join('');

/** The number of Adult's rows that adult.data has. */
const ADULT_TRAIN = 32561;
const BANK_NUMBERS = ['age', 'balance', 'day', 'duration', 'campaign', 'pdays', 'previous'];

/** Each data set's origin files by name, from its prepared CSV. */
export const REBUILD: { readonly [name: string]: (csv: string) => { [file: string]: string } } = {
  adult(csv) {
    const rows = rowsOf(csv).slice(1);
    const part = (some: readonly string[][], dot: string): string =>
      linesOf(
        some.map((fields) => [
          ...fields.slice(0, -1).map((field) => field || '?'),
          `${fields.at(-1) === '1' ? '>50K' : '<=50K'}${dot}`,
        ]),
        ', ',
      );
    return {
      'adult.data': `${part(rows.slice(0, ADULT_TRAIN), '')}\n`,
      'adult.test': `|1x3 Cross validator\n${part(rows.slice(ADULT_TRAIN), '.')}\n`,
    };
  },
  bank(csv) {
    const [header = [], ...rows] = rowsOf(csv);
    const names = [...header.slice(0, -1), 'y'];
    const quoted = rows.map((fields) =>
      [...fields.slice(0, -1), fields.at(-1) === '1' ? 'yes' : 'no'].map((field, i) =>
        BANK_NUMBERS.includes(names[i] as string) ? field : `"${field}"`,
      ),
    );
    return { 'bank-full.csv': linesOf([names.map((name) => `"${name}"`), ...quoted], ';') };
  },
  // as UCI describes its CSV: no copy of that file was at hand
  default(csv) {
    const rows = rowsOf(csv).slice(1);
    const names = ['ID', ...Array.from({ length: 23 }, (_, i) => `X${i + 1}`), 'Y'];
    return { 'default.csv': linesOf([names, ...rows.map((fields, i) => [String(i + 1), ...fields])], ',') };
  },
  german(csv) {
    const rows = rowsOf(csv).slice(1);
    return {
      'german.data': linesOf(
        rows.map((fields) => [...fields.slice(0, -1), String(Number(fields.at(-1)) + 1)]),
        ' ',
      ),
    };
  },
  spambase(csv) {
    return { 'spambase.data': csv.slice(csv.indexOf('\n') + 1).replaceAll('\n', '\r\n') };
  },
};

/** What a server of tests does with a request, in place of sending the file. @returns whether it has answered */
type Fault = (request: IncomingMessage, response: ServerResponse, bytes: Uint8Array) => boolean;

/** A running server: its address, and the path and range of each request. */
export interface FileServer {
  readonly url: string;
  readonly requests: string[];
  close(): Promise<void>;
}

/** Serves files by path, with range requests and strong entity tags, on a free port of this machine. */
export async function serveFiles(
  files: { readonly [path: string]: Uint8Array | string },
  fault: Fault = () => false,
): Promise<FileServer> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    requests.push(`${path}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    const content = files[path];
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const bytes = Buffer.from(content as Uint8Array);
    if (fault(request, response, bytes)) return;
    const etag = `"${bytes.length}"`;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from === 0 || (request.headers['if-range'] ?? etag) !== etag) {
      response.writeHead(200, { 'content-length': bytes.length, etag }).end(bytes);
    } else if (from >= bytes.length) {
      response.writeHead(416).end();
    } else {
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      response
        .writeHead(206, { 'content-range': range, 'content-length': bytes.length - from, etag })
        .end(bytes.subarray(from));
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
