// Checks of a step's JSON.
import { nearest, quote } from '../../io/errors.ts';

/** What a step gets: the text of the table, numbers, texts, or the places of a one-hot group. */
export type Type = 'raw' | 'number' | 'text' | 'places';

/** A step as JSON, and what is known before it. */
export interface StepInput {
  /** The members of the step, by name. */
  readonly step: Readonly<Record<string, unknown>>;
  /** What the step before gives. */
  readonly type: Type;
  /** Whether a value may be missing. */
  readonly mayMiss: boolean;
  /** Throws the error of this step. */
  readonly fail: (seen: string, expected: string, remedy?: string) => never;
}

/** Describes a JSON value in a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (!Array.isArray(value)) return 'an object';
  const isShort = value.length <= MAX_SHOWN && value.every((item) => typeof item !== 'object' || item === null);
  return isShort ? `[${value.map(shown).join(', ')}]` : `a list of ${value.length}`;
}

/** Longest list that a message shows. */
const MAX_SHOWN = 8;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Checks that the step before does not give texts. */
export function takesNumbers({ type, fail }: StepInput): void {
  if (type === 'text') fail('the step before gives texts', 'numbers', 'map the texts to numbers first');
}

/** Checks that a step that only has to be named is true. */
export function checkTrue({ step, fail }: StepInput, key: string): void {
  if (step[key] !== true) fail(`${key} is ${shown(step[key])}`, 'true');
}

/** Numbers of an object, such as { "mean", "std" }; `positive` of them must be above 0. */
export function numbersOf<Key extends string>(
  { step, fail }: StepInput,
  name: string,
  { keys, positive, optional = [] }: { keys: readonly Key[]; positive?: Key; optional?: readonly string[] },
): Record<Key, number> {
  const value = step[name];
  if (!isRecord(value)) return fail(`${name} is ${shown(value)}`, `{ ${keys.join(', ')} }`);
  checkKeys(value, [...keys, ...optional], fail);
  const found = keys.map((key): [Key, number] => {
    const number = value[key];
    if (!isFiniteNumber(number)) return fail(`${key} is ${shown(number)}`, 'a number');
    if (key === positive && !(number > 0)) return fail(`${key} is ${number}`, 'a number above 0');
    return [key, number];
  });
  return Object.fromEntries(found) as Record<Key, number>;
}

/** Checks that an object has no other keys; suggests the nearest. */
export function checkKeys(value: object, keys: readonly string[], fail: StepInput['fail']): void {
  const other = Object.keys(value).find((key) => !keys.includes(key));
  if (other === undefined) return;
  const near = nearest(other, keys);
  fail(`unknown key ${quote(other)}`, keys.join(', '), near === undefined ? undefined : `did you mean ${quote(near)}?`);
}
