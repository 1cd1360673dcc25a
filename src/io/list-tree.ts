// Files that a caller lists: those of a browser's folder picker, or sources by path.
import { compareBytes, type FileTree, innerPath, isHidden, MAX_FILE_BYTES, pathFinder, tooLarge } from './file-tree.ts';
import type { HostBlob } from './host-types.ts';
import { bytesOf, type Source } from './source.ts';

/** A file of a browser; with a folder picker, `webkitRelativePath` is its path from the folder's parent on. */
export type PickedFile = HostBlob & { readonly name: string; readonly webkitRelativePath?: string };

/** Files by their paths, or files of a browser's folder picker. */
export type FileList = ReadonlyMap<string, Source> | readonly PickedFile[];

/** Opens listed files. The name of the folder that a picker chose is left out of the paths. */
export function openList(list: FileList): FileTree {
  const files =
    list instanceof Map ? byPath(list as ReadonlyMap<string, Source>) : picked(list as readonly PickedFile[]);
  const find = pathFinder(files.sources);
  const { name } = files;
  const place = `files ${JSON.stringify(name)}`;
  return {
    place,
    name,
    paths: async () => [...files.sources.keys()].filter((path) => !isHidden(path)).sort(compareBytes),
    async read(path) {
      const source = find(path);
      if (source === undefined) return undefined;
      const size = source instanceof Blob ? source.size : 0;
      if (size > MAX_FILE_BYTES) throw tooLarge({ place }, path, size);
      // a picture is never gzip: its own bytes are its content
      if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
      if (source instanceof Uint8Array) return new Uint8Array(source);
      return bytesOf(source);
    },
  };
}

interface Listed {
  readonly name: string;
  readonly sources: ReadonlyMap<string, Source>;
}

function byPath(list: ReadonlyMap<string, Source>): Listed {
  return { name: 'list', sources: new Map(Array.from(list, ([path, file]) => [innerPath(path) ?? path, file])) };
}

function picked(list: readonly PickedFile[]): Listed {
  const paths = list.map((file) => innerPath(file.webkitRelativePath || file.name) ?? file.name);
  const [folder = ''] = paths[0]?.split('/') ?? [];
  const isShared = paths.length > 0 && paths.every((path) => path.startsWith(`${folder}/`));
  const sources = new Map(
    list.map((file, i) => [
      isShared ? (paths[i] as string).slice(folder.length + 1) : (paths[i] as string),
      file as Source,
    ]),
  );
  return { name: isShared ? folder : 'list', sources };
}
