// Anything that bytes can be read from, gzip or not, as one stream or one array.
import { DebkdError, quote } from './errors.ts';
import type { Bytes, HostBlob, HostResponse, HostUrl } from './host-types.ts';

/** A path (Node, Deno), an address, a Blob or File, bytes, or a fetch Response. gzip is undone by its magic number. */
export type Source = string | HostUrl | HostBlob | Uint8Array | ArrayBuffer | HostResponse;

/** Bytes that gzip may unpack to, whatever its size; beyond, so many times its size. */
const MAX_UNPACKED = 2 ** 26;
const MAX_RATIO = 250;

/** What to call a source in a message. */
export function nameOf(source: Source): string {
  if (typeof source === 'string') return source;
  if (source instanceof URL) return source.href;
  if (source instanceof Response) return source.url || 'response';
  if (source instanceof Blob) return 'name' in source && source.name ? String(source.name) : 'blob';
  return 'bytes';
}

async function* rawChunks(source: Source): AsyncGenerator<Bytes> {
  if (source instanceof Uint8Array) {
    yield new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  } else if (source instanceof ArrayBuffer) {
    yield new Uint8Array(source);
  } else if (source instanceof Blob) {
    yield* iterate(source.stream() as ReadableStream<Bytes>);
  } else if (source instanceof Response) {
    if (!source.ok || !source.body) {
      throw new DebkdError(
        'source',
        `address ${quote(nameOf(source), 200)}: status ${source.status}, expected a body; check the address`,
      );
    }
    yield* iterate(source.body as ReadableStream<Bytes>);
  } else {
    const remote = /^(https?|blob|data):/.test(String(source));
    if (remote) {
      const response = await fetch(source).catch((error: Error) => {
        throw new DebkdError(
          'source',
          `address ${quote(String(source), 200)}: ${error.message}; check the address and the network`,
        );
      });
      yield* rawChunks(response);
    } else {
      const { streamFile } = await import('./node.ts');
      yield* streamFile(typeof source === 'string' && source.startsWith('file:') ? new URL(source) : source);
    }
  }
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

/** The bytes of `source` in chunks, unzipped where they are gzip. */
export async function* chunksOf(source: Source): AsyncGenerator<Bytes> {
  yield* unzipped(rawChunks(source), nameOf(source));
}

/** Chunks as they are, or unzipped where the first two bytes say gzip. */
export async function* unzipped(chunks: AsyncGenerator<Bytes>, name: string): AsyncGenerator<Bytes> {
  let head: Bytes = new Uint8Array(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = concat([head, value]);
  }
  const rest = (async function* () {
    yield head;
    yield* chunks;
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* rest;
    return;
  }
  let taken = 0;
  let given = 0;
  const packed = new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = await rest.next();
      if (done) return controller.close();
      taken += value.length;
      controller.enqueue(value);
    },
  });
  try {
    for await (const chunk of iterate(packed.pipeThrough(new DecompressionStream('gzip')) as ReadableStream<Bytes>)) {
      given += chunk.length;
      if (given > Math.max(MAX_UNPACKED, MAX_RATIO * taken)) {
        throw new DebkdError(
          'source',
          `${quote(name, 200)}: the gzip data unpacks to more than ${MAX_RATIO} times its size, as a bomb would; if it is meant so, unpack it yourself`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof DebkdError) throw error;
    throw new DebkdError('source', `${quote(name, 200)}: the gzip data is damaged or cut short; copy the file again`);
  }
}

/** All bytes of `source`, unzipped. */
export async function bytesOf(source: Source): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const chunk of chunksOf(source)) parts.push(chunk);
  return parts.length === 1 ? (parts[0] as Bytes) : concat(parts);
}

/** The text of `source`, UTF-8 without byte order mark. @throws DebkdError `source` */
export async function textOf(source: Source): Promise<string> {
  const bytes = await bytesOf(source);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DebkdError('source', `${quote(nameOf(source), 200)}: the bytes are not UTF-8 text; save it as UTF-8`);
  }
}

/** The JSON value in `source`. @throws DebkdError `source` */
export async function jsonOf(source: Source): Promise<unknown> {
  const text = await textOf(source);
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message.slice(0, 120);
    throw new DebkdError(
      'source',
      `${quote(nameOf(source), 200)}: not JSON (${why}); check that this is the right file`,
    );
  }
}

export function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
