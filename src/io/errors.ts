// Errors are data: a code, a subject, what was seen, what was expected, and remedies. The host that shows an error builds
// the sentence. Also functions that format values for messages.
import { describeRemedy, type NameSetting, nameParameter, type Remedy } from './remedies.ts';

/** Stable codes of DebkdError. Scripts may depend on them; messages may change. */
export type ErrorCode =
  | 'usage' // an option or argument is wrong
  | 'source' // a file or address cannot be read or written
  | 'table' // the data is not a usable table
  | 'column' // a column is missing or cannot be used
  | 'target' // the target column is not a binary label
  | 'split' // the split does not fit the data
  | 'image' // an image cannot be used
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

/** What an error is about, as data. */
export interface ErrorParts {
  /** What is wrong: `data "rows.csv", column "age", row 3`. */
  readonly subject: string;
  /** What was seen. */
  readonly seen: string;
  /** What was expected instead, where `seen` does not say it. */
  readonly expected?: string | undefined;
  /** What to do about it; several remedies are alternatives. */
  readonly remedy?: Remedy | readonly Remedy[] | undefined;
  /** The field of a record that it is about. */
  readonly field?: string | undefined;
  /** The error that it follows from. */
  readonly cause?: unknown;
}

/**
 * The error for everything that debkd refuses; any other error is a bug in debkd. Its message names settings as parameters of
 * the library; `toSentence` names them as another host does.
 * @example
 * try {
 *   await readTable('rows.csv');
 * } catch (error) {
 *   if (error instanceof DebkdError) console.error(error.code, error.message);
 *   else throw error;
 * }
 * @example
 * throw new DebkdError('column', {
 *   subject: 'data "rows.csv", column "age", row 3',
 *   seen: '"old" is text',
 *   expected: 'a number',
 *   remedy: { id: 'drop-column', column: 'age' },
 * });
 */
export class DebkdError extends Error {
  /** Stable: scripts may depend on it. */
  readonly code: ErrorCode;
  /** What the error is about. */
  readonly subject: string;
  /** What was seen. */
  readonly seen: string;
  /** What was expected instead; undefined where `seen` says it. */
  readonly expected: string | undefined;
  /** What to do about it: alternatives. */
  readonly remedies: readonly Remedy[];
  /** The field of a record that it is about, if any. */
  readonly field: string | undefined;
  constructor(code: ErrorCode, problem: ErrorParts) {
    super(sentenceOf(problem), problem.cause === undefined ? undefined : { cause: problem.cause });
    const { subject, seen, expected, field } = problem;
    this.name = 'DebkdError';
    this.code = code;
    this.subject = subject;
    this.seen = seen;
    this.expected = expected;
    this.remedies = remediesOf(problem);
    this.field = field;
  }

  /** The same error with a wider subject before its own, such as `option --split`. */
  within(subject: string): DebkdError {
    const { code, seen, expected, remedies, field } = this;
    return new DebkdError(code, {
      subject: `${subject}: ${this.subject}`,
      seen,
      expected,
      remedy: remedies,
      field,
      cause: this,
    });
  }

  /** The message for users of another host. @param name how the host names a setting; default: as the library's parameter */
  toSentence(name: NameSetting = nameParameter): string {
    return sentenceOf({ ...this, remedy: this.remedies }, name);
  }
}

function remediesOf({ remedy = [] }: ErrorParts): readonly Remedy[] {
  return Array.isArray(remedy) ? remedy : [remedy as Remedy];
}

function sentenceOf(problem: ErrorParts, name: NameSetting = nameParameter): string {
  const { subject, seen, expected } = problem;
  const remedies = remediesOf(problem).map((remedy) => describeRemedy(remedy, name));
  const last = remedies.pop();
  const way = remedies.length > 0 ? `${remedies.join(', ')}, or ${last}` : last;
  return `${subject}: ${seen}${expected === undefined ? '' : `, expected ${expected}`}${way === undefined ? '' : `; ${way}`}`;
}

/**
 * Turns the system error of a failed write into a DebkdError `source`; returns any other error unchanged.
 * @param subject what the error is about; default: the path
 */
export function unwritable(path: string, error: unknown, subject: string = quote(path, 200)): unknown {
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
            : code === 'ENOENT'
              ? 'there is no such folder'
              : code === 'ENOTDIR'
                ? 'it is in a file'
                : code === 'EISDIR'
                  ? 'it is a folder'
                  : code;
  const elsewhere = 'choose another place';
  const remedy = code === 'ENOSPC' || code === 'EDQUOT' ? ['make room', elsewhere] : elsewhere;
  return new DebkdError('source', { subject, seen: `cannot be written (${why})`, remedy });
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
  // of a name of one letter, no other is near
  let least = Math.min(name.length, Math.max(2, Math.floor(name.length / 3)) + 1);
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
