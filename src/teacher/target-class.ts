// Matches a teacher's classes with the label's values, to find class 1.
import type { Table } from '../data/table.ts';
import { quote } from '../io/errors.ts';
import { likelyPlace, placeByTarget } from './class-names.ts';
import type { Reading } from './reading.ts';

/**
 * The reading with class 1 chosen by the label's values, for a model of two classes that names both. If the model's
 * names differ from the values, the reading stays and a note says so. Undefined where nothing changes.
 */
export function readForTarget(
  reading: Reading,
  target: NonNullable<Table['target']>,
): { readonly reading: Reading; readonly note?: string } | undefined {
  const { margin, classes, className } = reading;
  if (margin.width > 2 || !classes || className === undefined) return undefined;
  const called = classes.map((name) => quote(name));
  const place = placeByTarget(classes, target);
  if (place === undefined) {
    if (likelyPlace(classes) !== undefined) return undefined;
    const way = margin.width === 2 ? 'which output' : 'which value of the label';
    const note = `teacher: its classes are ${called.join(' and ')}, those of the label ${quote(target.negative)} and ${quote(target.positive)}; ${quote(className)} is assumed to be class 1, state ${way} is class 1 if that is wrong`;
    return { reading, note };
  }
  const wanted = classes[place] as string;
  if (wanted === className) return undefined;
  const positiveReason = `the model names its classes ${called.join(', ')}, like the label's values`;
  const turned = { ...reading, className: wanted, positiveReason };
  if (margin.width === 1) return { reading: { ...turned, margin: { ...margin, negate: !margin.negate } } };
  return { reading: { ...turned, margin: { ...margin, place }, positiveClass: place === 0 ? 'first' : 'second' } };
}
