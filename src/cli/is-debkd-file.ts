// Tells whether debkd made a file. A later result may then replace it.
import { open, readFile } from 'node:fs/promises';

/** How many first bytes to read; those of a page name its generator. */
const HEAD_BYTES = 4096;
const GENERATOR = '<meta name="generator" content="debkd">';
/** The start of a picture. */
const POSTER_MARK = '<!--debkd-->';

/** Decides by the content: students, records, pages and pictures name debkd. */
export async function isDebkdFile(path: string): Promise<boolean> {
  if (path.endsWith('.debkd')) return (await readHead(path)).startsWith('debkd\0');
  if (/\.html?$/i.test(path)) return (await readHead(path)).includes(GENERATOR);
  if (/\.svg$/i.test(path)) return (await readHead(path)).startsWith(POSTER_MARK);
  if (!path.endsWith('.json')) return false;
  try {
    const { schema } = JSON.parse(await readFile(path, 'utf8')) as { schema?: unknown };
    return typeof schema === 'string' && schema.startsWith('debkd/');
  } catch {
    return false;
  }
}

async function readHead(path: string): Promise<string> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
