// What the values of encoded rows are, for keys of what is computed from them.
import { digestOf, sha256 } from '../io/sha256.ts';
import { formOf, type ImageRows } from './image-rows.ts';
import type { Matrix } from './matrix.ts';

/** Returns the SHA-256 of the bytes of a list. */
export function bytesDigest({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return sha256(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
}

/** Returns what tells a matrix from others: its shape, and digests of its values, with those of texts and images. */
export function matrixDigests({ width, fields, fieldColumns, data, images, texts }: Matrix): (number | string)[] {
  return [
    ...[width, fields, bytesDigest(fieldColumns), bytesDigest(data)],
    ...(images ? [imagesDigest(images)] : []),
    ...(texts ? [texts.offsets, texts.columns, texts.scales].map(bytesDigest) : []),
  ];
}

/** The SHA-256 of images, which parts of one table share. */
const imageDigests: WeakMap<ImageRows, string> = /* @__PURE__ */ new WeakMap();

function imagesDigest(images: ImageRows): string {
  const known = imageDigests.get(images);
  if (known !== undefined) return known;
  const { pixels, looks, lookScale } = images;
  const scale = lookScale ? [lookScale.mean, lookScale.std].map((list) => [...list]) : [];
  const digest = digestOf([formOf(images), bytesDigest(pixels), bytesDigest(looks), scale]);
  imageDigests.set(images, digest);
  return digest;
}
