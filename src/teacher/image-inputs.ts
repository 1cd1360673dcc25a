// What a teacher of images reads: types of the public API, without those of the ONNX runtime.

/** How an image is resized, as Pillow does it. */
export type ImageFilter = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos' | 'box' | 'hamming';

/** The channels of a teacher's images, in the order in which they enter. */
export type ImageOrder = 'rgb' | 'bgr' | 'grey';

/** The order of a tensor's axes after the first: channels, rows, columns; or rows, columns, channels. */
export type ImageLayout = 'channels-first' | 'channels-last';

/** What a teacher of images reads. */
export interface ImageInputs {
  /** The column of images; undefined until a table shows it (Teacher.forTable). */
  readonly column: string | undefined;
  /** Rows and columns of pixels that enter; undefined where every image keeps its size. */
  readonly size: readonly [height: number, width: number] | undefined;
  /** The channels that enter. */
  readonly order: ImageOrder;
  /** The order of the axes. */
  readonly layout: ImageLayout;
  /** The filter that resizes images; undefined where they are not resized. */
  readonly filter: ImageFilter | undefined;
  /** The size that images are resized to, both sides or the shorter one, before the centre is taken; undefined where they are not resized. */
  readonly resizedTo: readonly [height: number, width: number] | number | undefined;
  /** How bytes become numbers, in words; `open` until labelled rows decide it (Teacher.forLabels). */
  readonly values: string;
  /** Whether labelled rows are still to decide how bytes become numbers. */
  readonly isOpen: boolean;
  /** Where all this is from, in words. */
  readonly from: string;
}
