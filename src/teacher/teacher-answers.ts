// Runs a teacher for its margins and its hidden layer at once, or takes them from a cache.
import type { AnyDataset } from '../data/dataset.ts';
import { teacherRows } from '../data/row-source.ts';
import type { LabelCache } from '../io/cache.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { type Block, blocksOf, type Kept, type KeptLabels, keptFeatures, keptLabels, watchBlock } from './blocks.ts';
import { datasetOf, layerOf } from './combine-teachers.ts';
import type { Features } from './features.ts';
import { joinBlocks } from './hidden-features.ts';
import type { CachedLabels } from './label-cache.ts';
import type { KeptFeatures } from './partial-answers.ts';
import { gatherLabels, meanSoftLabels, type SoftLabels, softLabels } from './soft-labels.ts';
import type { Teacher } from './teacher.ts';

/** A teacher's soft labels and features for the rows of a dataset. */
export interface TeacherAnswers {
  readonly soft: SoftLabels;
  readonly features: Features;
}

/** The stage of progress: the rows are asked once. */
const STAGE = 'soft labels';

/**
 * The same as softLabels and hiddenFeatures, with one run of the model for each row where Teacher.answers needs no more.
 * @param options.layer a layer that the teacher has
 * @param options.cache as in softLabels; it has the same entries
 * @throws DebkdError as softLabels and hiddenFeatures; the signal's reason, if aborted
 */
export async function teacherAnswers(
  teacher: Teacher,
  dataset: AnyDataset,
  options: { readonly layer: string; readonly cache?: LabelCache | undefined } & ProgressOptions,
): Promise<TeacherAnswers> {
  const { layer, cache, signal, onProgress } = options;
  if (teacher.parts) {
    const { place: layered } = layerOf(teacher.parts, layer);
    const each: SoftLabels[] = [];
    let features: Features | undefined;
    for (const [place, part] of teacher.parts.entries()) {
      const data = datasetOf(dataset, place);
      if (place !== layered) each.push(await softLabels(part, data, { cache, signal, onProgress }));
      else {
        const both = await teacherAnswers(part, data, options);
        each.push(both.soft);
        features = both.features;
      }
    }
    return { soft: meanSoftLabels(each), features: features as Features };
  }
  const parts: Float32Array[] = [];
  const { rows } = teacherRows(dataset.teacherInputs);
  const soft = gatherLabels(rows);
  for (const block of blocksOf(teacher, dataset, signal)) {
    const labels = await keptLabels(cache, block);
    const hidden = await keptFeatures(cache, block, layer);
    const watch = { firstRow: block.from, signal, ...watchBlock(options, block, STAGE) };
    const asked = { block, layer, labels, hidden, watch };
    const { margins, features } = labels.known || hidden.known ? await askMissing(asked) : await askBoth(asked);
    soft.add(block, margins, labels.cached);
    parts.push(features);
    onProgress?.({ stage: STAGE, done: block.to, total: block.total });
  }
  return { soft: soft.finish(), features: joinBlocks(parts, rows) };
}

/** What is asked about a block. */
interface AskedBlock {
  readonly block: Block;
  readonly layer: string;
  readonly labels: KeptLabels;
  readonly hidden: Kept<Float32Array, KeptFeatures>;
  readonly watch: { readonly firstRow: number } & ProgressOptions;
}

interface BlockAnswers {
  readonly margins: CachedLabels;
  readonly features: Float32Array;
}

async function askBoth({ block, layer, labels, hidden, watch }: AskedBlock): Promise<BlockAnswers> {
  const partial = { margins: labels.partial, features: hidden.partial };
  const { features, ...margins } = await block.reader.answers(block.rows, layer, { ...watch, partial });
  await labels.put(margins);
  await hidden.put(features.values);
  return { margins, features: features.values };
}

/** Asks for what the cache does not have. */
async function askMissing({ block, layer, labels, hidden, watch }: AskedBlock): Promise<BlockAnswers> {
  const { reader, rows } = block;
  let margins = labels.known;
  if (!margins) {
    margins = await reader.margins(rows, { ...watch, partial: labels.partial });
    await labels.put(margins);
  }
  let features = hidden.known;
  if (!features) {
    ({ values: features } = await reader.features(rows, layer, { ...watch, partial: hidden.partial }));
    await hidden.put(features);
  }
  return { margins, features };
}
