// Checks that a model's answer to a row does not depend on the other rows of the call.
import type { Tensor } from 'onnxruntime-web/wasm';
import { DebkdError, quote } from '../io/errors.ts';
import { rowsOf } from './session.ts';

/** Rows of the probe that run again on their own. */
const ASKED_ALONE = 4;

/** A model's answers to the rows of a probe, and calls that repeat them. */
export interface Answered {
  readonly whole: readonly Tensor[];
  readonly rows: number;
  /** Values per row. */
  readonly width: number;
  /** The teacher's name, for messages. */
  readonly name: string;
  /** Rows per call, where the model fixes them. */
  readonly batch: number | undefined;
  /** Whether the answers must agree bit by bit; default: up to the rounding of sums. */
  readonly isExact?: boolean;
  /** Runs the same rows again. */
  again(): Promise<readonly Tensor[]>;
  /** Runs one row alone. */
  one(row: number): Promise<readonly Tensor[]>;
  /** Runs all rows except the first, each one position earlier. */
  shifted(): Promise<readonly Tensor[]>;
}

/**
 * Why rows must run one at a time; undefined where a row gets the same answer in a batch and alone.
 * @throws DebkdError `teacher` if answers differ from call to call, or in a batch of fixed size
 */
export async function whyAlone(answered: Answered): Promise<string | undefined> {
  const { whole, rows, width, name, batch } = answered;
  const first = numbers(whole[0] as Tensor, rows, name);
  const second = numbers((await answered.again())[0] as Tensor, rows, name);
  const changed = first.findIndex(
    (value, i) => value !== second[i] && !(Number.isNaN(value) && Number.isNaN(second[i])),
  );
  if (changed >= 0) {
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `it draws random numbers: ${first[changed]} and then ${second[changed]} for the same row`,
      remedy: 'export it in evaluation mode, without dropout or sampling',
    });
  }
  if (batch !== undefined) {
    if (batch > 1) refuseMixing(numbers((await answered.shifted())[0] as Tensor, rows, name), first, answered);
    return undefined;
  }
  for (let row = 0; row < Math.min(ASKED_ALONE, rows); row++) {
    const alone = numbers((await answered.one(row))[0] as Tensor, 1, name);
    for (let k = 0; k < width; k++) {
      const [a, b] = [alone[k] as number, first[row * width + k] as number];
      if (!(answered.isExact ? Object.is(a, b) : alike(a, b)))
        return `a row gets ${a} alone and ${b} in a batch of ${rows}`;
    }
  }
  return undefined;
}

/** How answers differ with more padding; undefined where they agree up to the rounding of sums. */
export function whyPadded(
  whole: readonly Tensor[],
  longer: readonly Tensor[],
  { rows, output, name }: { readonly rows: number; readonly output: string; readonly name: string },
): string | undefined {
  const [first, second] = [whole, longer].map((answer) => Array.from(rowsOf(answer[0] as Tensor, rows, output, name)));
  const at = first?.findIndex((value, i) => !alike(value, second?.[i] as number)) ?? -1;
  return at < 0 ? undefined : `a row gets ${first?.[at]}, and ${second?.[at]} with more padding`;
}

/** Whether two answers to the same row agree, up to the rounding of sums; NaN agrees with NaN. */
function alike(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-4 * (1 + Math.abs(b)) || a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** @param shifted answers to all rows except the first, each one position earlier @throws DebkdError `teacher` */
function refuseMixing(
  shifted: readonly number[],
  first: readonly number[],
  { rows, width, name }: Pick<Answered, 'rows' | 'width' | 'name'>,
): void {
  for (let i = 0; i < (rows - 1) * width; i++) {
    const [a, b] = [shifted[i] as number, first[i + width] as number];
    if (alike(a, b)) continue;
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `a row gets ${b} or ${a}, depending on the other rows of its batch of ${rows}`,
      remedy: 'export it with independent answers and a free number of rows',
    });
  }
}

function numbers(tensor: Tensor, rows: number, name: string): number[] {
  return Array.from(rowsOf(tensor, rows, 'score', name));
}
