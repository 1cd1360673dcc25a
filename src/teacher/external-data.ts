// Weights that lie in files beside the model: read from the model's own folder only.
import { DebkdError, quote } from '../io/errors.ts';
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
      throw new DebkdError(
        'teacher',
        `teacher ${quote(name, 200)}: its weights lie in ${quote(path)}, outside its folder, which is never read; save them beside the model`,
      );
    }
    const place = given?.get(path) ?? beside(source, path);
    if (place === undefined) {
      throw new DebkdError(
        'teacher',
        `teacher ${quote(name, 200)}: its weights lie in a file ${quote(path)} beside it; give it as externalData, or save the model in one file`,
      );
    }
    files.push({ path, data: await bytesOf(place) });
  }
  return files;
}

function beside(source: Source, path: string): Source | undefined {
  if (source instanceof URL) return new URL(path.split(/[\\/]/).map(encodeURIComponent).join('/'), source);
  if (typeof source !== 'string') return undefined;
  const folder = /^(.*[\\/])?[^\\/]*$/s.exec(source)?.[1] ?? '';
  return `${folder}${path}`;
}
