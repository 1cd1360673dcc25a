// Images in requests: a file as the body, or in base64 inside a record.
import { openDecoder } from './decoder.js';
import { modules } from './modules.js';
import { about } from './student.js';

/** The field that takes the image. */
export const imageField = about.inputs.find(({ type }) => type === 'image').name;

let opening;

/** The decoder is opened for the first file: callers that send pixels do not need it. */
function open() {
  opening ??= modules()
    .then(openDecoder)
    .catch((error) => {
      opening = undefined; // the next request tries again
      throw error;
    });
  return opening;
}

/** An image that cannot be used. */
export class ImageError extends Error {
  constructor(message, tooLarge = false) {
    super(message);
    this.tooLarge = tooLarge;
  }
}

/**
 * Decodes a PNG or JPEG file.
 * @param limit { pixels }: how many the request may still have
 */
export async function decodeFile(bytes, limit) {
  const decoder = await open();
  try {
    const { width, height } = decoder.sizeOf(bytes);
    limit.pixels -= width * height;
    if (limit.pixels >= 0) return decoder.decode(bytes);
  } catch (error) {
    if (error.name !== 'DebkdError') throw error;
    throw new ImageError(error.message);
  }
  throw new ImageError('the images of the request have too many pixels; send smaller ones, or fewer per request', true);
}

/** The pixels of a field's value: a file in base64, or { width, height, pixels } with the pixels in base64. */
export async function decodeField(value, limit) {
  if (typeof value === 'string') return decodeFile(fromBase64(value.replace(/^data:[^,]*,/, '')), limit);
  if (typeof value?.pixels !== 'string') return value;
  const { width, height, channels, pixels } = value;
  return { width, height, channels, pixels: fromBase64(pixels) };
}

function fromBase64(text) {
  try {
    const binary = atob(text);
    return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i));
  } catch {
    throw new ImageError('image: the text is not base64, expected a PNG or JPEG file in base64');
  }
}
