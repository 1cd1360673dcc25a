// What the de-biasing found and moved, in a sentence.
import type { Distillation } from '../distill-options.ts';
import { groupName, isGlobal, type LabelledChanges } from './group-shifts.ts';

/** One or two sentences for people; every number in them is in the record of changes. */
export function describeChanges({
  debias,
  changes,
  infusion,
}: Pick<Distillation, 'debias' | 'infusion'> & { readonly changes: LabelledChanges }): string {
  const { form, strength } = infusion;
  const own = Math.round(100 * strength);
  const infused =
    strength === 0
      ? ''
      : form === 'mix'
        ? ` Targets are ${own} % the rows' own labels and ${100 - own} % the corrected teacher.`
        : ` The rows' own labels were infused as ${form}, with strength ${strength}.`;
  if (debias.method === 'none' && debias.candidates.length === 1)
    return `De-biasing was switched off: the teacher's bias was not looked for, and its labels were kept.${infused}`;
  if (debias.method === 'none')
    return `De-biasing found nothing to correct beyond chance: the teacher's labels were kept.${infused}`;
  const { a, b } = slopeAndShift(debias);
  const found: string[] = [];
  if (a < 0) found.push(`a teacher that ranks the classes the wrong way round (log-odds times ${a.toFixed(2)})`);
  else if (a < 0.95) found.push(`over-confidence (log-odds times ${a.toFixed(2)})`);
  else if (a > 1.05) found.push(`under-confidence (log-odds times ${a.toFixed(2)})`);
  if (Math.abs(b) > 0.05) found.push(`class 1 too ${b < 0 ? 'likely' : 'unlikely'} on average (log-odds ${signed(b)})`);
  if (debias.method === 'beta' || debias.method === 'isotonic') found.push('skewed miscalibration');
  if (debias.method === 'stack' && isGlobal(debias)) found.push('miscalibration');
  if (!isGlobal(debias)) {
    const [group] = changes.groups;
    found.push(
      group
        ? `errors that depend on the features, most for ${groupName(group)} (${signed(group.meanShift)} log-odds over ${group.rows} rows)`
        : 'errors that depend on the features',
    );
  }
  const share = changes.rows > 0 ? Math.round((100 * changes.moved) / changes.rows) : 0;
  const what = found.length > 0 ? found.join(' and ') : 'a small miscalibration';
  return `De-biasing found ${what}; it moved ${changes.moved} of ${changes.rows} targets (${share} %) by more than .01, and ${changes.flipped} to the other class.${infused}`;
}

/** d = a v + b, as far as the method is so; a residual fit's b depends on its weights and says nothing alone. */
function slopeAndShift({ method, parameters }: Distillation['debias']): { a: number; b: number } {
  const [first = 0, second = 1] = parameters;
  if (method === 'residual') return { a: parameters[2 + first] ?? 1, b: 0 };
  if (method === 'prior') return { a: 1, b: -first };
  if (method === 'temperature') return { a: first, b: 0 };
  if (method === 'platt') return { a: second, b: first };
  return { a: 1, b: 0 };
}

function signed(x: number): string {
  return `${x < 0 ? '-' : '+'}${Math.abs(x).toFixed(2)}`;
}
