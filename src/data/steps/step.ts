// Steps: how a column is encoded, one operation after the other, as the pipelines of scikit-learn and pandas do it.

/** A value between two steps; null is a missing value. */
export type StepValue = string | number | null;

/** The part of a date that becomes a number. */
export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'daysSince';

/** Replaces missing values by a fitted value. The name of the strategy is a note for readers. */
export interface ImputeStep {
  /** How the value was chosen. */
  readonly impute: 'mean' | 'median' | 'most frequent' | 'constant';
  /** What a missing value becomes. */
  readonly value: string | number;
}

/** Gives 1 for a missing value, otherwise 0. */
export interface MissingStep {
  /** Always true. */
  readonly missing: true;
}

/** Replaces values, as pandas' Series.map does. */
export interface MapStep {
  /** Pairs of a value and its replacement. Texts are compared exactly, numbers by value; null is a missing value. */
  readonly map: readonly (readonly [from: StepValue, to: StepValue])[];
  /** What an unlisted value becomes; null: missing. Default: missing if an impute step follows, otherwise an error. */
  readonly otherwise?: StepValue;
}

/** Replaces a category by its index. */
export interface OrdinalStep {
  /** The categories in order: texts or numbers; null is a missing value. */
  readonly ordinal: readonly StepValue[];
  /** As in MapStep. */
  readonly otherwise?: number | null;
  /** What a missing value becomes; default: it stays missing. */
  readonly missing?: number;
}

/** (x - mean) / std. */
export interface StandardiseStep {
  /** Mean and standard deviation, above 0. */
  readonly standardise: { readonly mean: number; readonly std: number };
}

/** Maps [min, max] to the range linearly. */
export interface MinMaxStep {
  /** Limits of the fitted values, and the range, [0, 1] by default. */
  readonly minMax: { readonly min: number; readonly max: number; readonly range: readonly [number, number] };
}

/** (x - centre) / scale. */
export interface RobustStep {
  /** The median and the interquartile range, above 0, or other measures of location and scale. */
  readonly robust: { readonly centre: number; readonly scale: number };
}

/** log(1 + x), for x above -1. */
export interface Log1pStep {
  /** Always true. */
  readonly log1p: true;
}

/** sign(x) log(1 + |x|). */
export interface SymlogStep {
  /** Always true. */
  readonly symlog: true;
}

/** The power transform of Yeo and Johnson (2000). */
export interface YeoJohnsonStep {
  /** The exponent. */
  readonly yeoJohnson: { readonly lambda: number };
}

/** Limits numbers. */
export interface ClipStep {
  /** Lower and upper limit; null: none. */
  readonly clip: readonly [low: number | null, high: number | null];
}

/** The index of a number's bin. */
export interface BinStep {
  /** Ascending. A bin contains its lower edge; numbers beyond the first or last edge are in the first or last bin. */
  readonly bin: { readonly edges: readonly number[] };
}

/** One-hot encoding; always the last step. */
export interface OneHotStep {
  /** Missing values and unlisted ones are all zeros if no place is theirs. */
  readonly oneHot: {
    /** A place for each, in order: texts or numbers; null is a missing value. */
    readonly categories: readonly StepValue[];
    /** The category without a place: it is encoded as all zeros. */
    readonly drop?: StepValue;
    /** Name of a last place, for all other values; true: without a name. */
    readonly other?: string | true;
  };
}

/** A part of a date as a number. */
export interface DateStep {
  /** Weekdays are 0 (Monday) to 6. */
  readonly date: DatePart;
  /** Such as DD.MM.YYYY; default ISO 8601, YYYY-MM-DD with or without a time. */
  readonly format?: string;
  /** The day from which `daysSince` counts, YYYY-MM-DD. */
  readonly since?: string;
}

/** A step of a column. */
export type Step =
  | ImputeStep
  | MissingStep
  | MapStep
  | OrdinalStep
  | StandardiseStep
  | MinMaxStep
  | RobustStep
  | Log1pStep
  | SymlogStep
  | YeoJohnsonStep
  | ClipStep
  | BinStep
  | OneHotStep
  | DateStep;

/** A column that is encoded step by step: as one number, or one-hot if the last step is `oneHot`. */
export interface StepsColumn {
  /** The column's name in tables and records. Other columns may have the same name. */
  readonly name: string;
  /** In files, `steps` alone says it. */
  readonly kind: 'steps';
  /** The steps, in order. An empty list passes the number through. */
  readonly steps: readonly Step[];
  /** Index of the first encoded column. */
  readonly offset: number;
  /** Number of encoded columns. */
  readonly width: number;
}

/** The one-hot step at the end; undefined if the column is a number. */
export function oneHotOf({ steps }: Pick<StepsColumn, 'steps'>): OneHotStep['oneHot'] | undefined {
  const last = steps.at(-1);
  return last && 'oneHot' in last ? last.oneHot : undefined;
}

/** The categories that have a place, in order. */
export function placedCategories({ categories, drop }: OneHotStep['oneHot']): StepValue[] {
  return categories.filter((category) => category !== drop);
}

/** The values that the first step with a list compares with; empty if no step before it passes texts on. */
export function listedValues(steps: readonly Step[]): readonly StepValue[] {
  const first = steps.find((step) => !('impute' in step));
  if (!first) return [];
  if ('map' in first) return first.map.map(([from]) => from);
  if ('ordinal' in first) return first.ordinal;
  return 'oneHot' in first ? first.oneHot.categories : [];
}
