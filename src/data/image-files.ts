// The images behind a column of a table: a row's text is the path or the name of its image.
import type { ImageHeader } from './image/header.ts';

/** The images of a column, by the column's texts. Their headers were checked when the table was opened. */
export interface ImageFiles {
  /** What they were read from, for messages. */
  readonly name: string;
  /** SHA-256 of an image's bytes, hexadecimal: what row hashes and cache keys depend on instead of its path. */
  digest(text: string): string;
  /** The header of an image. */
  header(text: string): ImageHeader;
  /** Reads the bytes of an image. @throws DebkdError `source` if it is gone or its bytes changed */
  bytes(text: string): Promise<Uint8Array>;
}
