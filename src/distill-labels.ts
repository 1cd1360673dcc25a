// Gets what a distillation needs from its teacher: soft labels and hidden features.

import type { AnyDataset } from './data/dataset.ts';
import { selectRows } from './data/dataset.ts';
import { hintOf } from './distill-hint.ts';
import type { CompleteOptions, Distillation } from './distill-options.ts';
import { debiasesRichly } from './labels/candidates.ts';
import { type LabelledPart, MAX_FEATURES } from './labels/debias-parts.ts';
import { datasetOf } from './teacher/combine-teachers.ts';
import type { Features } from './teacher/features.ts';
import { hiddenFeatures } from './teacher/hidden-features.ts';
import { meanSoftLabels, type SoftLabels, softLabels } from './teacher/soft-labels.ts';

/** Soft labels of both parts. */
export async function softLabelsOf(options: CompleteOptions): Promise<Distillation['soft']> {
  return {
    train: await labelsOf('train', options.train, options),
    validation: await labelsOf('validation', options.validation, options),
  };
}

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

/** The teacher's hidden features of both parts; undefined if neither a map of the method nor a hint uses them. */
export async function hiddenFeaturesOf(options: CompleteOptions): Promise<HiddenFeatures | undefined> {
  const { teacher, train, validation, cache, signal, onProgress } = options;
  const wanted = wantedLayer(options);
  if (!wanted) return;
  const { layer, areForMaps } = wanted;
  const watch = { layer, cache, signal, onProgress };
  const { width } = await hiddenFeatures(teacher, selectRows(validation, Uint32Array.of(0)), watch);
  if ((train.rows + validation.rows) * width > MAX_FEATURES) return;
  return {
    train: await hiddenFeatures(teacher, train, watch),
    validation: await hiddenFeatures(teacher, validation, watch),
    areForMaps,
  };
}

/** Soft labels of a part, from the checkpoint if it has them. */
async function labelsOf(part: string, data: AnyDataset, options: CompleteOptions): Promise<SoftLabels> {
  const { teacher, checkpoint, cache, signal, onProgress } = options;
  if (teacher.given || teacher.student) return softLabels(teacher, data);
  if (teacher.parts) {
    const each: SoftLabels[] = [];
    for (const [place, one] of teacher.parts.entries())
      each.push(await labelsOf(`${part}, teacher ${place + 1}`, datasetOf(data, place), { ...options, teacher: one }));
    return meanSoftLabels(each);
  }
  const name = `margins ${part}`;
  const stored = await checkpoint?.get(name);
  if (stored) {
    const numbers = new Float64Array(new Uint8Array(stored).buffer);
    const [clippedCount = 0, cut = 0, empty = 0] = [numbers[0], ...numbers.slice(1 + data.rows)];
    return {
      margins: numbers.slice(1, 1 + data.rows),
      clippedCount,
      cached: data.rows,
      ...(teacher.text && { texts: { cut, empty } }),
    };
  }
  // without a cache, the checkpoint keeps the teacher's answers block by block
  const blocks = cache ?? checkpoint;
  const soft = await softLabels(teacher, data, { cache: blocks, signal, onProgress });
  const { texts } = soft;
  const numbers = new Float64Array(1 + data.rows + (texts ? 2 : 0));
  numbers[0] = soft.clippedCount;
  numbers.set(soft.margins, 1);
  if (texts) numbers.set([texts.cut, texts.empty], 1 + data.rows);
  await checkpoint?.put(name, new Uint8Array(numbers.buffer));
  return soft;
}
