// Moves the threshold of a student, with its band.
import type { DeferBand } from '../../student/decide.ts';
import type { Student } from '../../student/student.ts';

/** How a student decides. */
export interface Decides {
  readonly threshold: number;
  readonly defer: DeferBand;
}

/**
 * Whether another threshold changes no answer outside the band. Then what the band promises stays true: rows between the two thresholds
 * are all deferred.
 */
export function keepsAnswers({ threshold: own, defer: { from, to } }: Decides, threshold: number): boolean {
  if (threshold === own) return true;
  return from < Math.min(own, threshold) && Math.max(own, threshold) <= to;
}

/**
 * The student of a run with another threshold. Its band and promise stay where its answers stay.
 * @param band otherwise the band at the threshold; it promises nothing, because the threshold was chosen among many
 */
export function withThreshold(own: Student, threshold: number, band: DeferBand | undefined): Student {
  const { defer, provenance } = own;
  if (threshold === own.threshold) return own;
  if (defer && keepsAnswers({ threshold: own.threshold, defer }, threshold))
    return own.with({ threshold, defer, provenance });
  return own.with({ threshold, ...(band && { defer: { from: band.from, to: band.to } }) });
}
