// What a threshold gives, and the cheapest one.
import type { ThresholdCuts } from './messages.ts';

/** The costs of the two errors, in a unit of the user. */
export interface Costs {
  readonly missed: number;
  readonly alarm: number;
}

/** What a threshold gives on the labelled test rows. */
export interface Given {
  readonly threshold: number;
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  /** Shares of class 1 and of class 0. */
  readonly missed: number;
  readonly alarms: number;
  /** NaN where no row is called class 1. */
  readonly precision: number;
  readonly cost: number;
}

/** What the threshold at index k gives. */
export function givenAt(
  { cuts, truePositives, falsePositives, positive, negative }: ThresholdCuts,
  k: number,
  costs: Costs,
): Given {
  const [threshold, truePositive, falsePositive] = [cuts[k], truePositives[k], falsePositives[k]] as [
    number,
    number,
    number,
  ];
  const falseNegative = positive - truePositive;
  return {
    ...{ threshold, truePositive, falseNegative, falsePositive, trueNegative: negative - falsePositive },
    missed: falseNegative / positive,
    alarms: falsePositive / negative,
    precision: truePositive / (truePositive + falsePositive),
    cost: costs.missed * falseNegative + costs.alarm * falsePositive,
  };
}

/** The index of the cheapest threshold; of equal costs, that nearest to the student's own. */
export function cheapest(cuts: ThresholdCuts, costs: Costs, own: number): number {
  const far = (k: number): number => Math.abs((cuts.cuts[k] as number) - own);
  const cost = (k: number): number => givenAt(cuts, k, costs).cost;
  return [...cuts.cuts.keys()].reduce((best, k) =>
    cost(k) < cost(best) || (cost(k) === cost(best) && far(k) < far(best)) ? k : best,
  );
}

/** A cost as typed; undefined for anything but a number from 0. */
export function parseCost(text: string): number | undefined {
  return /^\s*(\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : undefined;
}
