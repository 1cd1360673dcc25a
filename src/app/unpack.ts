// The files of a ZIP archive with a model or a single table. Archives of images stay as they are: the worker reads these one image at a time.
import { isImagePath } from '../data/image-columns.ts';
import { openTree } from '../io/open-tree.ts';
import type { PickedFile } from './picked-file.ts';

const ROWS = /\.(csv|tsv|parquet|ndjson|jsonl|npy)(\.gz)?$/i;

/** Its files, as if they were in a folder; undefined if it is to be read as rows. @throws DebkdError `source` if it is damaged */
export async function unpack(archive: File): Promise<readonly PickedFile[] | undefined> {
  const tree = await openTree(archive);
  const paths = await tree.paths();
  const hasModel = paths.some((path) => /\.onnx$/i.test(path));
  const tables = paths.filter((path) => ROWS.test(path));
  if (!hasModel && (tables.length !== 1 || paths.some(isImagePath))) return undefined;
  const name = archive.name.replace(/\.zip$/i, '');
  const wanted = hasModel ? paths : tables;
  return Promise.all(
    wanted.map(async (path): Promise<PickedFile> => {
      const bytes = (await tree.read(path)) ?? new Uint8Array();
      const file = new File([bytes], path.slice(path.lastIndexOf('/') + 1));
      // the only folder of an archive is the model's
      return { file, path: hasModel ? (path.includes('/') ? path : `${name}/${path}`) : file.name };
    }),
  );
}
