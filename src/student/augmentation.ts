// Random changes of training images (data augmentation). The kernel draws them (assembly/augment.ts); targets stay those of the unchanged
// image.
import { DebkdError, nearest, quote } from '../io/errors.ts';

/** A kind of change: `mirror` left and right; `flip` up and down; `turn` by quarters; `shift`; `brightness`. */
export type Change = 'mirror' | 'flip' | 'turn' | 'shift' | 'brightness';
export const CHANGES: readonly Change[] = ['mirror', 'flip', 'turn', 'shift', 'brightness'];
/** The changes that most photographs allow. */
export const USUAL_CHANGES: readonly Change[] = ['mirror', 'shift'];

/** Shifts move an image by up to this share of its shorter side, and at least one pixel. */
const SHIFT = 0.1;
/** Brightness is multiplied by up to 1 +- this number. */
const BRIGHTNESS = 0.2;
/** The kernel's flags. */
const FLAGS: Partial<Readonly<Record<Change, number>>> = { mirror: 1, flip: 2, turn: 4 };

/** The numbers that the kernel takes: flags, the most pixels of a shift, the largest change of the brightness. */
export function kernelChanges(
  changes: readonly Change[],
  [height, width]: readonly [height: number, width: number],
): [flags: number, shift: number, brightness: number] {
  // a turn needs a square
  const flags = changes.reduce(
    (sum, change) => sum | (change === 'turn' && height !== width ? 0 : (FLAGS[change] ?? 0)),
    0,
  );
  const shift = changes.includes('shift') ? Math.max(1, Math.round(SHIFT * Math.min(height, width))) : 0;
  return [flags, shift, changes.includes('brightness') ? BRIGHTNESS : 0];
}

/** Checks kinds of changes. @throws DebkdError `value` */
export function checkChanges(changes: readonly Change[]): readonly Change[] {
  const wrong = changes.find((change) => !CHANGES.includes(change));
  if (wrong === undefined) return CHANGES.filter((change) => changes.includes(change));
  const near = nearest(String(wrong), CHANGES);
  throw new DebkdError('value', {
    subject: 'changes of training images',
    seen: quote(String(wrong)),
    expected: `some of ${CHANGES.join(', ')}`,
    remedy: near && `did you mean ${near}?`,
  });
}

/** Parses `none`, or kinds of changes such as `mirror,shift`. @throws DebkdError `value` */
export function parseChanges(text: string): readonly Change[] {
  if (text.trim() === 'none') return [];
  return checkChanges(text.split(',').map((part) => part.trim() as Change));
}
