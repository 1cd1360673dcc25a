// Reads bytes from any source, gzip or not, as a stream or as one array.
import { DebkdError, quote } from './errors.ts';
import type { Bytes, HostBlob, HostResponse, HostUrl } from './host-types.ts';
import { repeatedKey } from './json-text.ts';

/**
 * A path (Node, Deno), a URL, a Blob or File, bytes, or a fetch Response. gzip is recognised by its first bytes and
 * unpacked.
 */
export type Source = string | HostUrl | HostBlob | Uint8Array | ArrayBuffer | HostResponse;

/** Bytes that any gzip data may unpack to; more data may unpack to MAX_RATIO times its size. */
const MAX_UNPACKED = 2 ** 26;
const MAX_RATIO = 250;

/** Name of a source in messages. */
export function nameOf(source: Source): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL) return source.href;
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return 'bytes';
  if (source instanceof Response) return source.url || 'response';
  if (source instanceof Blob) return 'name' in source && source.name ? String(source.name) : 'blob';
  return 'bytes';
}

async function* rawChunks(source: Source): AsyncGenerator<Bytes> {
  // Response comes last, and not for paths: on Node the name alone loads the whole of fetch, which takes longer than most files
  if (source instanceof Uint8Array) {
    yield new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  } else if (source instanceof ArrayBuffer) {
    yield new Uint8Array(source);
  } else if (typeof source === 'string' || source instanceof URL) {
    yield* chunksAt(source);
  } else if (source instanceof Blob) {
    yield* iterate(source.stream() as ReadableStream<Bytes>);
  } else if (source instanceof Response) {
    yield* responseChunks(source);
  } else {
    yield* chunksAt(source);
  }
}

async function* responseChunks(response: HostResponse): AsyncGenerator<Bytes> {
  if (!response.ok || !response.body) {
    throw new DebkdError('source', {
      subject: `address ${quote(nameOf(response), 200)}`,
      seen: response.ok ? 'a response without a body' : `status ${response.status}`,
      expected: 'a file',
      remedy: 'check the address',
    });
  }
  yield* iterate(response.body as ReadableStream<Bytes>);
}

/** The bytes at a path or an address. */
async function* chunksAt(source: string | URL): AsyncGenerator<Bytes> {
  if (!/^(https?|blob|data):/.test(String(source))) {
    const { streamFile } = await import('./node.ts');
    yield* streamFile(typeof source === 'string' && source.startsWith('file:') ? new URL(source) : source);
    return;
  }
  const response = await fetch(source).catch((error: Error) => {
    throw new DebkdError('source', {
      subject: `address ${quote(String(source), 200)}`,
      seen: `cannot be fetched (${error.message})`,
      remedy: 'check the address and the network',
    });
  });
  yield* responseChunks(response);
}

async function* iterate(stream: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  const reader = stream.getReader(); // Safari has no async iteration of streams
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Streams the bytes of a source; gzip is unpacked. */
export async function* chunksOf(source: Source): AsyncGenerator<Bytes> {
  yield* unzipped(rawChunks(source), nameOf(source));
}

/** Unpacks chunks if the first two bytes are those of gzip, and passes them on otherwise. @param name for messages */
export async function* unzipped(chunks: AsyncGenerator<Bytes>, name: string): AsyncGenerator<Bytes> {
  let head: Bytes = new Uint8Array(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : concat([head, value]);
  }
  const rest = (async function* () {
    yield head;
    yield* chunks;
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* rest;
    return;
  }
  let packedBytes = 0;
  let unpackedBytes = 0;
  const packed = new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = await rest.next();
      if (done) return controller.close();
      packedBytes += value.length;
      controller.enqueue(value);
    },
  });
  try {
    for await (const chunk of iterate(packed.pipeThrough(new DecompressionStream('gzip')) as ReadableStream<Bytes>)) {
      unpackedBytes += chunk.length;
      if (unpackedBytes > Math.max(MAX_UNPACKED, MAX_RATIO * packedBytes)) {
        throw new DebkdError('source', {
          subject: quote(name, 200),
          seen: `the gzip data unpacks to more than ${MAX_RATIO} times its size, as a decompression bomb does`,
          remedy: 'unpack it first if you trust it',
        });
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof DebkdError) throw error;
    throw new DebkdError('source', {
      subject: quote(name, 200),
      seen: 'the gzip data is damaged or cut short',
      remedy: 'copy the file again',
    });
  }
}

/** Reads all bytes of a source; gzip is unpacked. */
export async function bytesOf(source: Source): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const chunk of chunksOf(source)) parts.push(chunk);
  return parts.length === 1 ? (parts[0] as Bytes) : concat(parts);
}

/** Reads a source as UTF-8 text; a byte order mark is left out. @throws DebkdError `source` */
export async function textOf(source: Source): Promise<string> {
  const bytes = await bytesOf(source);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DebkdError('source', {
      subject: quote(nameOf(source), 200),
      seen: 'the bytes are not UTF-8 text',
      remedy: 'save it as UTF-8',
    });
  }
}

/** Reads a source as JSON whose objects have each key once. @throws DebkdError `source` */
export async function jsonOf(source: Source): Promise<unknown> {
  const text = await textOf(source);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message.slice(0, 120);
    throw new DebkdError('source', {
      subject: quote(nameOf(source), 200),
      seen: `not JSON (${why})`,
      remedy: 'check that this is the right file',
    });
  }
  const repeated = repeatedKey(text);
  if (repeated === undefined) return value;
  throw new DebkdError('source', {
    subject: quote(nameOf(source), 200),
    seen: `an object has the key ${quote(repeated)} twice`,
    remedy: 'give each key once',
  });
}

/** Concatenates bytes. */
export function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
