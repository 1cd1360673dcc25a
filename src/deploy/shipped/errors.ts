// io/errors.ts as far as a shipped student needs it, in fewer bytes: the build puts it in its place.

export class DebkdError extends Error {
  override name = 'DebkdError';
  readonly code: string;
  readonly field: string | undefined;
  constructor(code: string, message: string, options?: { readonly field?: string }) {
    super(message);
    this.code = code;
    this.field = options?.field;
  }
}

/** Text for a message: quoted, cut, with control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

/** The candidate that differs in case or white space alone. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const bare = (text: string): string => text.trim().toLowerCase();
  return candidates.find((candidate) => bare(candidate) === bare(name));
}
