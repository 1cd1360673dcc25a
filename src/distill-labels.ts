// Gets what a distillation needs from its teacher: soft labels and hidden features.

import type { AnyDataset } from './data/dataset.ts';
import { selectRows } from './data/dataset.ts';
import { hintOf } from './distill-hint.ts';
import type { CompleteOptions, Distillation } from './distill-options.ts';
import type { Progress } from './io/progress.ts';
import { debiasesRichly } from './labels/candidates.ts';
import { type LabelledPart, MAX_FEATURES } from './labels/debias-parts.ts';
import { datasetOf, layerOf } from './teacher/combine-teachers.ts';
import type { Features } from './teacher/features.ts';
import { hiddenFeatures } from './teacher/hidden-features.ts';
import { meanSoftLabels, type SoftLabels, softLabels } from './teacher/soft-labels.ts';
import { teacherAnswers } from './teacher/teacher-answers.ts';

/** The teacher's hidden features of both parts. */
export interface HiddenFeatures {
  readonly train: Features;
  readonly validation: Features;
  /** Whether maps of label de-biasing look at them; with few labels only hints do. */
  readonly areForMaps: boolean;
}

/** Both parts with the teacher's answers, for label de-biasing. */
export function labelledParts(
  { train, validation }: CompleteOptions,
  soft: Distillation['soft'],
  given: HiddenFeatures | undefined,
): [train: LabelledPart, validation: LabelledPart] {
  const features = given?.areForMaps ? given : undefined;
  return [
    { data: train, margins: soft.train.margins, teachers: eachOf(soft.train), features: features?.train },
    {
      data: validation,
      margins: soft.validation.margins,
      teachers: eachOf(soft.validation),
      features: features?.validation,
    },
  ];
}

/** The margins of each of several teachers; undefined for one. */
function eachOf({ each }: SoftLabels): readonly Float64Array[] | undefined {
  return each?.map(({ margins }) => margins);
}

/** The hidden layer that a map of the method or a hint looks at; undefined if none does. */
export function wantedLayer(options: CompleteOptions): { layer: string; areForMaps: boolean } | undefined {
  const { teacher, train, validation, debias = 'auto', ablate = [] } = options;
  if (ablate.includes('features')) return undefined;
  const found = teacher.hiddenLayer();
  const areForMaps = ['auto', 'residual', 'stack'].includes(debias) && debiasesRichly([train, validation]);
  if ('why' in found || (!areForMaps && hintOf(options) === undefined)) return undefined;
  return { layer: found.layer, areForMaps };
}

/** What the teacher answers for both parts. */
export interface PartAnswers {
  readonly soft: Distillation['soft'];
  /** Undefined if neither a map of the method nor a hint looks at the hidden layer, or it is too large. */
  readonly features: HiddenFeatures | undefined;
}

/** Asks the teacher about both parts. */
export async function teacherAnswersOf(options: CompleteOptions): Promise<PartAnswers> {
  const wanted = await fittingLayer(options);
  const train = await askPart('train', options.train, options, wanted?.layer);
  const validation = await askPart('validation', options.validation, options, wanted?.layer);
  const soft = { train: train.soft, validation: validation.soft };
  if (!wanted || !train.features || !validation.features) return { soft, features: undefined };
  const { areForMaps } = wanted;
  return { soft, features: { train: train.features, validation: validation.features, areForMaps } };
}

/** The hidden layer that is wanted, if its values are not too many; one row tells their number. */
async function fittingLayer(options: CompleteOptions): Promise<ReturnType<typeof wantedLayer>> {
  const { teacher, train, validation, cache, signal } = options;
  const wanted = wantedLayer(options);
  if (!wanted) return undefined;
  const { layer } = wanted;
  const { width } = await hiddenFeatures(teacher, selectRows(validation, Uint32Array.of(0)), { layer, cache, signal });
  return (train.rows + validation.rows) * width > MAX_FEATURES ? undefined : wanted;
}

/** The teacher's answers for a part; soft labels are from the checkpoint if it has them. @param layer the hidden layer to read, if any */
async function askPart(
  part: string,
  data: AnyDataset,
  options: CompleteOptions,
  layer: string | undefined,
): Promise<{ soft: SoftLabels; features?: Features }> {
  const { teacher, checkpoint, cache, signal, onProgress } = options;
  if (teacher.given || teacher.student) return { soft: await softLabels(teacher, data) };
  if (teacher.parts) {
    const layered = layer === undefined ? undefined : layerOf(teacher.parts, layer).place;
    const each: { soft: SoftLabels; features?: Features }[] = [];
    for (const [place, one] of teacher.parts.entries()) {
      const own = place === layered ? layer : undefined;
      const name = `${part}, teacher ${place + 1}`;
      each.push(await askPart(name, datasetOf(data, place), { ...options, teacher: one }, own));
    }
    const { features } = each[layered ?? 0] as (typeof each)[number];
    return { soft: meanSoftLabels(each.map(({ soft }) => soft)), ...(features && { features }) };
  }
  // without a cache, the checkpoint keeps the teacher's answers block by block
  const watch = { cache: cache ?? checkpoint, signal, onProgress };
  const name = `margins ${part}`;
  const stored = await checkpoint?.get(name);
  if (stored) {
    const soft = decodeSoft(stored, data.rows, teacher.text !== undefined);
    if (layer === undefined) return { soft };
    // the step of the plan in which the teacher is asked
    const asked = onProgress && ((progress: Progress) => onProgress({ ...progress, stage: 'soft labels' }));
    return { soft, features: await hiddenFeatures(teacher, data, { ...watch, layer, onProgress: asked }) };
  }
  const answers: { soft: SoftLabels; features?: Features } =
    layer === undefined
      ? { soft: await softLabels(teacher, data, watch) }
      : await teacherAnswers(teacher, data, { ...watch, layer });
  await checkpoint?.put(name, encodeSoft(answers.soft));
  return answers;
}

/** The number of limited margins, the margins, and the counts of texts. */
function encodeSoft({ margins, clippedCount, texts }: SoftLabels): Uint8Array {
  const numbers = new Float64Array(1 + margins.length + (texts ? 2 : 0));
  numbers[0] = clippedCount;
  numbers.set(margins, 1);
  if (texts) numbers.set([texts.cut, texts.empty], 1 + margins.length);
  return new Uint8Array(numbers.buffer);
}

function decodeSoft(stored: Uint8Array, rows: number, isText: boolean): SoftLabels {
  const numbers = new Float64Array(new Uint8Array(stored).buffer);
  const [clippedCount = 0, cut = 0, empty = 0] = [numbers[0], ...numbers.slice(1 + rows)];
  return {
    margins: numbers.slice(1, 1 + rows),
    clippedCount,
    cached: rows,
    ...(isText && { texts: { cut, empty } }),
  };
}
