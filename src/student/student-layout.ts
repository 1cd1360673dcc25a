// The layout of a student's parameters.
import type { ImageColumn } from '../data/image-column.ts';
import type { Preprocessing } from '../data/preprocessing-column.ts';
import { type NetworkInputs, type NetworkLayout, networkLayout } from '../kernels/trunk-layout.ts';
import type { Architecture } from './architecture.ts';

/** What a student's network takes. */
export function networkInputs({ columns, encodedWidth: width }: Preprocessing): NetworkInputs {
  return { width, image: columns.find((column): column is ImageColumn => column.kind === 'image') };
}

/** The layout of a student's parameters. */
export function studentLayout(preprocessing: Preprocessing, architecture: Architecture): NetworkLayout {
  return networkLayout(networkInputs(preprocessing), architecture);
}
