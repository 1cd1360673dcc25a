// The candidate maps of each de-biasing method, from simple to complex, the components of an ablation, and the labels required.

import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { FOLDS } from '../data/folds.ts';
import { IMAGE_FIELD } from '../data/matrix.ts';
import { DebkdError } from '../io/errors.ts';
import type { AblationComponent, DebiasMethod, MapName } from './debias-names.ts';
import type { Basis, DebiasMap } from './maps/map.ts';
import { isWide } from './maps/ridge.ts';

/** Maps of the margin only, from simple to complex. */
export const SIMPLE_MAPS: readonly MapName[] = ['none', 'prior', 'temperature', 'platt', 'beta', 'isotonic'];
/** The maps that `auto` tries with fewer labels than MIN_LABELS. */
export const MINIMAL_MAPS: readonly MapName[] = ['none', 'platt'];
/** Ridge penalties, from strong to weak. The teacher's features are numerous and need stronger ones. */
const PENALTIES: Readonly<Record<Basis, readonly number[]>> = {
  inputs: [3000, 1000, 300, 100, 30, 10, 3],
  features: [3000, 1000, 300, 100, 30],
  texts: [30, 10, 3, 1, 0.3],
  // by evidence: mapsOf
  groups: [],
};
/** Checks that components are left out of `auto` only. @throws DebkdError `value` */
export function checkAblation(debias: DebiasMethod, ablate: readonly AblationComponent[] = []): void {
  const idle = debias === 'auto' ? undefined : ablate.find((part) => part !== 'selection');
  if (idle) {
    throw new DebkdError('value', {
      subject: 'label de-biasing',
      seen: `${idle} is a component of label de-biasing by auto, and the method is ${debias}`,
      remedy: [
        { id: 'omit-setting', setting: 'debias' },
        { id: 'omit-setting', setting: 'ablate' },
      ],
    });
  }
}

/** Numbers of boosted trees. */
const TREES = [20, 40, 80, 160];
/** With fewer labelled rows, or fewer of the rarer class, `auto` tries only `none` and `platt`. */
const MIN_LABELS = { rows: 500, rarer: 50 };
/** The same with images: how they look, and the teacher's hidden layer, tell more than columns of a table. */
const MIN_LABELS_OF_IMAGES = { rows: 100, rarer: 20 };

/** The labels that maps of features need. */
export function minLabels({ features }: Pick<AnyDataset, 'features'>): typeof MIN_LABELS {
  return features.fieldColumns.includes(IMAGE_FIELD) ? MIN_LABELS_OF_IMAGES : MIN_LABELS;
}

/** Whether some parts together have the labels that minLabels requires. A row of weight 0 does not count. */
export function debiasesRichly(parts: readonly AnyDataset[]): boolean {
  const { rows, rarer } = countLabels(...parts);
  const least = minLabels(parts[0] as AnyDataset);
  return rows >= least.rows && rarer >= least.rarer;
}

/** Whether a map belongs to a component. */
export function isOf({ method, penalty, on }: DebiasMap, part: AblationComponent): boolean {
  if (part === 'trees') return method === 'trees';
  if (method !== 'residual') return false;
  return (
    part === 'residual' ||
    (part === 'features' && on === 'features') ||
    (part === 'hinges' && penalty === undefined && on !== 'groups')
  );
}

/**
 * The maps that a method tries, from simple to complex. `residual` includes `platt`, its limit for an infinite penalty.
 * @param width columns of the inputs
 */
export function mapsOf(method: DebiasMethod, rich: boolean, bases: readonly Basis[], width: number): DebiasMap[] {
  // few labels are enough for it: its weights shrink to 0 where a group has few
  const byGroup: DebiasMap[] = bases.includes('groups') ? [{ method: 'residual', on: 'groups' }] : [];
  const paths = bases.flatMap((on): DebiasMap[] => [
    ...PENALTIES[on].map((penalty): DebiasMap => ({ method: 'residual', penalty, on })),
    // with the teacher's features, hinges add nothing and are slow; penalties by evidence take the square of the columns
    ...(on === 'inputs' && !isWide(width) ? [{ method: 'residual', on } as const] : []),
  ]);
  const simple = (names: readonly MapName[]): DebiasMap[] => names.map((name) => ({ method: name }));
  const trees = TREES.map((count): DebiasMap => ({ method: 'trees', count }));
  if (method === 'residual') return [{ method: 'platt' }, ...byGroup, ...paths];
  if (method === 'trees') return [{ method: 'platt' }, ...trees];
  if (method !== 'auto' && method !== 'stack') return [{ method }];
  return rich ? [...simple(SIMPLE_MAPS), ...byGroup, ...paths, ...trees] : [...simple(MINIMAL_MAPS), ...byGroup];
}

/**
 * Checks that a method has enough labels, before the teacher runs.
 * @returns the number of labelled rows with a weight above 0, and of those of the rarer class
 * @throws DebkdError `rows` with fewer labelled rows than folds, or with labels of one class; never for the method `none`
 */
export function checkLabels(
  part: Pick<AnyDataset, 'labels' | 'weights'>,
  method: DebiasMethod,
): { rows: number; rarer: number } {
  const { rows, ones: positives, rarer } = countLabels(part);
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
