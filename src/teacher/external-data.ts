// Weights that lie in files beside the model: read from the model's own folder only.
import { DebkdError, quote } from '../io/errors.ts';
import { builtin, fsPromises } from '../io/node.ts';
import { openRandomAccess, type RandomAccess } from '../io/random-access.ts';
import { bytesOf, type Source } from '../io/source.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** What onnxruntime-web takes as `externalData`. */
export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/**
 * Reads the files a model names.
 * @param source where the model came from; a path or address lets its folder be read
 * @param given files by the names the model has for them, where there is no folder
 * @throws DebkdError `teacher` when a name leaves the folder or a file is not given, `source` when it cannot be read
 */
export async function readExternalData(
  graph: OnnxGraph,
  source: Source,
  given: ReadonlyMap<string, Source> | undefined,
  name: string,
): Promise<ExternalFile[]> {
  const files: ExternalFile[] = [];
  for (const path of graph.externalData) {
    const parts = path.split(/[\\/]/);
    if (path === '' || parts.some((part) => part === '..' || part === '') || /^[a-z]+:/i.test(path)) {
      throw new DebkdError('teacher', {
        subject: `teacher ${quote(name, 200)}`,
        seen: `its weights lie in ${quote(path)}, outside its folder, which is never read`,
        remedy: 'save them beside the model',
      });
    }
    const place = given?.get(path) ?? beside(source, path);
    if (place === undefined) {
      throw new DebkdError('teacher', {
        subject: `teacher ${quote(name, 200)}`,
        seen: `its weights lie in a file ${quote(path)} beside it`,
        remedy: 'give it as externalData, or save the model in one file',
      });
    }
    const opened = given?.has(path) ? undefined : await openBeside(place, path, name);
    files.push({
      path,
      data: opened
        ? await readWeights(opened, graph.externalSizes.get(path) ?? Infinity, path, name)
        : await bytesOf(place),
    });
  }
  return files;
}

/** Bytes of one file of weights: more do not fit the ONNX runtime. */
const MAX_BYTES = 2 ** 32;

/** A file that the model itself names; undefined where it is an address. Links are not followed: they may lead anywhere. @throws DebkdError `teacher` */
async function openBeside(place: Source, path: string, name: string): Promise<RandomAccess | undefined> {
  if (!(typeof place === 'string' || place instanceof URL) || /^(https?|blob|data):/.test(String(place)))
    return undefined;
  const { lstat, realpath } = await fsPromises();
  const { fileURLToPath } = await builtin<typeof import('node:url')>('node:url');
  const { join, resolve } = await builtin<typeof import('node:path')>('node:path');
  const file = resolve(String(place).startsWith('file:') ? fileURLToPath(String(place)) : String(place));
  const found = await lstat(file).catch(() => undefined);
  if (!found) return undefined; // reading says why
  const parts = path.split(/[\\/]/);
  const folder = resolve(file, ...parts.map(() => '..'));
  const linked = (await realpath(file).catch(() => undefined)) !== join(await realpath(folder), ...parts);
  if (!found.isFile() || linked) {
    const what = linked ? 'behind a link, which is not followed' : found.isDirectory() ? 'a folder' : 'no file';
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `its weights ${quote(path)} are ${what}`,
      remedy: 'put the file itself beside the model',
    });
  }
  return openRandomAccess(file);
}

/** As many bytes as the model says, and no more. @throws DebkdError `teacher` */
async function readWeights(file: RandomAccess, end: number, path: string, name: string): Promise<Uint8Array> {
  try {
    const size = file.byteLength;
    const wanted = end === Infinity ? size : end;
    if (size < wanted || wanted > MAX_BYTES) {
      const why =
        size < wanted
          ? `the model needs ${wanted}; the file is cut short, copy it again`
          : `at most ${MAX_BYTES} fit; use a smaller model`;
      throw new DebkdError('teacher', {
        subject: `teacher ${quote(name, 200)}`,
        seen: `its weights ${quote(path)} have ${size} bytes, ${why}`,
      });
    }
    return new Uint8Array(await file.slice(0, wanted));
  } finally {
    await file.close();
  }
}

function beside(source: Source, path: string): Source | undefined {
  if (source instanceof URL) return new URL(path.split(/[\\/]/).map(encodeURIComponent).join('/'), source);
  if (typeof source !== 'string') return undefined;
  const folder = /^(.*[\\/])?[^\\/]*$/s.exec(source)?.[1] ?? '';
  return `${folder}${path}`;
}
