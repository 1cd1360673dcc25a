// DebkdError, whose message has subject, seen, expected and way out, and the functions that format values for messages.

/** Stable codes of DebkdError. Scripts may depend on them; messages may change. */
export type ErrorCode =
  | 'usage' // an option or argument is wrong
  | 'source' // a file or address cannot be read or written
  | 'table' // the data is not a usable table
  | 'column' // a column is missing or cannot be used
  | 'target' // the target column is not a binary label
  | 'split' // the split does not fit the data
  | 'preprocessing' // a preprocessing is malformed or does not fit
  | 'teacher' // the file is not a usable ONNX model
  | 'convention' // the meaning of the teacher's output is unclear
  | 'rows' // too few rows or classes
  | 'value' // an argument has a wrong value
  | 'student' // a student file is damaged or does not fit
  | 'export' // an export differs from the student
  | 'checkpoint' // a checkpoint is damaged
  | 'memory' // not enough memory
  | 'wasm' // the kernels cannot be used
  | 'queue' // the queue of a cluster cannot be used
  | 'task'; // a task of a cluster failed or is malformed

/** Codes of errors that may depend on the machine or pass with time: the same work may succeed elsewhere or later. */
export const MACHINE_ERRORS: readonly ErrorCode[] = ['source', 'memory', 'wasm'];

/**
 * The error of everything that debkd refuses; any other error is a fault of debkd.
 * @example
 * try {
 *   await readTable('rows.csv');
 * } catch (error) {
 *   if (error instanceof DebkdError) console.error(error.code, error.message);
 *   else throw error;
 * }
 */
export class DebkdError extends Error {
  /** Stable code; scripts may depend on it. */
  readonly code: ErrorCode;
  /** The field of a record that the error is about, if there is one. */
  readonly field: string | undefined;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly field?: string }) {
    super(message, options);
    this.name = 'DebkdError';
    this.code = code;
    this.field = options?.field;
  }
}

/** Turns the system error of a failed write into a DebkdError `source`; returns any other error unchanged. */
export function unwritable(path: string, error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code === undefined || error instanceof DebkdError) return error;
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'the disk is full'
      : code === 'EFBIG'
        ? 'the file would be larger than the system allows'
        : code === 'EACCES' || code === 'EROFS' || code === 'EPERM'
          ? 'no permission to write'
          : code === 'ENAMETOOLONG'
            ? 'its name is too long'
            : code;
  const way = code === 'ENOSPC' || code === 'EDQUOT' ? 'make room, or choose another place' : 'choose another place';
  return new DebkdError('source', `${quote(path, 200)}: cannot be written (${why}); ${way}`);
}

/** Quotes a text for a message: shortened, with control characters escaped. */
export function quote(text: string, length: number = 40): string {
  const cut = text.length > length ? `${text.slice(0, length)}...` : text;
  return printable(JSON.stringify(cut));
}

/** Lists texts in a message, each shortened, and says how many more there are. */
export function listed(texts: readonly string[], max: number = 20): string {
  const shown = texts.slice(0, max).map((text) => printable(text.length > 100 ? `${text.slice(0, 100)}...` : text));
  return shown.join(', ') + (texts.length > max ? ` and ${texts.length - max} more` : '');
}

/**
 * Characters that control a terminal, change the direction of writing or have no glyph; zero-width joiners are allowed.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes unprintable characters of foreign text, such as `\\u{1b}`, for one line of a terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) => `\\u{${(c.codePointAt(0) as number).toString(16)}}`);
}

/**
 * Limits of suggestions, because an edit distance takes the product of both lengths: longest name, most comparisons.
 */
const MAX_LETTERS = 100;
const MAX_CANDIDATES = 1000;

/** The candidate nearest to `name` by edit distance; undefined if none is near enough. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_LETTERS) return undefined;
  let best: string | undefined;
  let compared = 0;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > MAX_LETTERS || Math.abs(candidate.length - name.length) >= least) continue;
    if (compared++ === MAX_CANDIDATES) break;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
