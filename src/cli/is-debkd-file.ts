// Whether a file is what debkd made: then a later result may replace it.
import { open, readFile } from 'node:fs/promises';

/** Bytes in which a page says what made it. */
const HEAD_BYTES = 4096;
const GENERATOR = '<meta name="generator" content="debkd">';

/** By its content: students, records and pages say so. What says nothing is nobody's. */
export async function isDebkdFile(path: string): Promise<boolean> {
  if (path.endsWith('.debkd')) return (await headOf(path)).startsWith('debkd\0');
  if (/\.html?$/i.test(path)) return (await headOf(path)).includes(GENERATOR);
  if (!path.endsWith('.json')) return false;
  try {
    const { schema } = JSON.parse(await readFile(path, 'utf8')) as { schema?: unknown };
    return typeof schema === 'string' && schema.startsWith('debkd/');
  } catch {
    return false;
  }
}

async function headOf(path: string): Promise<string> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
