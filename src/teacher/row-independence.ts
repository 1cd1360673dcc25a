// Whether a model answers each row by itself, whatever rows are in the same call.
import type { Tensor } from 'onnxruntime-web/wasm';
import { DebkdError, quote } from '../io/errors.ts';
import { rowsOf } from './session.ts';

/** Rows that are asked again by themselves. */
const ASKED_ALONE = 4;

/** What a model answered to the rows of a probe, and how it is asked again. */
export interface Answered {
  readonly whole: readonly Tensor[];
  readonly rows: number;
  /** Values a row. */
  readonly width: number;
  /** Of the teacher, for messages. */
  readonly name: string;
  /** Rows of every call, where the model fixes them. */
  readonly batch: number | undefined;
  /** The same rows once more. */
  again(): Promise<readonly Tensor[]>;
  /** One row by itself. */
  one(row: number): Promise<readonly Tensor[]>;
  /** All rows but the first, each one place earlier. */
  shifted(): Promise<readonly Tensor[]>;
}

/** Why rows must be asked one at a time; undefined where a batch gives each the answer that it gets alone. */
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
      seen: `it gave ${first[changed]} and then ${second[changed]} for the same row, so that it draws random numbers`,
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
      if (!alike(a, b)) return `a row gets ${a} alone and ${b} among ${rows} others`;
    }
  }
  return undefined;
}

/** Whether two answers to the same row are the same, up to the order of sums; no number is like no number. */
function alike(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-4 * (1 + Math.abs(b)) || a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** @param shifted answers to the same rows but the first, each one place earlier @throws DebkdError `teacher` */
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
      seen: `a row gets ${b} or ${a}, by the other rows of its batch of ${rows}`,
      remedy: 'export it so that each row has its own answer, and with a free number of rows',
    });
  }
}

function numbers(tensor: Tensor, rows: number, name: string): number[] {
  return Array.from(rowsOf(tensor, rows, 'score', name));
}
