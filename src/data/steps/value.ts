// What the functions of steps pass on, and how they say that a value cannot be encoded.
import { quote } from '../../io/errors.ts';
import { parseNumber } from '../../kernels/numbers.ts';

/** A value between two steps: a text, a number, or undefined if it is missing. */
export type Value = string | number | undefined;

/** Why a value cannot be encoded. */
export interface Problem {
  readonly seen: string;
  readonly expected?: string;
  readonly remedy: string;
}

/** What the steps say about one value. */
export interface State {
  /** Whether a list lacks the value, and no place was given for such values. */
  unknown: boolean;
  problem: Problem | undefined;
}

/** A step as a function. */
export type Apply = (x: Value, state: State) => Value;

/** A step as a function of numbers; missing values pass. @param name of the step in messages */
export function ofNumbers(name: string, f: (x: number, state: State) => number): Apply {
  return (x, state) => {
    const number = toNumber(x, state, name);
    return number === undefined ? undefined : f(number, state);
  };
}

/** A text as a number. */
export function toNumber(x: Value, state: State, name: string): number | undefined {
  if (typeof x !== 'string') return x;
  const number = parseNumber(x);
  if (Number.isFinite(number)) return number;
  state.problem = {
    seen: `${quote(x)} is ${Number.isNaN(number) && !/inf/i.test(x) ? 'text' : 'not a finite number'}, and ${name} takes numbers`,
    remedy: 'correct it',
  };
  return undefined;
}
