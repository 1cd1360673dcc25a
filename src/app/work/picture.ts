// A picture of one record: decoded as the images of the rows are, never by the browser.
import { openDecoder } from '../../data/image/decode.ts';
import type { Raster } from '../../data/image/raster.ts';
import { rasterOf } from '../../data/image/rgba.ts';
import { openImages } from '../../data/open-images.ts';
import type { Preprocessing } from '../../data/preprocessing.ts';
import { decodeImages } from '../../data/rasters.ts';
import type { Table } from '../../data/table.ts';
import { quote } from '../../io/errors.ts';
import { concat } from '../../io/source.ts';
import type { RawImage } from '../../student/record.ts';
import type { Picture } from '../messages.ts';

/** A decoded picture. */
export interface OpenedPicture {
  /** What a table has for it. */
  readonly path: string;
  readonly pixels: RawImage;
  /** Opens the images of a table whose column has its path. */
  place(table: Table, image: string, preprocessing: Preprocessing): Promise<Table>;
}

/** @throws DebkdError `image` */
export async function openPicture(picture: Picture): Promise<OpenedPicture> {
  const isFile = picture instanceof Blob;
  const path = 'picture';
  const bytes = isFile ? new Uint8Array(await picture.arrayBuffer()) : ppmOf(picture);
  const name = isFile && 'name' in picture ? String(picture.name) : path;
  const { width, height, channels, pixels } = (await openDecoder()).decode(bytes, `image ${quote(name, 200)}`);
  return {
    path,
    pixels: { width, height, channels, pixels },
    async place(table, image, preprocessing) {
      const files = new Map([[path, bytes]]);
      return decodeImages(await openImages(table, { image, files }), preprocessing);
    },
  };
}

/** A frame as a PPM file, so that it enters the models as a file does. */
function ppmOf({ width, height, data }: Exclude<Picture, Blob>): Uint8Array {
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
  const raster: Raster = rasterOf(rgba, { width, height, channels: 3 });
  return concat([new TextEncoder().encode(`P6\n${width} ${height}\n255\n`), raster.pixels]);
}
