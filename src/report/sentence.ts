// What the de-biasing found and moved, in a sentence.
import type { Distilled } from '../distill.ts';

/** One or two sentences for people; every number in them is in the record of changes. */
export function describeChanges({
  debias,
  changes,
  infusion,
}: Pick<Distilled, 'debias' | 'changes' | 'infusion'>): string {
  const infused =
    infusion.strength > 0 ? ` The labels themselves were mixed in with strength ${infusion.strength}.` : '';
  if (debias.method === 'none')
    return `De-biasing found nothing to correct beyond chance: the teacher's labels were kept.${infused}`;
  const { a, b } = slopeAndShift(debias);
  const found: string[] = [];
  if (a < 0.95) found.push(`over-confidence (margins scaled by ${a.toFixed(2)})`);
  if (a > 1.05) found.push(`under-confidence (margins scaled by ${a.toFixed(2)})`);
  if (Math.abs(b) > 0.05)
    found.push(`a class prior that is too ${b < 0 ? 'high' : 'low'} (margins shifted by ${b.toFixed(2)})`);
  if (debias.method === 'beta' || debias.method === 'isotonic') found.push('skewed miscalibration');
  if (debias.method === 'residual' || debias.method === 'stack') {
    const [group] = changes.groups;
    found.push(
      group
        ? `errors that depend on the features, most for ${group.column} = ${group.value} (${signed(group.meanShift)} log-odds over ${group.rows} rows)`
        : 'errors that depend on the features',
    );
  }
  const share = changes.rows > 0 ? Math.round((100 * changes.moved) / changes.rows) : 0;
  const what = found.length > 0 ? found.join(' and ') : 'a small miscalibration';
  return `De-biasing found ${what}; it moved ${changes.moved} of ${changes.rows} labels (${share} %) by more than .01 and flipped ${changes.flipped}.${infused}`;
}

/** d = a v + b, as far as the method is so; a residual fit's b depends on its weights and says nothing alone. */
function slopeAndShift({ method, parameters }: Distilled['debias']): { a: number; b: number } {
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
