// Reads weights that a model keeps in separate files, from the model's folder only.
import { DebkdError, quote } from '../io/errors.ts';
import { builtin, fsPromises } from '../io/node.ts';
import { openRandomAccess, type RandomAccess } from '../io/random-access.ts';
import { bytesOf, type Source } from '../io/source.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** A file of weights, as onnxruntime-web takes it in `externalData`. */
export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/**
 * Reads the files of weights that a model names.
 * @param source the model; files are read from its folder if it is a path or an address
 * @param given files by their names in the model
 * @throws DebkdError `teacher` if a name leaves the folder or a file is missing, `source` if a file cannot be read
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
        seen: `its weights are in ${quote(path)}, outside its folder`,
        expected: 'a file in the folder of the model',
        remedy: 'save the weights next to the model',
      });
    }
    const place = given?.get(path) ?? siblingOf(source, path);
    if (place === undefined) {
      throw new DebkdError('teacher', {
        subject: `teacher ${quote(name, 200)}`,
        seen: `its weights are in a separate file ${quote(path)}`,
        remedy: ['give the file as externalData', 'save the model in one file'],
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

/** Largest file of weights that fits the ONNX runtime, in bytes. */
const MAX_BYTES = 2 ** 32;

/**
 * Opens a file that the model names; undefined for an address. Refuses links, because they may lead anywhere.
 * @throws DebkdError `teacher`
 */
async function openBeside(place: Source, path: string, name: string): Promise<RandomAccess | undefined> {
  if (!(typeof place === 'string' || place instanceof URL) || /^(https?|blob|data):/.test(String(place)))
    return undefined;
  const { lstat, realpath } = await fsPromises();
  const { fileURLToPath } = await builtin<typeof import('node:url')>('node:url');
  const { join, resolve } = await builtin<typeof import('node:path')>('node:path');
  const file = resolve(String(place).startsWith('file:') ? fileURLToPath(String(place)) : String(place));
  const found = await lstat(file).catch(() => undefined);
  if (!found) return undefined; // reading it then gives the error
  const parts = path.split(/[\\/]/);
  const folder = resolve(file, ...parts.map(() => '..'));
  const linked = (await realpath(file).catch(() => undefined)) !== join(await realpath(folder), ...parts);
  if (!found.isFile() || linked) {
    const what = linked ? 'behind a link, which is not followed' : found.isDirectory() ? 'a folder' : 'not a file';
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `its weights ${quote(path)} are ${what}`,
      remedy: 'put the file itself next to the model',
    });
  }
  return openRandomAccess(file);
}

/**
 * Reads the bytes that the weights take.
 * @param end how many; Infinity for the whole file
 * @throws DebkdError `teacher`
 */
async function readWeights(file: RandomAccess, end: number, path: string, name: string): Promise<Uint8Array> {
  try {
    const size = file.byteLength;
    const wanted = end === Infinity ? size : end;
    if (size < wanted || wanted > MAX_BYTES) {
      const cut = size < wanted;
      throw new DebkdError('teacher', {
        subject: `teacher ${quote(name, 200)}`,
        seen: `its weights ${quote(path)} have ${cut ? size : wanted} bytes`,
        expected: cut ? `${wanted}` : `at most ${MAX_BYTES}`,
        remedy: cut ? 'copy the file again, it is cut short' : 'use a smaller model',
      });
    }
    return new Uint8Array(await file.slice(0, wanted));
  } finally {
    await file.close();
  }
}

/** A file in the folder of a path or an address; undefined for other sources. Paths may have either separator. */
export function siblingOf(source: Source, path: string): Source | undefined {
  const url = typeof source === 'string' && source.startsWith('file:') ? new URL(source) : source;
  if (url instanceof URL) return new URL(path.split(/[\\/]/).map(encodeURIComponent).join('/'), url);
  if (typeof source !== 'string') return undefined;
  const folder = /^(.*[\\/])?[^\\/]*$/s.exec(source)?.[1] ?? '';
  return `${folder}${path}`;
}
