// Summarises de-biasing in one or two sentences.
import type { Distillation } from '../distill-options.ts';
import { groupName, isGlobal, type LabelledChanges } from './group-shifts.ts';

/** What de-biasing found and changed. The record of changes has every number of the summary. */
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
        ? ` The targets mix ${own} % of each row's own label with ${100 - own} % of the corrected soft label.`
        : ` The rows' own labels were infused (${form}, strength ${strength}).`;
  if (debias.method === 'none' && debias.candidates.length === 1)
    return `De-biasing was off: the teacher's bias was not measured and its soft labels are unchanged.${infused}`;
  if (debias.method === 'none')
    return `De-biasing found no bias beyond chance: the teacher's soft labels are unchanged.${infused}`;
  const { a, b } = slopeAndShift(debias);
  const found: string[] = [];
  if (a < 0) found.push(`a reversed ranking of the classes (log-odds times ${a.toFixed(2)})`);
  else if (a < 0.95) found.push(`over-confidence (log-odds times ${a.toFixed(2)})`);
  else if (a > 1.05) found.push(`under-confidence (log-odds times ${a.toFixed(2)})`);
  if (Math.abs(b) > 0.05) found.push(`class 1 too ${b < 0 ? 'likely' : 'unlikely'} on average (log-odds ${signed(b)})`);
  if (debias.method === 'beta' || debias.method === 'isotonic') found.push('asymmetric miscalibration');
  if (debias.method === 'stack' && isGlobal(debias)) found.push('miscalibration');
  if (!isGlobal(debias)) {
    const [group] = changes.groups;
    const onlyGroups = debias.parts.every(
      ({ method, on }) => method !== 'trees' && (method !== 'residual' || on === 'groups'),
    );
    const hasWords = debias.parts.some(({ on }) => on === 'texts');
    const seen = onlyGroups ? 'the group' : hasWords ? 'the words and other features' : 'the features';
    found.push(
      group
        ? `errors that depend on ${seen}, largest for ${groupName(group)} (${signed(group.meanShift)} log-odds over ${group.rows} rows)`
        : `errors that depend on ${seen}`,
    );
  }
  const share = changes.rows > 0 ? Math.round((100 * changes.moved) / changes.rows) : 0;
  const what = found.length > 0 ? found.join(' and ') : 'a small miscalibration';
  return `De-biasing found ${what}. It moved ${changes.moved} of ${changes.rows} targets (${share} %) by more than .01; ${changes.flipped} changed class.${infused}`;
}

/** Slope a and shift b of d = a v + b, where the method has them. The b of a residual fit depends on its weights and has no meaning by itself. */
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
