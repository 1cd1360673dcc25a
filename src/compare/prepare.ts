// Checks the options of a comparison, and runs the teacher for its methods.
import { type Dataset, selectRows } from '../data/dataset.ts';
import { checkPartWeights } from '../data/row-weights.ts';
import { checkName } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { checkAblation, checkLabels } from '../labels/candidates.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import { checkStrength } from '../labels/knowledge-infusion.ts';
import { pickMargins, usableRows } from '../labels/unknown.ts';
import { debiasedDistillation } from '../loss/debiased-distillation.ts';
import { checkArchitecture } from '../student/architecture.ts';
import { checkClassWeight } from '../student/class-weight.ts';
import { checkFitOptions } from '../student/fit-options.ts';
import { SELECTIONS } from '../student/selection.ts';
import { chooseTextWeights } from '../student/text-weights.ts';
import type { Features } from '../teacher/features.ts';
import { type SoftLabels, softLabels } from '../teacher/soft-labels.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { teacherAnswers } from '../teacher/teacher-answers.ts';
import { type CompareInputs, withoutTeacher } from './compare-inputs.ts';
import type { CompareOptions } from './compare-options.ts';
import type { Method } from './method.ts';
import type { DebiasedOptions } from './method-inputs.ts';
import { METHODS } from './method-names.ts';
import { methodSpec } from './methods.ts';

/** Default number of resamples of the test rows. */
const REPLICATES = 500;

/** Picks the options of the de-biased methods. */
function debiasedOptionsOf({ debias, ablate, infusion, temperature, alpha, select }: CompareOptions): DebiasedOptions {
  return { debias, ablate, infusion, temperature, alpha, select };
}

/** Checks the options of the de-biased methods. @throws DebkdError for an option that no setting could be trained with */
function checkDebiasedOptions(
  { debias = 'auto', infusion, temperature, alpha, select = 'debiased', ablate = [] }: DebiasedOptions,
  tune: boolean,
  parts: readonly Dataset[],
): void {
  const { form = 'mix', strength = 'auto' } = infusion ?? {};
  checkName('compare: select', select, SELECTIONS);
  checkName('knowledge infusion: form', form, INFUSION_FORMS);
  if (strength === 'auto' && !tune && form !== 'mix' && form !== 'none') {
    throw new DebkdError('value', {
      subject: 'compare',
      seen: `infusion ${form} has no strength, and none is tried without tuning`,
      remedy: [{ id: 'give-strength', form }, { id: 'tune' }],
    });
  }
  checkAblation(debias, ablate);
  debiasedDistillation({ temperature: temperature ?? 1, alpha: alpha ?? 1 });
  if (typeof infusion?.strength === 'number') checkStrength(infusion.form, infusion.strength);
  const labels = Int8Array.from(parts.flatMap((part) => [...part.labels]));
  const weighted = parts.every((part) => part.weights);
  const weights = Float64Array.from(weighted ? parts.flatMap((part) => [...(part.weights as Float64Array)]) : []);
  checkLabels({ labels, ...(weighted && { weights }) }, debias);
}

/** Checks the options and collects the teacher's margins and features. @throws DebkdError as compare */
export async function prepare(
  methods: readonly Method[],
  options: CompareOptions,
): Promise<{ inputs: CompareInputs; layer: string | null }> {
  const { teacher, data, cache, signal, onProgress, epochs, batchSize, optimizer, dropout, augment } = options;
  const { test } = data;
  if (methods.length === 0)
    throw new DebkdError('value', {
      subject: 'compare',
      seen: 'no methods',
      expected: `some of ${METHODS.join(', ')}`,
    });
  if (!test.labels.some((y) => y === 1) || !test.labels.some((y) => y === 0)) {
    throw new DebkdError('rows', {
      subject: 'compare',
      seen: 'the test rows have labels of one class at most',
      expected: 'both classes',
      remedy: 'give labelled test rows of both classes',
    });
  }
  for (const [name, value, least] of [
    ['training rows', options.trainRows, 1],
    ['replicates', options.replicates, 0],
  ] as const)
    if (value !== undefined && !(value >= least))
      throw new DebkdError('value', { subject: 'compare', seen: `${value} ${name}`, expected: `${least} or more` });
  const student = checkArchitecture(options.student);
  checkDebiasedOptions(options, options.tune === true, [data.train, data.validation]);
  checkClassWeight(options.classWeight);
  checkPartWeights(data);
  checkFitOptions({ student, seed: 1, epochs, batchSize, optimizer, dropout, augment }, data.train.rows);
  const watch = { cache, signal, onProgress };
  const found = teacher.hiddenLayer(options.layer);
  const wanted = wantsFeatures(methods);
  const layer = wanted && 'layer' in found ? found.layer : undefined;
  const ask = async (part: Dataset): Promise<{ soft: SoftLabels; features?: Features }> =>
    layer === undefined
      ? { soft: await softLabels(teacher, part, watch) }
      : teacherAnswers(teacher, part, { ...watch, layer });
  const answers = { train: await ask(data.train), validation: await ask(data.validation) };
  const features =
    answers.train.features && answers.validation.features
      ? { train: answers.train.features, validation: answers.validation.features }
      : { why: 'why' in found ? found.why : 'not asked for' };
  const [train, validation] = [
    usablePart(data.train, answers.train.soft),
    usablePart(data.validation, answers.validation.soft),
  ];
  // the penalties of n-grams are the same for all methods
  const weighed = await chooseTextWeights(
    { train: train.data, validation: validation.data },
    { train: train.margins, validation: validation.margins },
    watch,
  );
  const inputs: CompareInputs = {
    train: withoutTeacher(weighed.train as Dataset),
    validation: withoutTeacher(validation.data),
    test: withoutTeacher(test),
    margins: { train: train.margins, validation: validation.margins },
    ...(train.teachers && {
      teachers: train.teachers.map((margins, k) => ({
        train: margins,
        validation: validation.teachers?.[k] as Float64Array,
      })),
    }),
    features,
    student,
    epochs,
    batchSize,
    optimizer,
    dropout,
    augment,
    trainRows: Math.min(options.trainRows ?? train.data.rows, train.data.rows),
    tune: options.tune === true,
    replicates: options.replicates ?? REPLICATES,
    classWeight: options.classWeight,
    debiasedOptions: debiasedOptionsOf(options),
  };
  return { inputs, layer: layer ?? null };
}

/** The inputs of a comparison with teacher `place` of several alone. @param layered the teacher whose features the inputs have */
export function aloneInputs(inputs: CompareInputs, place: number, layered: number): CompareInputs {
  const { teachers = [], ...rest } = inputs;
  const why = 'the hidden features are those of another teacher';
  return {
    ...rest,
    margins: teachers[place] as CompareInputs['margins'],
    features: place === layered || 'why' in inputs.features ? inputs.features : { why },
  };
}

/** The rows with a soft label or a label. @throws DebkdError `rows` if there are none */
function usablePart(
  data: Dataset,
  { margins, each }: SoftLabels,
): { data: Dataset; margins: Float64Array; teachers?: readonly Float64Array[] | undefined } {
  const rows = usableRows(margins, data.labels);
  const teachers = each?.map((one) => one.margins);
  if (!rows) return { data, margins, teachers };
  if (rows.length > 0)
    return {
      data: selectRows(data, rows),
      margins: pickMargins(margins, rows),
      teachers: teachers?.map((one) => pickMargins(one, rows)),
    };
  throw new DebkdError('rows', {
    subject: 'compare',
    seen: 'no row of a part has a soft label or a label',
    expected: 'at least one',
  });
}

function wantsFeatures(methods: readonly Method[]): boolean {
  return methods.map(methodSpec).some(({ needsFeatures, usesFeatures }) => needsFeatures || usesFeatures);
}

/** Returns the layer whose features the methods use; undefined if they use none or the teacher has none. @throws DebkdError `teacher` */
export function featureLayer(
  teacher: Teacher,
  methods: readonly Method[],
  layer: string | undefined,
): string | undefined {
  const found = teacher.hiddenLayer(layer);
  return wantsFeatures(methods) && 'layer' in found ? found.layer : undefined;
}
