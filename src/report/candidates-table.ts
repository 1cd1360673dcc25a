// The candidates of label de-biasing and the chosen one.
import type { DebiasMap } from '../labels/maps/map.ts';
import { type Cell, capital, note, table } from './page.ts';
import type { DistillRecord } from './result.ts';

const DIGITS = 4;
const percent = (weight: number): string => `${Math.round(100 * weight)} %`;

/** Describes the chosen map: `platt`, or `stack of isotonic 3 %, residual (penalty 30, inputs) 97 %`. */
export function chosenWords({ parts }: DistillRecord['debias']): string {
  const words = parts.map((part) => {
    const penalty = part.penalty === undefined ? '' : 'penalty ';
    const how = [setting(part) && `${penalty}${setting(part)}${part.count ? ' trees' : ''}`, sees(part)];
    const inside = how.filter((text) => text !== '').join(', ');
    return `${part.method}${inside && ` (${inside})`}${parts.length > 1 ? ` ${percent(part.weight)}` : ''}`;
  });
  return parts.length > 1 ? `stack of ${words.join(', ')}` : words.join();
}

/** One row for each candidate. The last row is the stack, if one was chosen. */
export function candidatesTable({ parts, candidates, logLoss }: DistillRecord['debias']): string {
  const best = Math.min(...candidates.map((candidate) => candidate.logLoss));
  const rows = candidates.map((candidate): Cell[] => {
    const weight = parts.find((part) => isSame(part, candidate))?.weight ?? 0;
    const { difference, standardError } = candidate;
    const cells = [candidate.method, setting(candidate), sees(candidate)];
    const numbers = [candidate.logLoss, difference, standardError].map((x) => x.toFixed(DIGITS));
    if (weight === 1) return [...cells, ...numbers, 'chosen'].map((strong) => ({ strong }));
    return [...cells, ...numbers, weight > 0 ? `${percent(weight)} of the stack` : ''];
  });
  if (parts.length > 1) {
    const numbers = logLoss === undefined ? ['', ''] : [logLoss, logLoss - best].map((x) => x.toFixed(DIGITS));
    const whole = [`stack of ${parts.length}`, '', '', ...numbers, '', 'chosen'];
    rows.push(whole.map((strong) => ({ strong })));
  }
  if (rows.length === 0) return '';
  const evidence = candidates.some((candidate) => setting(candidate) === HINGES)
    ? ` ${capital(HINGES)}: the map is piecewise linear in the margin, with knots at its deciles, and each block of columns has the penalty with the highest evidence.`
    : '';
  // auto averages a stack without trees and a stack of all maps
  const mixed = parts.some(({ selectionWeight }) => selectionWeight !== undefined)
    ? ' Half of the weight is a stack without trees, because small students learn best from smooth labels.'
    : '';
  return [
    table(
      'Candidates of label de-biasing',
      [
        ...[
          'Method',
          'Setting (ridge penalty or number of trees)',
          "Features (inputs, teacher's hidden layer, words of texts)",
        ],
        ...['Log-loss', 'Difference from the best', 'Standard error', 'Chosen'],
      ],
      rows,
    ),
    note(
      `Cross-fitted log-loss on labelled rows (five folds); lower is better. Every method uses the teacher's margin.${evidence}${mixed}`,
    ),
  ].join('\n');
}

const HINGES = 'hinges, by evidence';

function setting({ method, penalty, count, on }: DebiasMap): string {
  if (method === 'residual' && on === 'groups') return 'by evidence';
  if (method === 'residual') return penalty === undefined ? HINGES : String(penalty);
  return method === 'trees' ? String(count) : '';
}

function sees({ method, on, teacher }: DebiasMap): string {
  const margin = teacher === undefined ? [] : [teacher === 0 ? 'all teachers' : `teacher ${teacher}`];
  const inputs = (method === 'residual' && on !== 'groups') || method === 'trees' ? ['inputs'] : [];
  return [
    ...margin,
    ...inputs,
    ...(on === 'groups' ? ['groups'] : []),
    ...(on === 'features' ? ['hidden layer'] : []),
    ...(on === 'texts' ? ['words'] : []),
  ].join(', ');
}

function isSame(a: DebiasMap, b: DebiasMap): boolean {
  return (
    a.method === b.method && a.penalty === b.penalty && a.on === b.on && a.count === b.count && a.teacher === b.teacher
  );
}
