// The schema of the row weights that a result used.
import { exactOptional as maybe } from 'valibot';
import type { WeightSummary } from '../data/row-weights.ts';
import { amount, type Check, type Fields, object, text } from './checks.ts';
import type { WeightsRecord } from './weights-text.ts';

export function weightsSchema(): Check<WeightsRecord> {
  const summary: Check<WeightSummary> = object({
    sum: amount(),
    smallest: amount(),
    largest: amount(),
    effectiveRows: amount(),
  } satisfies Fields<WeightSummary>);
  return object({
    column: maybe(text()),
    train: maybe(summary),
    validation: maybe(summary),
    test: maybe(summary),
  } satisfies Fields<WeightsRecord>);
}
