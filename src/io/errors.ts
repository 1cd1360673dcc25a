// Errors are data: a stable code, and a message that names the subject, what was seen, what was expected and
// the way out.

/** Stable codes of DebkdError. Scripts may depend on them; messages may change. */
export type ErrorCode =
  | 'usage' // an option or argument is wrong
  | 'source' // a file or address cannot be read or written
  | 'table' // the data is not a usable table
  | 'column' // a column cannot be used as asked
  | 'target' // the target column is not a binary label
  | 'split' // the split does not fit the data
  | 'preprocessing' // a preprocessing is malformed or does not fit
  | 'teacher' // the file is not a usable ONNX model
  | 'convention' // the output's meaning cannot be told
  | 'rows' // too few rows or classes
  | 'value' // a number is out of range
  | 'student' // a student file is damaged or does not fit
  | 'export' // an export differs from the student
  | 'checkpoint' // a checkpoint is damaged
  | 'memory' // no room
  | 'wasm' // the kernels cannot be used
  | 'queue' // the queue of a cluster cannot be used
  | 'task'; // a task of a cluster failed, or is none

/** What may be so on one machine, or for a while, and not elsewhere or later. */
export const OF_MACHINES: readonly ErrorCode[] = ['source', 'memory', 'wasm'];

/** Everything that debkd refuses is one of these; anything else thrown is a fault of debkd. */
export class DebkdError extends Error {
  /** Stable: scripts may depend on it. */
  readonly code: ErrorCode;
  /** The field of a record that it is about, where it is about one. */
  readonly field: string | undefined;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly field?: string }) {
    super(message, options);
    this.name = 'DebkdError';
    this.code = code;
    this.field = options?.field;
  }
}

/** What a failed write says: the place, why, and the way out. Anything that is no fault of the system is returned as it is. */
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

/** Text for a message: quoted, cut, with what a terminal would obey escaped. */
export function quote(text: string, length: number = 40): string {
  const cut = text.length > length ? `${text.slice(0, length)}...` : text;
  return printable(JSON.stringify(cut));
}

/** Things in a message, each cut, and how many more there are. */
export function listed(things: readonly string[], most: number = 20): string {
  const some = things
    .slice(0, most)
    .map((thing) => printable(thing.length > 100 ? `${thing.slice(0, 100)}...` : thing));
  return some.join(', ') + (things.length > most ? ` and ${things.length - most} more` : '');
}

/** What moves a terminal's cursor, turns the direction of writing or cannot be written; joiners of letters are letters. */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text of others on one line: what is no letter for a terminal as `\\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) => `\\u{${(c.codePointAt(0) as number).toString(16)}}`);
}

/** Longer names, and names beyond so many, are not suggested: comparing two takes the product of their lengths. */
const MAX_LETTERS = 100;
const MAX_CANDIDATES = 1000;

/** The candidate nearest to `name` by edit distance, when near enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_LETTERS) return undefined;
  let best: string | undefined;
  let looked = 0;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > MAX_LETTERS || Math.abs(candidate.length - name.length) >= least) continue;
    if (looked++ === MAX_CANDIDATES) break;
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
