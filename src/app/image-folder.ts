// Tells the folders of images among chosen or dropped files from the files of models and tables.
import { isImagePath } from '../data/image-columns.ts';
import type { ImageFolder } from './input-messages.ts';
import type { PickedFile } from './picked-file.ts';

/** Chosen or dropped files, apart. */
export interface SortedFolders {
  /** The folder of images; of several, such as those of two classes, the one that they would be in. */
  readonly images: ImageFolder | undefined;
  readonly others: readonly PickedFile[];
}

const folderOf = ({ path }: PickedFile): string => path.slice(0, path.indexOf('/'));

/** A folder without a model that has an image is one of images, with all its files: a table may be among them. */
export function sortFolders(picked: readonly PickedFile[]): SortedFolders {
  const inFolders = picked.filter(({ path }) => path.includes('/'));
  const names = [...new Set(inFolders.map(folderOf))].filter((name) => {
    const paths = inFolders.filter((one) => folderOf(one) === name).map(({ path }) => path);
    return paths.some(isImagePath) && !paths.some((path) => /\.onnx$/i.test(path));
  });
  const isOfImages = (one: PickedFile): boolean => one.path.includes('/') && names.includes(folderOf(one));
  const [only] = names;
  if (only === undefined) return { images: undefined, others: picked };
  // the name of a single folder is no part of the paths, as on the command line
  const start = names.length === 1 ? only.length + 1 : 0;
  const files = new Map(picked.filter(isOfImages).map(({ file, path }) => [path.slice(start), file]));
  return { images: { name: names.join(', '), files }, others: picked.filter((one) => !isOfImages(one)) };
}
