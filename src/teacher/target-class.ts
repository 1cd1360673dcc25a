// Matches a teacher's classes with the label's values, to find class 1.
import type { Table } from '../data/table.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { likelyPlace, placeByName, placeByTarget } from './class-names.ts';
import { isBare, isOne } from './label-agreement.ts';
import type { OpenClass } from './output-convention.ts';
import type { Reading } from './reading.ts';

type Target = NonNullable<Table['target']>;

/**
 * The reading with class 1 chosen by the label's values, for a model of two classes that names both. If the model's
 * names differ from the values, the reading stays and a note says so. Undefined where nothing changes.
 */
export function readForTarget(
  reading: Reading,
  target: Target,
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

/** A reading for a label: with class 1 chosen, or with a better reason why it is not. */
export interface Chosen {
  readonly reading: Reading;
  /** Present where class 1 is still open. */
  readonly open?: OpenClass;
  readonly note?: string;
}

/**
 * The reading with the class of several that the label's positive value names. Undefined where the model names no
 * classes.
 * @throws DebkdError `convention` where the chosen class cannot be read
 */
export function chooseForTarget(reading: Reading, open: OpenClass, target: Target): Chosen | undefined {
  const { classes } = reading;
  if (!classes) return undefined;
  const found = placeFor(classes, target);
  if (typeof found === 'string') {
    const general = open.general ?? open.refusal;
    const { code, subject, seen, expected, remedies } = general;
    const better = new DebkdError(code, { subject, seen: `${seen}; ${found}`, expected, remedy: remedies });
    return { reading, open: { ...open, general, refusal: better } };
  }
  const { place, why } = found;
  const name = classes[place] as string;
  const chosen = open.choose(place);
  const others = chosen.convention === 'logits' || chosen.convention === 'probabilities';
  const meaning = others ? `the class ${quote(name)} against the rest` : `the label ${quote(name)}`;
  return {
    reading: { ...chosen, className: name, positiveReason: `value ${place} of ${classes.length}: ${why}` },
    note: `teacher: class 1 is ${meaning} of ${listed(
      classes.map((one) => quote(one)),
      12,
    )}, because ${why}`,
  };
}

/** The class that a label means and why, or why none. */
function placeFor(
  classes: readonly string[],
  { name, positive, negative }: Target,
): { readonly place: number; readonly why: string } | string {
  const place = placeByName(classes, positive);
  const values = `the label's values are ${quote(negative)} and ${quote(positive)}`;
  // 1 and 0 may be two of the classes, or say whether a row is of a class that they do not name
  if (isBare(positive) && isBare(negative)) {
    const byColumn = isOne(positive) === true && isOne(negative) === false ? placeByName(classes, name) : undefined;
    if (byColumn !== undefined && !isBare(name)) return { place: byColumn, why: `the label column is ${quote(name)}` };
    return place === undefined ? `${values}, which name no class` : `${values}, which may or may not mean its classes`;
  }
  if (place === undefined) return `${values}, and ${quote(positive)} is not one of its classes`;
  return { place, why: `it is the label's positive value` };
}
