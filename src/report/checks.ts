// What the schemas of records are made of. Each says what it expects in a few words; parseResult makes a sentence of them.
// All of them are functions, so that a bundle without parseResult leaves schemas and valibot out.
import * as v from 'valibot';
import type { Estimate } from '../metrics/metric.ts';

/** What checks a T and gives it back without fields that are not in it. */
export type Check<T> = v.GenericSchema<T>;

/** Every field of a T, those that may be absent, too: a schema that satisfies it has left out none. */
export type Fields<T> = Readonly<Record<keyof T, unknown>>;

/** Further from 0 nothing is drawn: ranges of an axis would no longer be numbers. */
const FURTHEST = 1e100;
/** Longer lists cannot be passed as arguments, as Math.max of all of them does. */
const MAX_NUMBER = 10_000;

export function text(): Check<string> {
  return v.string('a text');
}

export function flag(): Check<boolean> {
  return v.boolean('true or false');
}

/** A finite number. */
export function number(): Check<number> {
  return numberIn(-FURTHEST, FURTHEST, 'a number of ordinary size');
}

/** A probability or a share. */
export function share(): Check<number> {
  return numberIn(0, 1, 'a number from 0 to 1');
}

/** How many of something. */
export function count(): Check<number> {
  const expected = 'a whole number from 0 on';
  return v.pipe(numberIn(0, Number.MAX_SAFE_INTEGER, expected), v.integer(expected));
}

function numberIn(least: number, most: number, expected: string): Check<number> {
  return v.pipe(v.number(expected), v.minValue(least, expected), v.maxValue(most, expected));
}

/** A number that is NaN where it is not defined, and then null in JSON. The type has no null, as that of the records has none. */
export function measure(): Check<number> {
  const isMeasure = (x: unknown): boolean =>
    x === null || (typeof x === 'number' && (Number.isNaN(x) || Math.abs(x) <= FURTHEST));
  return v.custom<number>(isMeasure, 'a number of ordinary size, or null where it is not defined');
}

/** A value with its interval. */
export function estimate(): Check<Estimate> {
  return object({ value: measure(), low: measure(), high: measure() });
}

/** One of some words. @param expected what they are, in words */
export function word<const T extends string>(known: readonly T[], expected: string): Check<T> {
  return v.picklist(known, expected);
}

/** The one word that it can be. */
export function exactly<T extends string>(known: T): Check<T> {
  return v.literal(known, known);
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return v.union([check, v.null()], `${expectedBy(check)}, or null`);
}

/** A list of any length. */
export function list<T>(check: Check<T>): Check<readonly T[]> {
  return v.array(check, 'a list');
}

/** A list that a page passes on as arguments. */
export function shortList<T>(check: Check<T>): Check<readonly T[]> {
  return v.pipe(v.array(check, 'a list'), v.maxLength(MAX_NUMBER, `a list of at most ${MAX_NUMBER}`));
}

/** Two of them, as a point has. */
export function pair<T>(check: Check<T>): Check<readonly [T, T]> {
  return v.strictTuple([check, check], 'a list of two');
}

/** An object with these fields; others are left out. */
export function object<const T extends v.ObjectEntries>(fields: T): v.ObjectSchema<T, v.ErrorMessage<v.ObjectIssue>> {
  // of a field that is missing valibot has the name alone
  return v.object(fields, ({ path }) => {
    const field = path && fields[path.at(-1)?.key as string];
    return field ? expectedBy(field) : 'an object';
  });
}

/** Numbers of one kind by name; all names have one. */
export function each<const T extends readonly string[], U>(
  names: T,
  check: Check<U>,
): Check<Readonly<Record<T[number], U>>> {
  return object(v.entriesFromList(names, check)) as unknown as Check<Readonly<Record<T[number], U>>>;
}

/** One schema or another, by a look at the value. */
export function either<T>(choose: (fields: object) => Check<T>): Check<T> {
  return v.lazy((value) => choose(typeof value === 'object' && value !== null ? value : {}));
}

function expectedBy(check: object): string {
  const { message } = check as { readonly message?: unknown };
  return typeof message === 'string' ? message : 'an object';
}
