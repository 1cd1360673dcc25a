// What a threshold gives, and the cheapest one.
import type { ThresholdCuts } from './messages.ts';

/** The costs of the two errors, in a unit of the user. */
export interface Costs {
  readonly missed: number;
  readonly alarm: number;
  /** Of a row that is left to someone else. Default: 0. */
  readonly deferred?: number;
}

/** What a threshold gives on the labelled test rows. */
export interface Given {
  readonly threshold: number;
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  /** Rows of class 1 and of class 0 that the student defers. */
  readonly deferredPositive: number;
  readonly deferredNegative: number;
  /** Shares of class 1 and of class 0. */
  readonly missed: number;
  readonly alarms: number;
  /** NaN where no row is called class 1. */
  readonly precision: number;
  readonly cost: number;
  /** The share of rows that are deferred, and the share of errors among the others: NaN without any. */
  readonly deferred: number;
  readonly wrong: number;
}

/** What the threshold at index k gives. */
export function givenAt(
  { cuts, truePositives, falsePositives, positive, negative, bands }: ThresholdCuts,
  k: number,
  costs: Costs,
): Given {
  const [threshold, truePositive, falsePositive] = [cuts[k], truePositives[k], falsePositives[k]] as [
    number,
    number,
    number,
  ];
  const { positives: deferredPositive = 0, negatives: deferredNegative = 0 } = bands?.[k] ?? {};
  const falseNegative = positive - truePositive - deferredPositive;
  const trueNegative = negative - falsePositive - deferredNegative;
  const [all, left] = [positive + negative, deferredPositive + deferredNegative];
  return {
    ...{ threshold, truePositive, falseNegative, falsePositive, trueNegative, deferredPositive, deferredNegative },
    missed: falseNegative / positive,
    alarms: falsePositive / negative,
    precision: truePositive / (truePositive + falsePositive),
    cost: costs.missed * falseNegative + costs.alarm * falsePositive + (costs.deferred ?? 0) * left,
    deferred: left / all,
    wrong: (falseNegative + falsePositive) / (all - left),
  };
}

/** The index of the cheapest threshold; of equal costs, that nearest to the student's own. */
export function cheapest(cuts: ThresholdCuts, costs: Costs, own: number): number {
  const far = (k: number): number => Math.abs((cuts.cuts[k] as number) - own);
  const cost = (k: number): number => givenAt(cuts, k, costs).cost;
  // the student can have no threshold without a band
  const possible = [...cuts.cuts.keys()].filter((k) => cuts.bands?.[k] !== null);
  return possible.reduce((best, k) =>
    cost(k) < cost(best) || (cost(k) === cost(best) && far(k) < far(best)) ? k : best,
  );
}

/** A cost as typed; undefined for anything but a number from 0. */
export function parseCost(text: string): number | undefined {
  return /^\s*(\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : undefined;
}

/** Where a probability is on the slider, whose steps are the cuts: from 0 to 1. */
export function placeOf({ cuts }: Pick<ThresholdCuts, 'cuts'>, probability: number): number {
  const after = cuts.findIndex((cut) => cut > probability);
  if (after < 0) return 1;
  if (after === 0) return 0;
  const [low, high] = [cuts[after - 1], cuts[after]] as [number, number];
  return (after - 1 + (probability - low) / (high - low)) / (cuts.length - 1);
}
