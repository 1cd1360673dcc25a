// The building blocks of the schemas. Each has a short description of what it expects, which parseResult puts into its error.
// All are functions: a bundle without parseResult then contains neither schemas nor valibot.
import * as v from 'valibot';
import type { Estimate } from '../metrics/metric.ts';
import { parseThresholdRule } from '../metrics/threshold-rule.ts';
import type { ModelColumns } from '../teacher/model-columns.ts';

/** Validates a T and removes unknown fields. */
export type Check<T> = v.GenericSchema<T>;

/** All fields of a T, including optional ones: a schema that satisfies this type is complete. */
export type Fields<T> = Readonly<Record<keyof T, unknown>>;

/** Largest magnitude; the range of an axis overflows beyond it. */
const FURTHEST = 1e100;
/** Longest list to spread into arguments, as Math.max needs. */
const MAX_NUMBER = 10_000;

export function text(): Check<string> {
  return v.string('a text');
}

export function flag(): Check<boolean> {
  return v.boolean('true or false');
}

/** A finite number. */
export function number(): Check<number> {
  return numberIn(-FURTHEST, FURTHEST, 'a number between -1e100 and 1e100');
}

/** A probability or a share. */
export function share(): Check<number> {
  return numberIn(0, 1, 'a number from 0 to 1');
}

/** A count. */
export function count(): Check<number> {
  const expected = 'a whole number of at least 0';
  return v.pipe(numberIn(0, Number.MAX_SAFE_INTEGER, expected), v.integer(expected));
}

/** A whole number from 1. */
export function oneTo(most: number): Check<number> {
  const expected = `a whole number from 1 to ${most}`;
  return v.pipe(numberIn(1, most, expected), v.integer(expected));
}

/** A number of rows, or a sum of their weights. */
export function amount(): Check<number> {
  return numberIn(0, FURTHEST, 'a number of at least 0');
}

function numberIn(least: number, most: number, expected: string): Check<number> {
  return v.pipe(v.number(expected), v.minValue(least, expected), v.maxValue(most, expected));
}

/** A number that may be undefined: NaN in memory, null in JSON. The type has no null because the records have none. */
export function measure(): Check<number> {
  const isMeasure = (x: unknown): boolean =>
    x === null || (typeof x === 'number' && (Number.isNaN(x) || Math.abs(x) <= FURTHEST));
  return v.custom<number>(isMeasure, 'a number between -1e100 and 1e100, or null');
}

/** A rule of the threshold, as parseThresholdRule reads it. */
export function thresholdRule(): Check<string> {
  const isRule = (x: unknown): boolean => {
    try {
      return typeof x === 'string' && parseThresholdRule(x) !== undefined;
    } catch {
      return false;
    }
  };
  return v.custom<string>(isRule, 'a rule of the threshold');
}

/** A value with an interval. */
export function estimate(): Check<Estimate> {
  return object({ value: measure(), low: measure(), high: measure() });
}

/** The columns of a teacher and a student. */
export function modelColumns(): Check<ModelColumns> {
  return object({ teacher: list(text()), student: list(text()) } satisfies Fields<ModelColumns>);
}

/** A text and a number from 0 to 1. */
export function textShare(): Check<readonly [string, number]> {
  return v.tuple([text(), share()]);
}

/** One of the known words. @param expected describes them */
export function word<const T extends string>(known: readonly T[], expected: string): Check<T> {
  return v.picklist(known, expected);
}

/** A constant. */
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

/** A list that is short enough to spread into arguments. */
export function shortList<T>(check: Check<T>): Check<readonly T[]> {
  return v.pipe(v.array(check, 'a list'), v.maxLength(MAX_NUMBER, `a list of at most ${MAX_NUMBER}`));
}

/** A list of a length. */
export function listOf<T>(length: number, check: Check<T>): Check<readonly T[]> {
  return v.pipe(v.array(check, `a list of ${length}`), v.length(length, `a list of ${length}`));
}

/** A pair, such as a point. */
export function pair<T>(check: Check<T>): Check<readonly [T, T]> {
  return v.strictTuple([check, check], 'a list of two');
}

/** An object with these fields; removes others. */
export function object<const T extends v.ObjectEntries>(fields: T): v.ObjectSchema<T, v.ErrorMessage<v.ObjectIssue>> {
  // for a missing field valibot has only its name
  return v.object(fields, ({ path }) => {
    const field = path && fields[path.at(-1)?.key as string];
    return field ? expectedBy(field) : 'an object';
  });
}

/** An object that has the same kind of value under each name. */
export function each<const T extends readonly string[], U>(
  names: T,
  check: Check<U>,
): Check<Readonly<Record<T[number], U>>> {
  return object(v.entriesFromList(names, check)) as unknown as Check<Readonly<Record<T[number], U>>>;
}

/** Chooses a schema by the value. */
export function either<T>(choose: (fields: object) => Check<T>): Check<T> {
  return v.lazy((value) => choose(typeof value === 'object' && value !== null ? value : {}));
}

function expectedBy(check: object): string {
  const { message } = check as { readonly message?: unknown };
  return typeof message === 'string' ? message : 'an object';
}
