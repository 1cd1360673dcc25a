// A decoder of one format.
import type { Raster } from './raster.ts';

/** An instance of the decoder; of no further use after an error. */
export interface Codec {
  /** Decodes a file, given in parts. @throws any error if it is damaged */
  decode(parts: readonly Uint8Array[], channels: 1 | 3): Raster;
  /** Bytes of memory that it holds. */
  readonly held: number;
}
