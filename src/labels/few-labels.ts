// What changes where labels of one class are few: a choice by them is noisy, so that priors decide more and choices are averaged.
import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset } from '../data/dataset.ts';

/** Labels are few with fewer than this of the rarer class. */
export const FEW = 100;
/** From this number of labels of the rarer class on, hints have their given weights. */
const ENOUGH = 250;
const MAX_FACTOR = 5;

/** The number of labelled rows of the rarer class of some parts. A row of weight 0 does not count. */
export function rarerLabels(parts: readonly Pick<AnyDataset, 'labels' | 'weights'>[]): number {
  return countLabels(...parts).rarer;
}

/** Whether labels of one class are few. @param rarer the number of labels of the rarer class */
export function isFew(rarer: number): boolean {
  return rarer < FEW;
}

/** The factor of a hint's weight: the teacher's hidden layer tells a student what few labels cannot. */
export function hintFactor(rarer: number): number {
  return Math.min(MAX_FACTOR, Math.max(1, ENOUGH / Math.max(1, rarer)));
}
