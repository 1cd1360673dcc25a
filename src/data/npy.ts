// Reads NumPy's npy: one matrix of numbers, whose columns are named x0, x1, ..., or images; labels may come from a second file.
// npyjs reads the format, too, but checks no lengths and installs node-fetch.
import { DebkdError, quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { halfToFloat } from '../io/half.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import { nameOfRow, pixelImages } from './embedded-images.ts';
import { isNpy } from './format-marks.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

const CHUNK_ROWS = 4096;
/** The column of images. */
const IMAGE = 'image';

/** Options of readNpy: TableOptions, and a second file with the labels. */
export interface NpyOptions extends TableOptions {
  /**
   * One label per row, 0 or 1 (NaN: unlabelled), as npy of shape [rows] or [rows, 1]; they become the column `target`,
   * default `label`.
   */
  readonly labels?: Source;
}

/**
 * Reads a matrix of shape [rows, columns] into a Table with the columns x0, x1, ...; or images, uint8 of shape [rows, height, width] or
 * [rows, height, width, 1 or 3], into a Table with the column `image`.
 * @throws DebkdError `source`, `table`, `target` or `column`
 * @example
 * const table = await readNpy('x.npy', { labels: 'y.npy' });
 */
export async function readNpy(source: Source, options: NpyOptions = {}): Promise<Table> {
  const { labels, ...rest } = options;
  const features = parseNpy(await bytesOf(source), nameOf(source));
  if (labels === undefined) return buildTable(rowsOf(features), rest);
  const target = rest.target ?? 'label';
  const column = parseNpy(await bytesOf(labels), nameOf(labels));
  if (column.images || column.columns !== 1 || column.rows !== features.rows) {
    throw new DebkdError('target', {
      subject: `labels ${quote(column.name, 200)}`,
      seen: column.images ? 'images' : `shape [${column.rows}, ${column.columns}]`,
      expected: `[${features.rows}, 1], one label per row of ${quote(features.name, 200)}`,
      remedy: 'give the labels of these rows',
    });
  }
  return buildTable(rowsOf(features, { name: target, values: column }), { ...rest, target });
}

/** Opens an npy file in memory for reading chunk by chunk, as rows of text. */
export function openNpy(bytes: Uint8Array, name: string): RawRows {
  return rowsOf(parseNpy(bytes, name));
}

interface NumberMatrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** The number in a row and column, as text. */
  readonly text: (row: number, column: number) => string;
  /** The images, if the rows are images; the text of a row is then the name of its image. */
  readonly images?: FileTree;
}

function rowsOf(features: NumberMatrix, label?: { name: string; values: NumberMatrix }): RawRows {
  const { name, rows, columns, images } = features;
  const header = images ? [IMAGE] : Array.from({ length: columns }, (_, j) => `x${j}`);
  if (label) header.push(label.name);
  const chunks = (async function* () {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      yield Array.from({ length: Math.min(CHUNK_ROWS, rows - from) }, (_, i) => {
        const fields = Array.from({ length: columns }, (_, j) => features.text(from + i, j));
        if (label) fields.push(label.values.text(from + i, 0));
        return fields;
      });
    }
  })();
  return { name, header, chunks, ...(images && { images: new Map([[IMAGE, images]]) }) };
}

type Reader = (view: DataView, at: number, little: boolean) => number | bigint;
/** How to read an element, by NumPy's kind and size in bytes. */
const READERS = new Map<string, Reader>([
  ['f8', (v, at, little) => v.getFloat64(at, little)],
  ['f4', (v, at, little) => v.getFloat32(at, little)],
  ['f2', (v, at, little) => halfToFloat(v.getUint16(at, little))],
  ['i8', (v, at, little) => v.getBigInt64(at, little)],
  ['i4', (v, at, little) => v.getInt32(at, little)],
  ['i2', (v, at, little) => v.getInt16(at, little)],
  ['i1', (v, at) => v.getInt8(at)],
  ['u8', (v, at, little) => v.getBigUint64(at, little)],
  ['u4', (v, at, little) => v.getUint32(at, little)],
  ['u2', (v, at, little) => v.getUint16(at, little)],
  ['u1', (v, at) => v.getUint8(at)],
  ['b1', (v, at) => v.getUint8(at)],
]);

function parseNpy(bytes: Uint8Array, name: string): NumberMatrix {
  const fail = (
    seen: string,
    expected = 'a matrix of numbers as numpy.save(file, x) writes it, or images: uint8 [rows, height, width] or [rows, height, width, 1 or 3]',
  ): never => {
    throw new DebkdError('table', { subject: `data ${quote(name, 200)}`, seen, expected });
  };
  if (!isNpy(bytes) || bytes.length < 12) return fail('not an npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasLongHeader = (bytes[6] as number) > 1;
  const start = hasLongHeader ? 12 : 10;
  const end = start + (hasLongHeader ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) return fail('cut inside its header');
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, end));
  const [, order = '', kind = ''] = /'descr':\s*'([<>|=]?)([a-z]\d+)'/i.exec(header) ?? [];
  const fortran = /'fortran_order':\s*True/.test(header);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  const read = READERS.get(kind);
  if (!read) {
    const shown = /'descr':\s*('[^']*'|\[)/.exec(header)?.[1] ?? 'nothing';
    return fail(`its element type is ${shown === '[' ? 'a record' : shown}`);
  }
  const sizes = (shape ?? '').split(',').map((part) => part.trim());
  const dims = sizes.filter((part) => part !== '').map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  const [rows = 1, columns = 1] = dims;
  const areImages = kind === 'u1' && (dims.length === 3 || (dims.length === 4 && (dims[3] === 1 || dims[3] === 3)));
  if (shape === undefined || dims.length < 1 || !(areImages || dims.length < 3) || !dims.every(Number.isSafeInteger)) {
    return fail(`its shape is (${shape ?? ''})${dims.length > 2 ? ` of ${kind}` : ''}`);
  }
  const size = Number(kind.slice(1));
  const stated = dims.reduce((product, length) => product * length, size);
  if (end + stated !== bytes.length) {
    return fail(`${bytes.length - end} bytes of numbers`, `${stated} for its shape (${shape})`);
  }
  if (columns === 0 && !areImages) return fail('no columns');
  // without rows, no bytes confirm the number of columns
  if (rows === 0) return fail('no rows');
  if (areImages) {
    if (fortran) return fail('images in the order of Fortran', 'those of C, as numpy.ascontiguousarray(x) has them');
    const [, height = 0, width = 0, channels = 1] = dims;
    if (height === 0 || width === 0) return fail('images without pixels');
    const images = pixelImages(name, bytes.subarray(end), { rows, height, width, channels });
    return { name, rows, columns: 1, text: (row) => nameOfRow(row), images };
  }
  const little = order !== '>';
  const text = (row: number, column: number): string => {
    const at = end + size * (fortran ? column * rows + row : row * columns + column);
    return String(read(view, at, little));
  };
  return { name, rows, columns, text };
}
