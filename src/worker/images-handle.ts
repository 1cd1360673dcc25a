// Open images across threads: they stay in the worker that opened them, and its caller has a handle in their place.
import type { ImageFiles } from '../data/image-files.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { TAG } from './teacher-handle.ts';

/** Stands for open images in a message. */
export interface ImagesHandle {
  readonly [TAG]: 'images';
  readonly id: string;
  readonly name: string;
}

/** Whether an object is a handle, or stands for one on the caller's side. */
export function isImagesHandle(object: object): object is ImagesHandle {
  return (object as ImagesHandle)[TAG] === 'images';
}

/** Whether an object is open images. */
export function isOpenImages(object: object): object is ImageFiles {
  return 'digest' in object && typeof object.digest === 'function';
}

/** The handle of a message. */
export const imagesHandle = ({ id, name }: Pick<ImagesHandle, 'id' | 'name'>): ImagesHandle => ({
  [TAG]: 'images',
  id,
  name,
});

/** What the caller has in the place of images. Only calls of the same worker read them. */
export function imagesElsewhere(handle: ImagesHandle): ImagesHandle & ImageFiles {
  const refuse = (): never => {
    throw new DebkdError('value', {
      subject: `images ${quote(handle.name, 200)}`,
      seen: 'they are open in a worker',
      remedy: 'call the function of that worker',
    });
  };
  return { ...imagesHandle(handle), digest: refuse, header: refuse, bytes: async () => refuse() };
}
