// The types of a preprocessing and its columns.
import type { ImageColumn } from './image-column.ts';
import type { StepsColumn } from './steps/step.ts';
import type { TextColumn } from './text-column.ts';

/** A numeric column, encoded as (transform(x) - mean) / std, clipped to ±clip; a missing value is 0. */
export interface NumericColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** Encoded as one number. */
  readonly kind: 'numeric';
  /** `none`, or symlog(x) = sign(x) log(1 + |x|). */
  readonly transform: 'none' | 'symlog';
  /** Mean of the transformed values. */
  readonly mean: number;
  /** Standard deviation of the transformed values, above 0. */
  readonly std: number;
  /** Index of the encoded column. */
  readonly offset: number;
  /** Number of encoded columns. */
  readonly width: 1;
}

/**
 * A categorical column, one-hot encoded: a value is 1 in column offset + (its index in categories), and all zeros if it
 * is unlisted.
 */
export interface CategoricalColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** One-hot: one encoded column per category. */
  readonly kind: 'categorical';
  /** The listed values, in UTF-8 byte order if fitted by fitPreprocessing; '' is the category of missing values. */
  readonly categories: readonly string[];
  /** Index of its first encoded column. */
  readonly offset: number;
  /** Number of encoded columns: that of the categories. */
  readonly width: number;
}

/** A column in the first form of preprocessing files: one encoding of fixed shape. */
export type PlainColumn = NumericColumn | CategoricalColumn;

/** How one raw column is encoded. */
export type PreprocessingColumn = PlainColumn | StepsColumn | TextColumn | ImageColumn;

/** How the columns of a table are encoded; preprocessing files are JSON of this shape. */
export interface Preprocessing {
  /** Limit of standardised numbers, on both sides; above 0. */
  readonly clip: number;
  /** The columns in ascending order of offset, without gaps. */
  readonly columns: readonly PreprocessingColumn[];
  /** Total number of encoded columns. */
  readonly encodedWidth: number;
  /** Spellings of a missing value other than the empty field, in any case; default as in TableOptions. */
  readonly missing?: readonly string[];
}
