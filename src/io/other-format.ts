// Recognises files of an unexpected format by their first bytes.

/** A format, and its name in messages. */
export interface OtherFormat {
  readonly kind: 'picture' | 'page' | 'pdf' | 'pickle' | 'utf-16' | 'lfs' | 'student' | 'zip';
  /** Such as `a picture`. */
  readonly what: string;
  /** What to do about it, if there is a usual cause. */
  readonly remedy?: string | undefined;
}

/** Recognises a format; undefined if none fits. */
export function otherFormat(bytes: Uint8Array): OtherFormat | undefined {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  const magic = Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join('');
  const checkAddress = 'check that the address returns the file and not an error page';
  const formats: readonly (readonly [boolean, OtherFormat['kind'], what: string, remedy?: string])[] = [
    [/^(89504e47|ffd8ff|47494638|49492a00|4d4d002a)/.test(magic), 'picture', 'a picture'],
    [head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP', 'picture', 'a picture'],
    [/^<(!doctype|html|\?xml|svg)/i.test(head), 'page', 'an HTML or XML page', checkAddress],
    [magic === '25504446', 'pdf', 'a PDF document'],
    [/^800[2-5]/.test(magic), 'pickle', 'a Python pickle'],
    [/^(fffe|feff)/.test(magic), 'utf-16', 'UTF-16 text', 'save it as UTF-8'],
    [head.startsWith('version https://git-lfs'), 'lfs', 'a Git LFS pointer', 'fetch the file itself (git lfs pull)'],
    [head.startsWith('debkd\0'), 'student', 'a student of debkd'],
    [/^504b(0304|0506)$/.test(magic), 'zip', 'a ZIP archive'],
  ];
  const found = formats.find(([matches]) => matches);
  return found && { kind: found[1], what: found[2], remedy: found[3] };
}
