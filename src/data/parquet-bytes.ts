// Bytes of a Parquet column: texts of writers that do not say so, or images. The first value decides.
import { DebkdError, quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { otherFormat } from '../io/other-format.ts';
import { type ImageSink, openImageSink } from './embedded-images.ts';
import type { ParquetColumn } from './parquet-columns.ts';

/** Reads the bytes of a column, row by row. */
export interface ByteReader {
  /** The text of a row: the bytes as UTF-8, or the name of the row's image. @param path that goes with the bytes */
  take(bytes: Uint8Array | undefined, row: number, path: unknown): Promise<string>;
  /** The images; undefined as long as the column has none. */
  images(): FileTree | undefined;
}

/** Opens the reader of a column. @param data for messages */
export function openByteReader({ name, bytes: kind }: ParquetColumn, data: string): ByteReader {
  const decoder = new TextDecoder();
  let sink: ImageSink | undefined = kind === 'struct' ? openImageSink(data) : undefined;
  let isText = false;
  return {
    async take(bytes, row, path) {
      if (bytes === undefined || bytes.length === 0) {
        if (typeof path === 'string' && path !== '') throw onlyPath(data, name, { row, path });
        return '';
      }
      if (!sink && !isText) {
        if (isImage(bytes)) sink = openImageSink(data);
        else isText = true;
      }
      return sink ? sink.add(bytes, row, typeof path === 'string' ? path : undefined) : decoder.decode(bytes);
    },
    images: () => sink?.tree,
  };
}

/** Whether bytes begin as an image does, of any format: one that is not read is refused by its name. */
function isImage(bytes: Uint8Array): boolean {
  const [a, b, c] = bytes;
  const isPnm = a === 0x50 && (b === 0x35 || b === 0x36) && (c === 0x0a || c === 0x20);
  return isPnm || otherFormat(bytes)?.kind === 'picture';
}

function onlyPath(
  data: string,
  column: string,
  { row, path }: { readonly row: number; readonly path: string },
): DebkdError {
  return new DebkdError('table', {
    subject: `data ${quote(data, 200)}, column ${quote(column)}, row ${row + 1}`,
    seen: `no bytes, only the path ${quote(path, 200)}`,
    expected: 'the bytes of an image',
    remedy: ['write the file with the images in it', 'give a table of paths, such as CSV'],
  });
}
