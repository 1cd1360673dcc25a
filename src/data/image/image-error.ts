// Errors about an image.
import { DebkdError } from '../../io/errors.ts';
import type { Remedy } from '../../io/remedies.ts';

/** What to do with an image of a format that is not decoded. */
export const CONVERT: string = 'convert it to PNG or JPEG (Pillow: Image.open(file).convert("RGB").save("file.png"))';
/** What to do with a damaged image. */
export const REPLACE: readonly string[] = ['copy or download it again', 'leave it out'];

/** The error for an image that cannot be used. */
export function imageError(subject: string, seen: string, remedy: Remedy | readonly Remedy[] = REPLACE): DebkdError {
  return new DebkdError('image', { subject, seen, remedy });
}
