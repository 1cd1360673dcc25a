// oneHot: the place of a value in a one-hot group.
import { checkKeys, isRecord, type StepInput, shown, type Type } from './check.ts';
import { finder, parseList } from './list.ts';
import { type OneHotStep, placedCategories, type StepValue } from './step.ts';
import type { Apply } from './value.ts';

export function parseOneHot(input: StepInput): { step: OneHotStep; type: Type; width: number } {
  const { fail } = input;
  const { oneHot } = input.step;
  if (!isRecord(oneHot)) return fail(`oneHot is ${shown(oneHot)}`, '{ categories: [...] }');
  checkKeys(oneHot, ['categories', 'drop', 'other'], fail);
  const categories = parseList(input, 'categories', oneHot['categories']);
  const { drop, other } = oneHot;
  if (other !== undefined && other !== true && (typeof other !== 'string' || other === ''))
    return fail(`other is ${shown(other)}`, 'a name, or true');
  const dropped = drop === undefined ? undefined : droppedCategory(categories, drop);
  if (drop !== undefined && dropped === undefined)
    return fail(`drop is ${shown(drop)}`, '"first" or one of the categories');
  const step = {
    categories,
    ...(dropped !== undefined && { drop: dropped }),
    ...(other !== undefined && { other: other as string | true }),
  };
  const width = oneHotWidth(step);
  if (width === 0) fail('no category is left after drop', 'two categories or more');
  return { step: { oneHot: step }, type: 'places', width };
}

/** A category that is called "first" is meant by that name. */
function droppedCategory(categories: readonly StepValue[], drop: unknown): StepValue | undefined {
  const wanted = drop === '' ? null : drop;
  const found = categories.find((category) => category === wanted);
  return found === undefined && drop === 'first' ? categories[0] : found;
}

/** Number of encoded columns. */
export function oneHotWidth(step: OneHotStep['oneHot']): number {
  return placedCategories(step).length + (step.other === undefined ? 0 : 1);
}

/** Gives the place of a value, -1 for none. */
export function applyOneHot({ oneHot }: OneHotStep): Apply {
  const { categories, other } = oneHot;
  const indexOf = finder(categories);
  const count = placedCategories(oneHot).length;
  let next = 0;
  const places = categories.map((category) => (category === oneHot.drop ? -1 : next++));
  return (x, state) => {
    const index = indexOf(x);
    if (index !== undefined) return places[index] as number;
    if (other !== undefined) return count;
    state.unknown = true;
    return -1;
  };
}
