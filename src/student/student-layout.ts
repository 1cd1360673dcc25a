// The layout of a student's parameters.
import type { ImageColumn } from '../data/image-column.ts';
import type { Preprocessing } from '../data/preprocessing-column.ts';
import { DebkdError } from '../io/errors.ts';
import { type NetworkInputs, type NetworkLayout, networkLayout } from '../kernels/trunk-layout.ts';
import type { Architecture } from './architecture.ts';

/** The image column of a preprocessing; undefined if it has none. */
export function imageOf({ columns }: Pick<Preprocessing, 'columns'>): ImageColumn | undefined {
  return columns.find((column): column is ImageColumn => column.kind === 'image');
}

/** What a student's network takes. */
export function networkInputs(preprocessing: Preprocessing): NetworkInputs {
  return { width: preprocessing.encodedWidth, image: imageOf(preprocessing) };
}

/**
 * The layout of a student's parameters.
 * @throws DebkdError `student` if one of architecture and preprocessing is of images, and the other is not
 */
export function studentLayout(preprocessing: Preprocessing, architecture: Architecture): NetworkLayout {
  const inputs = networkInputs(preprocessing);
  if ((inputs.image === undefined) !== (architecture.conv === undefined)) {
    throw new DebkdError('student', {
      subject: 'student',
      seen: inputs.image
        ? 'a preprocessing with images, and an architecture without convolutions'
        : 'an architecture with convolutions, and a preprocessing without images',
      expected: 'both or neither',
      remedy: 'give the complete data of one student',
    });
  }
  return networkLayout(inputs, architecture);
}
