// A smaller io/errors.ts for exported students: the build uses it in place of that file.

/** As ErrorParts of io/errors.ts; a student's own errors have at most one remedy, in words. */
interface ErrorParts {
  readonly subject: string;
  readonly seen: string;
  readonly expected?: string;
  readonly remedy?: string;
  readonly field?: string;
}

export class DebkdError extends Error {
  override name = 'DebkdError';
  readonly code: string;
  readonly field: string | undefined;
  constructor(code: string, { subject, seen, expected, remedy, field }: ErrorParts) {
    super(`${subject}: ${seen}${expected ? `, expected ${expected}` : ''}${remedy ? `; ${remedy}` : ''}`);
    this.code = code;
    this.field = field;
  }
}

/** Text for a message: quoted, cut to 40 characters, control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

/** The candidate that differs only in case or surrounding white space. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const bare = (text: string): string => text.trim().toLowerCase();
  return candidates.find((candidate) => bare(candidate) === bare(name));
}
