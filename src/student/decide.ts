// What a student answers from its probability: the label, and whether it leaves the decision to someone else.

/** A band of probabilities around the threshold, in which the student defers: from < probability < to. */
export interface DeferBand {
  /** Its lower end, which is outside. */
  readonly from: number;
  /** Its upper end, which is outside. */
  readonly to: number;
}

/** Whether a value is a band. */
export function isBand(value: unknown): value is DeferBand {
  const { from, to } = (value ?? {}) as Partial<DeferBand>;
  return typeof from === 'number' && typeof to === 'number' && from >= 0 && from <= to && to <= 1;
}

/** What decides. */
export interface Decider {
  /** Probability from which on the label is 1. */
  readonly threshold: number;
  /** The band; undefined: the student answers everything. */
  readonly defer?: DeferBand | undefined;
}

/** The answer for a row. */
export interface Answer {
  /** Of class 1. */
  readonly probability: number;
  /** 1 if the probability is at or above the threshold of the row, otherwise 0. */
  readonly label: 0 | 1;
  /** Whether someone else should decide; absent for a student without a band. */
  readonly defer?: boolean;
}

/** Whether a probability is in the band. */
export function isDeferred({ defer }: Pick<Decider, 'defer'>, probability: number): boolean {
  return defer !== undefined && probability > defer.from && probability < defer.to;
}

/**
 * The answer for a probability.
 * @param threshold of the row, for a student with thresholds of groups; undefined: the common one
 */
export function decide(decider: Decider, probability: number, threshold: number | undefined): Answer {
  return {
    probability,
    label: probability >= (threshold ?? decider.threshold) ? 1 : 0,
    ...(decider.defer && { defer: isDeferred(decider, probability) }),
  };
}
