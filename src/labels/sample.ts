// De-biasing of large data: fits the map on a sample of the labelled rows and applies it to all rows.

import type { AnyDataset } from '../data/dataset.ts';
import { concatRows, type Dataset, selectRows } from '../data/dataset.ts';
import { matrixRows } from '../data/row-source.ts';
import { countsIn } from '../data/row-weights.ts';
import { sampleRows } from '../data/split.ts';
import { type Features, joinFeatures, pickFeatures } from '../teacher/features.ts';
import { applyDebias, type Debias, fitDebias } from './label-debiasing.ts';

import { pickMargins } from './unknown.ts';

/** With more rows in all parts, the map is fitted on a sample of this many labelled rows. */
export const MAX_FITTED = 32768;

/** Rows with the teacher's margins and, optionally, its standardised features. */
export interface Part {
  readonly data: AnyDataset;
  readonly margins: Float64Array;
  readonly features?: Features | undefined;
  /** The margins of each of several teachers. */
  readonly teachers?: readonly Float64Array[] | undefined;
}

type Options = NonNullable<Parameters<typeof fitDebias>[2]>;

/** A map fitted on the labelled rows of some parts, and the margins it gives them. */
export interface FittedParts {
  /** The map. */
  readonly debias: Debias;
  /** d of each part's rows, float64 [rows]; a row of the sample gets it from a fit without its fold. */
  readonly debiased: readonly Float64Array[];
  /** The best estimate of the true log-odds of each part's rows, for selecting a student; float64 [rows]. */
  readonly selectionMargins: readonly Float64Array[];
  /** The alternatives of several teachers: other maps with their d. */
  readonly alternatives?: readonly Pick<FittedParts, 'debias' | 'debiased'>[];
}

/** Fits one map on the labelled rows of all parts. @throws DebkdError as fitDebias */
export async function fitParts(parts: readonly Part[], options: Options): Promise<FittedParts> {
  const total = parts.reduce((sum, { data }) => sum + data.rows, 0);
  const fitsAll = total <= MAX_FITTED;
  const rows = fitsAll ? parts.map(({ data }) => allRows(data.rows)) : sampleOf(parts);
  const samples = parts.map((part, k) => rowsOf(part, rows[k] as Uint32Array));
  const { alternatives, ...debias } = await fitDebias(
    join(samples.map(({ margins }) => margins)),
    samples.map(({ data }) => data).reduce(concatRows),
    { ...options, features: joined(samples), teachers: joinedTeachers(samples) },
  );
  const spread = (fitted: Float64Array, as: 'labels' | 'selection', map: Debias = debias): Float64Array[] => {
    let at = 0;
    return parts.map(({ data, margins, features, teachers }, k) => {
      const chosen = rows[k] as Uint32Array;
      const d = fitsAll ? new Float64Array(data.rows) : applyDebias(map, margins, data, { features, as, teachers });
      for (const row of chosen) d[row] = fitted[at++] as number;
      return d;
    });
  };
  return {
    debias,
    debiased: spread(debias.crossFitted, 'labels'),
    selectionMargins: spread(debias.selectionMargins, 'selection'),
    ...(alternatives && {
      alternatives: alternatives.map((map) => ({
        debias: map,
        debiased: spread(map.crossFitted, 'labels', map),
      })),
    }),
  };
}

/** At most MAX_FITTED labelled rows of all parts, drawn with equal probabilities, independent of the seed. */
function sampleOf(parts: readonly Part[]): Uint32Array[] {
  const ends: number[] = [];
  const labelled: number[] = [];
  let before = 0;
  for (const { data } of parts) {
    for (let i = 0; i < data.rows; i++) if (countsIn(data)(i)) labelled.push(before + i);
    before += data.rows;
    ends.push(before);
  }
  const chosen = sampleRows(Uint32Array.from(labelled), MAX_FITTED, 0);
  return ends.map((end, k) => {
    const start = ends[k - 1] ?? 0;
    return chosen.filter((row) => row >= start && row < end).map((row) => row - start);
  });
}

const allRows = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, i) => i);

function rowsOf({ data, margins, features, teachers }: Part, rows: Uint32Array): Part & { readonly data: Dataset } {
  const whole = rows.length === data.rows;
  return {
    data: whole && matrixRows(data.features).all ? (data as Dataset) : selectRows(data, rows),
    margins: whole ? margins : Float64Array.from(rows, (row) => margins[row] as number),
    features: features && !whole ? pickFeatures(features, rows) : features,
    teachers: teachers && !whole ? teachers.map((each) => pickMargins(each, rows)) : teachers,
  };
}

function join(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The margins of each teacher over all parts. */
function joinedTeachers(parts: readonly Part[]): readonly Float64Array[] | undefined {
  return parts[0]?.teachers?.map((_, k) => join(parts.map(({ teachers }) => teachers?.[k] as Float64Array)));
}

function joined(parts: readonly Part[]): Features | undefined {
  const features = parts.flatMap((part) => (part.features ? [part.features] : []));
  return features.length < parts.length ? undefined : features.length === 1 ? features[0] : joinFeatures(features);
}
