// The modules of Node, Deno and Bun, imported only when a path is given and by names that bundlers do not follow: a
// page can bundle the library as it is.
import { DebkdError, quote } from './errors.ts';

/** Imports a module of the host by a name that bundlers do not follow. */
export const builtin = <T>(name: string): Promise<T> => import(/* @vite-ignore */ /* webpackIgnore: true */ name);
const fs = (): Promise<typeof import('node:fs')> => builtin('node:fs');
/** The module fs/promises. */
export const fsPromises = (): Promise<typeof import('node:fs/promises')> => builtin('node:fs/promises');
const url = (): Promise<typeof import('node:url')> => builtin('node:url');

/** The parent folder of a path. */
export async function dirname(path: string): Promise<string> {
  return (await builtin<typeof import('node:path')>('node:path')).dirname(path);
}

/** A path; a file URL becomes one. */
export async function pathOf(path: string | URL): Promise<string> {
  return path instanceof URL ? (await url()).fileURLToPath(path) : path;
}

/** Checks that a path is a readable file. */
async function checkFile(path: string | URL): Promise<string> {
  const file = await pathOf(path);
  const { stat } = await fsPromises();
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') return unreadable(file, error);
    throw new DebkdError('source', {
      subject: `file ${quote(file, 200)}`,
      seen: 'there is no such file',
      remedy: 'check the path',
    });
  });
  if (found.isDirectory()) {
    throw new DebkdError('source', {
      subject: `file ${quote(file, 200)}`,
      seen: 'this is a folder',
      expected: 'a file',
      remedy: 'name a file in it',
    });
  }
  return file;
}

function unreadable(file: string, error: NodeJS.ErrnoException): never {
  throw new DebkdError('source', {
    subject: `file ${quote(file, 200)}`,
    seen: `cannot be read (${error.code ?? error.message})`,
    remedy: 'check the path and its permissions',
  });
}

/** Streams a file. @throws DebkdError `source` */
export async function* streamFile(path: string | URL): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const file = await checkFile(path);
  const { createReadStream } = await fs();
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 18 })) yield chunk;
  } catch (error) {
    unreadable(file, error as NodeJS.ErrnoException);
  }
}

/** Streams standard input by its descriptor: process.stdin of a worker is not that of the process. @throws DebkdError `source` */
export async function* streamInput(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { createReadStream } = await fs();
  try {
    for await (const chunk of createReadStream('', { fd: 0, autoClose: false, highWaterMark: 2 ** 18 })) yield chunk;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DebkdError('source', {
      subject: 'standard input',
      seen: code === 'EISDIR' ? 'this is a folder' : `cannot be read (${code ?? message})`,
      expected: 'rows',
      remedy: ['redirect it from a file or a pipe', 'name the file (--data)'],
    });
  }
}
