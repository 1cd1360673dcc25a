// The bytes of served files: compressed as the browser accepts, with an entity tag, kept in memory until the file changes.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** An encoding of the content. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** A file as it is sent. */
export interface Served {
  readonly bytes: Buffer;
  readonly encoding: Encoding;
  /** The entity tag, another for each encoding. */
  readonly tag: string;
}

/** Higher qualities take seconds for larger files. */
const LARGE = 2 ** 20;
/** Smaller files fit into one packet anyway. */
const LEAST = 1024;

/** The encoding that Accept-Encoding prefers among those that we have; the first of equal ones. */
export function encodingOf(accepted: string | undefined): Encoding {
  const weights = new Map(
    (accepted ?? '').split(',').map((part): [string, number] => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((text) => text.startsWith('q='))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight) || 0];
    }),
  );
  const weightOf = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0;
  const best = Math.max(weightOf('br'), weightOf('gzip'));
  if (best === 0 || best < (weights.get('identity') ?? 0)) return 'identity';
  return weightOf('br') === best ? 'br' : 'gzip';
}

/** Whether a tag is among those of If-None-Match. */
export function matches(header: string | undefined, tag: string): boolean {
  return (header ?? '').split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}

/** Reads files, and keeps them as they were sent. @returns undefined where the file is gone */
export function openFiles(): (path: string, encoding: Encoding) => Promise<Served | undefined> {
  const kept = new Map<string, { readonly version: string; readonly served: Promise<Served> }>();
  return async (path, encoding) => {
    const state = await stat(path).catch(() => undefined);
    if (!state) return undefined;
    const [key, version] = [`${encoding} ${path}`, `${state.mtimeMs} ${state.size}`];
    const known = kept.get(key);
    if (known?.version === version) return known.served;
    const served = encode(path, state.size < LEAST ? 'identity' : encoding);
    kept.set(key, { version, served });
    served.catch(() => kept.delete(key));
    return served.catch(() => undefined);
  };
}

async function encode(path: string, encoding: Encoding): Promise<Served> {
  const content = await readFile(path);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 20);
  const quality = content.length > LARGE ? 3 : 9;
  const bytes =
    encoding === 'br'
      ? await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
      : encoding === 'gzip'
        ? await promisify(gzip)(content, { level: quality })
        : content;
  const end = encoding === 'identity' ? '' : `-${encoding}`;
  return { bytes, encoding, tag: `"${digest}${end}"` };
}
