// What is known of an image before its pixels are decoded.

/** The header of an image. */
export interface ImageHeader {
  /** `pnm` holds plain pixels, such as those of an npy file (PGM and PPM, binary, 8 bits). */
  readonly format: 'png' | 'jpeg' | 'pnm';
  /** Columns of pixels as stored, before the orientation is applied. */
  readonly width: number;
  /** Rows of pixels as stored. */
  readonly height: number;
  /** Channels of the decoded image: 1 for grey, with or without alpha, else 3. */
  readonly channels: 1 | 3;
  /** The orientation of EXIF, 1 to 8; 1 without one. */
  readonly orientation: number;
}
