// How far each named group was corrected, as cells of a table.
import { Z } from '../metrics/normal.ts';
import { groupName } from './group-shifts.ts';
import type { DistillRecord } from './result.ts';

/** In the place of a shift that the labels do not tell. */
const NONE = 'not defined';

/** The correction of one group as texts. */
export interface CorrectionCells {
  readonly group: string;
  readonly labels: number;
  readonly positives: number;
  /** Such as `+1.92 ± 0.41`, the second number half of a 95 % interval. */
  readonly own: string;
  readonly made: string;
}

/** The cells of each group. */
export function correctionCells({ groupCorrections = [] }: DistillRecord): CorrectionCells[] {
  return groupCorrections.map((correction) => {
    const { labels, positives, own, standardError, made } = correction;
    return {
      group: groupName(correction),
      labels,
      positives,
      own:
        own === undefined || standardError === undefined ? NONE : `${signed(own)} ± ${(Z * standardError).toFixed(2)}`,
      made: made === undefined ? NONE : signed(made),
    };
  });
}

function signed(value: number): string {
  const text = value.toFixed(2);
  return Number(text) === 0 ? '0.00' : value > 0 ? `+${text}` : text;
}
