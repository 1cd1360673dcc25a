// A step of a call whose progress is shown as a whole.

/** A step of a call. */
export interface Step {
  /** The stage whose progress this step shows. */
  readonly stage: string;
  /** What it does, in words for users. */
  readonly name: string;
  /** Expected seconds. */
  readonly seconds: number;
  /** All its units, where its progress comes in several parts, such as the rows of each part; default: the total of its progress. */
  readonly units?: number;
  /** Whether the total of its progress may still grow. Its time is then not expected to be short because it begins so. */
  readonly grows?: boolean;
  /** Steps of a kind are expected to be similarly fast, and may run at the same time; default: its own kind. */
  readonly kind?: string;
  /** The number of its steps, if it is a call with an overall progress of its own. */
  readonly steps?: number;
}
