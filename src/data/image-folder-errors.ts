// Errors of images without a table, in terms of folders.
import { DebkdError, listed } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';

/** The error of an absent label column, where the images are in no folders. */
export function inNoFolder(error: DebkdError): DebkdError {
  const { subject, field } = error;
  return new DebkdError('target', {
    subject,
    seen: 'the images are in no folders, so no row has a label',
    expected: 'a folder for each class',
    remedy: ['put the images of each class into a folder of its own', 'give a table with the column image and a label'],
    field,
    cause: error,
  });
}

/** The error of a label that is not binary, in terms of folders. */
export function inFolders(error: DebkdError, classes: readonly string[]): DebkdError {
  const { code, subject, seen, field } = error;
  if (code !== 'target') return error;
  const folders = `${classes.length === 1 ? 'one folder' : `${classes.length} folders`} (${listed(classes, 5)})`;
  if (/^one class only/.test(seen)) {
    return new DebkdError(code, {
      subject,
      seen: `images of one class only: ${folders}`,
      expected: 'two folders, one for each class',
      remedy: ['add a folder with images of the other class', 'give the folder above'],
      field,
      cause: error,
    });
  }
  if (!/different values/.test(seen)) return error;
  return new DebkdError(code, {
    subject,
    seen: `images of ${classes.length} classes: ${folders}`,
    expected: 'two folders, one for each class',
    remedy: [
      'merge folders until there are two',
      'give a table with the column image and a label of two values',
      { id: 'list-missing' },
    ],
    field,
    cause: error,
  });
}

/** The error of a folder or an archive without images. */
export function withoutImages({ place }: Pick<FileTree, 'place'>): DebkdError {
  return new DebkdError('table', {
    subject: place,
    seen: 'it holds neither images (.png, .jpg) nor a table of them',
    expected: 'a folder for each class, or a table such as data.csv with the images',
    remedy: 'check the path',
  });
}
