// What de-biasing may try: the maps of each method, from simple to rich, the parts that can be left out, and how many labels
// they need.

import type { AnyDataset } from '../data/dataset.ts';
import { FOLDS } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import type { DebiasMethod, MapName } from './debias-names.ts';
import type { Basis, DebiasMap } from './maps/map.ts';

/** The simple maps, from simple to rich, and what is tried alone under the floor. */
export const SIMPLE_MAPS: readonly MapName[] = ['none', 'prior', 'temperature', 'platt', 'beta', 'isotonic'];
export const MINIMAL_MAPS: readonly MapName[] = ['none', 'platt'];
/** Ridge penalties, from simple to rich; the teacher's features are many, and need more of it. */
const PENALTIES: Readonly<Record<Basis, readonly number[]>> = {
  inputs: [3000, 1000, 300, 100, 30, 10, 3],
  features: [3000, 1000, 300, 100, 30],
};
/** What `auto` is made of beside the six simple maps; each can be left out, to see what it is worth. */
export type AblationComponent = 'residual' | 'features' | 'hinges' | 'trees' | 'stack' | 'selection';
/** Parts of `auto` that can be left out to see what they are worth. */
export const ABLATION_COMPONENTS: readonly AblationComponent[] = [
  'residual',
  'features',
  'hinges',
  'trees',
  'stack',
  'selection',
];

/** Numbers of boosted trees. */
const TREES = [20, 40, 80, 160];
/** Below this many labelled rows, or rows of the rarer class, `auto` tries `none` and `platt` alone. */
export const MIN_LABELS = { rows: 500, rarer: 50 };

/** Whether the labels of some parts together reach the floor. */
export function debiasesRichly(parts: readonly AnyDataset[]): boolean {
  const count = (wanted: (y: number) => boolean): number =>
    parts.reduce((sum, { labels }) => sum + labels.filter(wanted).length, 0);
  const rows = count((y) => y >= 0);
  const ones = count((y) => y === 1);
  return rows >= MIN_LABELS.rows && Math.min(ones, rows - ones) >= MIN_LABELS.rarer;
}

/** Columns, with the teacher's features, up to which `residual` is fitted: it takes memory and time by their square. */
export const MAX_COLUMNS = 4096;

/** Whether a map is what an ingredient adds. */
export function isOf({ method, penalty, on }: DebiasMap, part: AblationComponent): boolean {
  if (part === 'trees') return method === 'trees';
  if (method !== 'residual') return false;
  return (
    part === 'residual' || (part === 'features' && on === 'features') || (part === 'hinges' && penalty === undefined)
  );
}

/** What a method tries, from simple to rich. `residual` without a penalty's end is `platt`. */
export function mapsOf(method: DebiasMethod, rich: boolean, bases: readonly Basis[]): DebiasMap[] {
  const paths = bases.flatMap((on): DebiasMap[] => [
    ...PENALTIES[on].map((penalty): DebiasMap => ({ method: 'residual', penalty, on })),
    // beside the teacher's features hinges add nothing, and take long
    ...(on === 'inputs' ? [{ method: 'residual', on } as const] : []),
  ]);
  const simple = (names: readonly MapName[]): DebiasMap[] => names.map((name) => ({ method: name }));
  const trees = TREES.map((count): DebiasMap => ({ method: 'trees', count }));
  if (method === 'residual') return [{ method: 'platt' }, ...paths];
  if (method === 'trees') return [{ method: 'platt' }, ...trees];
  if (method !== 'auto' && method !== 'stack') return [{ method }];
  return rich ? [...simple(SIMPLE_MAPS), ...paths, ...trees] : simple(MINIMAL_MAPS);
}

/**
 * Whether labels suffice for a method, before the teacher is run. Returns the labelled rows and those of the rarer class.
 * @throws DebkdError `rows` with fewer labelled rows than folds, or one class only
 */
export function checkLabels(
  { labels }: Pick<AnyDataset, 'labels'>,
  method: DebiasMethod,
): { rows: number; rarer: number } {
  const rows = labels.filter((y) => y >= 0).length;
  const positives = labels.filter((y) => y === 1).length;
  const rarer = Math.min(positives, rows - positives);
  if (method === 'none') return { rows, rarer };
  if (rows < FOLDS) {
    throw new DebkdError('rows', {
      subject: 'label de-biasing',
      seen: `${rows} labelled rows`,
      expected: `at least ${FOLDS}, one for each fold of cross-fitting`,
      remedy: ['give more labelled rows', { id: 'skip-debias' }],
    });
  }
  if (rarer === 0) {
    throw new DebkdError('rows', {
      subject: 'label de-biasing',
      seen: `all ${rows} labelled rows are of class ${positives === 0 ? 0 : 1}`,
      expected: 'both classes',
      remedy: ['give rows of the other class', { id: 'skip-debias' }],
    });
  }
  return { rows, rarer };
}
