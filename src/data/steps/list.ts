// Lists of values that a step compares with: texts or numbers, and null for a missing value.
import { quote } from '../../io/errors.ts';
import { parseNumber } from '../../kernels/numbers.ts';
import { isFiniteNumber, type StepInput, shown } from './check.ts';
import type { StepValue } from './step.ts';

/** Checks a list: different texts, or different numbers; null and '' are a missing value. */
export function parseList({ type, fail }: StepInput, what: string, list: unknown): StepValue[] {
  if (!Array.isArray(list) || list.length === 0) return fail(`${what} is ${shown(list)}`, 'a list of texts or numbers');
  const bad = list.findIndex((item) => item !== null && typeof item !== 'string' && !isFiniteNumber(item));
  if (bad >= 0) fail(`${what} has ${shown(list[bad])} at index ${bad}`, 'a text, a number or null');
  let values = list.map((item): StepValue => (item === '' ? null : (item as StepValue)));
  const known = values.filter((item) => item !== null);
  const texts = known.filter((item) => typeof item === 'string');
  if (texts.length > 0 && texts.length < known.length)
    fail(`${what} has texts and numbers, such as ${shown(texts[0])}`, 'one or the other');
  if (type === 'number' && texts.length > 0) {
    const text = texts.find((item) => !Number.isFinite(parseNumber(item)));
    if (text !== undefined) fail(`${what} has ${quote(text)} after a step that gives numbers`, 'numbers');
    values = values.map((item) => (item === null ? null : parseNumber(item as string)));
  }
  if (type === 'text' && texts.length < known.length)
    fail(`${what} has numbers after a step that gives texts`, 'texts');
  if (new Set(values).size !== values.length) {
    const seen = new Set<StepValue>();
    const twice = values.find((item) => seen.size === seen.add(item).size) as StepValue;
    fail(`${what} has ${twice === null ? 'the missing value' : shown(twice)} twice`, 'different values');
  }
  return values;
}

/** Makes a function that finds a value's index in a list; undefined if it is not listed. */
export function finder(list: readonly StepValue[]): (x: string | number | undefined) => number | undefined {
  const places = new Map(list.map((value, i) => [value, i]));
  const numeric = list.some((value) => typeof value === 'number');
  return (x) => places.get(x === undefined ? null : numeric && typeof x === 'string' ? parseNumber(x) : x);
}
