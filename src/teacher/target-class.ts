// Which class of a teacher is class 1, by what the label's values are called.
import type { Table } from '../data/table.ts';
import { quote } from '../io/errors.ts';
import { likelyPlace, placeByTarget } from './class-names.ts';
import type { Reading } from './reading.ts';

/**
 * The same reading with class 1 where the label's values say, of a model of two classes that names both of them; and a note where it
 * names others, so that the usual order alone says which is class 1. Undefined where nothing changes.
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
    const way = margin.width === 2 ? '--positive-class' : '--positive';
    const note = `teacher: it calls its classes ${called.join(' and ')}, the label ${quote(target.negative)} and ${quote(target.positive)}; ${quote(className)} is taken as class 1 (${way})`;
    return { reading, note };
  }
  const wanted = classes[place] as string;
  if (wanted === className) return undefined;
  const positiveReason = `the model names its classes ${called.join(', ')}, as the label's values`;
  const turned = { ...reading, className: wanted, positiveReason };
  if (margin.width === 1) return { reading: { ...turned, margin: { ...margin, negate: !margin.negate } } };
  return { reading: { ...turned, margin: { ...margin, place }, positiveClass: place === 0 ? 'first' : 'second' } };
}
