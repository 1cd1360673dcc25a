// Label de-biasing of a training and a validation part; each labelled row gets its d from a fit without its label.
import type { AnyDataset } from '../data/dataset.ts';
import { keepRows } from '../data/keep-rows.ts';
import { checkLength } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Threads } from '../io/threads.ts';
import { type Features, featureScale, joinFeatures, pickFeatures, standardiseFeatures } from '../teacher/features.ts';
import type { AblationComponent, DebiasMethod } from './debias-names.ts';
import { applyDebias, type Debias } from './label-debiasing.ts';
import { detectLeakage, type Leakage } from './leakage.ts';
import { type FittedParts, fitParts } from './sample.ts';
import { knownRows, orMargins, pickMargins, spreadMargins } from './unknown.ts';

/** Rows with the teacher's margins and, optionally, its features. */
export interface LabelledPart {
  /** The rows. */
  readonly data: AnyDataset;
  /** The teacher's margins, float64 [rows]; NaN for a row without a soft label. */
  readonly margins: Float64Array;
  /** The margins of each of several teachers, float64 [rows]; `margins` is their mean. Default: one teacher. */
  readonly teachers?: readonly Float64Array[] | undefined;
  /** The teacher's features, not standardised; unused beyond MAX_FEATURES numbers of both parts. */
  readonly features?: Features | undefined;
}

/** De-biased margins and selection margins of both parts, and the fitted map. */
export interface DebiasedParts {
  /** The fitted map. */
  readonly debias: Debias;
  /** De-biased margins, float64 [rows]; NaN for a row without a soft label. */
  readonly debiased: { readonly train: Float64Array; readonly validation: Float64Array };
  /** The best estimate of the true log-odds, for selecting a student; float64 [rows]. */
  readonly selectionMargins: { readonly train: Float64Array; readonly validation: Float64Array };
  /** Whether the teacher seems to have been fitted on the training rows. */
  readonly leakage: Leakage;
  /**
   * With several teachers, other ways to weigh them: their equal mean, and the stack with the lowest log-loss; `debias` is halfway.
   * distill trains a student of each, and keeps the weights of the best.
   */
  readonly alternatives?: readonly Pick<DebiasedParts, 'debias' | 'debiased'>[];
}

/** The most feature values (rows times width, both parts) that are used; with more rows the labels suffice without them. */
export const MAX_FEATURES: number = 2 ** 22;

function fitsFeatures(train: LabelledPart, validation: LabelledPart): boolean {
  const width = train.features?.width ?? Infinity;
  return validation.features !== undefined && (train.data.rows + validation.data.rows) * width <= MAX_FEATURES;
}

/** Keeps the fit on the validation rows, which does not depend on the training rows. */
export interface ValidationFit {
  /** Set by the first call that needs it. */
  fit?: Promise<FittedParts>;
}

/**
 * De-biases the margins of two parts. The map is cross-fitted on the labelled rows of both: a row's label affects the d of other
 * rows, never its own. If the teacher was clearly fitted on the training rows (detectLeakage), its margins there hide its bias,
 * and the map is fitted on the validation rows only. With more than 32,768 rows it is fitted on a sample of 32,768 labelled ones,
 * because a map has few parameters. Weights of the rows apply to all of this. Rows without a soft label take no part, and have no
 * de-biased margin.
 * @param options.method default auto
 * @param options.ablate components to leave out, as of fitDebias; default none
 * @param options.threads where the maps are fitted, which changes no result; default this thread
 * @param options.validationFit share it between calls with the same validation part and method; default a new one
 * @throws DebkdError `value` if lengths differ, `rows` if no training row has a soft label; otherwise as fitDebias
 * @example
 * const soft = { train: await softLabels(teacher, train), validation: await softLabels(teacher, validation) };
 * const { debiased, selectionMargins } = await debiasParts(
 *   { data: train, margins: soft.train.margins },
 *   { data: validation, margins: soft.validation.margins },
 * );
 * const student = await fit({ hidden: [16] }, train, { margins: debiased.train }, debiasedDistillation(), {
 *   seed: 1,
 *   validation: debiasedSelection(validation, selectionMargins.validation),
 * });
 */
export async function debiasParts(
  train: LabelledPart,
  validation: LabelledPart,
  options: DebiasOptions = {},
): Promise<DebiasedParts> {
  for (const { data, margins } of [train, validation]) checkLength('label de-biasing', 'margins', margins, data.rows);
  const known = { train: knownRows(train.margins), validation: knownRows(validation.margins) };
  if (!known.train && !known.validation) return debiasKnown(train, validation, options);
  if (known.train?.length === 0) {
    throw new DebkdError('rows', {
      subject: 'training part',
      seen: 'no row has a soft label',
      expected: 'at least one',
      remedy: { id: 'add-rows' },
    });
  }
  const { debiased, selectionMargins, alternatives, ...rest } = await debiasKnown(
    partOf(train, known.train),
    partOf(validation, known.validation),
    options,
  );
  const spread = (of: DebiasedParts['debiased']): DebiasedParts['debiased'] => ({
    train: known.train ? spreadMargins(of.train, known.train, train.data.rows) : of.train,
    validation: known.validation ? spreadMargins(of.validation, known.validation, validation.data.rows) : of.validation,
  });
  return {
    ...rest,
    debiased: spread(debiased),
    selectionMargins: spread(selectionMargins),
    ...(alternatives && {
      alternatives: alternatives.map((one) => ({ debias: one.debias, debiased: spread(one.debiased) })),
    }),
  };
}

/** Options of debiasParts. */
type DebiasOptions = {
  method?: DebiasMethod | undefined;
  ablate?: readonly AblationComponent[] | undefined;
  validationFit?: ValidationFit;
  threads?: Threads | undefined;
} & ProgressOptions;

/** The given rows of a part; all if undefined. */
function partOf(part: LabelledPart, rows: Uint32Array | undefined): LabelledPart {
  if (!rows) return part;
  return {
    data: keepRows(part.data, rows),
    margins: pickMargins(part.margins, rows),
    teachers: part.teachers?.map((each) => pickMargins(each, rows)),
    features: part.features && pickFeatures(part.features, rows),
  };
}

/** The margins of each teacher; the mean of the others where one does not know a row. */
function teachersOf({ teachers, margins }: LabelledPart): readonly Float64Array[] | undefined {
  return teachers?.map((each) => orMargins(each, margins));
}

/** Whether a teacher was fitted on the training rows; of several, the one with the clearest signs. */
function leakageOf(train: TeachersOfPart, heldOut: TeachersOfPart): Leakage {
  const sideOf = ({ data: { labels, weights } }: TeachersOfPart, margins: Float64Array) => ({
    margins,
    labels,
    weights,
  });
  const all = train.teachers.map((margins, k) =>
    detectLeakage(sideOf(train, margins), sideOf(heldOut, heldOut.teachers[k] as Float64Array)),
  );
  return all.reduce((most, next) => (next.z > most.z ? next : most));
}

/** The rows of a part and the margins of each teacher. */
interface TeachersOfPart {
  readonly data: AnyDataset;
  readonly teachers: readonly Float64Array[];
}

/** De-biases parts in which every row has a soft label. The validation part may be empty. */
async function debiasKnown(
  train: LabelledPart,
  validation: LabelledPart,
  options: DebiasOptions,
): Promise<DebiasedParts> {
  const { method = 'auto', ablate = [], validationFit = {}, threads, signal, onProgress } = options;
  const watch = { method, ablate, threads, signal, onProgress };
  const [v, w] = [train.margins, validation.margins];
  const [trainTeachers, validationTeachers] = [teachersOf(train), teachersOf(validation)];
  const leakage = leakageOf(
    { data: train.data, teachers: trainTeachers ?? [v] },
    { data: validation.data, teachers: validationTeachers ?? [w] },
  );
  const both = fitsFeatures(train, validation) && [train.features as Features, validation.features as Features];
  if (leakage.leaked) {
    const scale = both ? featureScale(both[1] as Features) : undefined;
    const [trainFeatures, validationFeatures] = both
      ? both.map((features) => standardiseFeatures(features, scale))
      : [];
    validationFit.fit ??= fitParts(
      [{ data: validation.data, margins: w, features: validationFeatures, teachers: validationTeachers }],
      watch,
    );
    const { debias, debiased, selectionMargins, alternatives } = await validationFit.fit;
    const apply = (as: 'labels' | 'selection', map: Debias = debias): Float64Array =>
      applyDebias(map, v, train.data, { features: trainFeatures, teachers: trainTeachers, as });
    return {
      debias,
      debiased: { train: apply('labels'), validation: debiased[0] as Float64Array },
      selectionMargins: { train: apply('selection'), validation: selectionMargins[0] as Float64Array },
      leakage,
      ...(alternatives && {
        alternatives: alternatives.map((one) => ({
          debias: one.debias,
          debiased: { train: apply('labels', one.debias), validation: one.debiased[0] as Float64Array },
        })),
      }),
    };
  }
  const scale = both ? featureScale(joinFeatures(both)) : undefined;
  const [trainFeatures, validationFeatures] = both ? both.map((features) => standardiseFeatures(features, scale)) : [];
  const parts = [
    { data: train.data, margins: v, features: trainFeatures, teachers: trainTeachers },
    { data: validation.data, margins: w, features: validationFeatures, teachers: validationTeachers },
  ];
  const { debias, debiased, selectionMargins, alternatives } = await fitParts(
    parts.filter(({ data }) => data.rows > 0),
    watch,
  );
  const named = ([one, other]: readonly Float64Array[]) => ({
    train: one as Float64Array,
    validation: other ?? new Float64Array(0),
  });
  return {
    debias,
    debiased: named(debiased),
    selectionMargins: named(selectionMargins),
    leakage,
    ...(alternatives && {
      alternatives: alternatives.map((one) => ({ debias: one.debias, debiased: named(one.debiased) })),
    }),
  };
}
