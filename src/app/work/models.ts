// Opens the models of the page, with their preprocessings and the configuration.
import { type Preprocessing, parsePreprocessing } from '../../data/preprocessing.ts';
import { jsonOf } from '../../io/source.ts';
import { parseInputs } from '../../settings/inputs.ts';
import type { Values } from '../../settings/values.ts';
import type { Convention } from '../../teacher/reading.ts';
import type { Teacher } from '../../teacher/teacher.ts';
import type { Host } from '../../worker/serve.ts';
import type { TeacherFiles } from '../input-messages.ts';
import { type SortedJsons, sortJsons } from '../json-files.ts';
import type { Models } from './inputs.ts';

/** Threads of the teacher, and of the fits. */
export const THREADS: number = Math.min(4, globalThis.navigator?.hardwareConcurrency || 1);

/**
 * Opens the models.
 * @param text columns of texts that the user has stated
 * @throws DebkdError as loadTeacher; `preprocessing`; `usage` for malformed inputs
 */
export async function openModels(
  files: TeacherFiles,
  loadTeacher: Host['loadTeacher'],
  text?: readonly string[],
): Promise<Models> {
  const { models: chosen = [], jsons = [], externalData, convention, positiveClass, inputs, maxLength } = files;
  const named = chosen as readonly File[];
  const sorted = await sortJsons(jsons as readonly File[], named);
  const { own, config, imageConfig, tokenizer, tokenizerConfig } = sorted;
  const shared = await read(sorted.shared);
  const options = {
    ...(config && { config }),
    ...(imageConfig && { imageConfig }),
    ...(tokenizer && { tokenizer }),
    ...(tokenizerConfig && { tokenizerConfig }),
    ...(maxLength && { maxLength: Number(maxLength) }),
    ...(text && { text }),
    ...(convention && { convention: convention as Convention }),
    ...(positiveClass && { positiveClass: positiveClass as 'first' | 'second' }),
    ...(files.class !== undefined && { class: files.class }),
    ...(inputs && { inputs: parseInputs(inputs) }),
    ...(externalData && { externalData: new Map(externalData.map((blob) => [(blob as File).name, blob])) }),
  };
  // a page shares the machine, and each thread holds the model
  const models: Teacher[] = [];
  // the same object, so that teachers with the same preprocessing share their encoded rows
  const preprocessings: (Preprocessing | undefined)[] = [];
  try {
    for (const [k, file] of named.entries()) {
      const preprocessing = own[k] ? await read(own[k]) : shared;
      models.push(await loadTeacher(file, { ...options, threads: THREADS, ...(preprocessing && { preprocessing }) }));
      preprocessings.push(preprocessing);
    }
  } catch (error) {
    for (const model of models) model[Symbol.dispose]?.();
    throw error;
  }
  const [only, ...others] = named;
  return {
    models,
    preprocessings,
    preprocessing: shared ?? preprocessings[0],
    settings: settingsOf(files, sorted),
    teacherFile: only && others.length === 0 ? { name: only.name, bytes: only.size } : undefined,
  };
}

async function read(file: File | undefined): Promise<Preprocessing | undefined> {
  return file && parsePreprocessing(await jsonOf(file), file.name);
}

/** The command line's options. It finds config.json in the model's folder, and tokenizer_config.json in the tokenizer's folder. */
function settingsOf(
  { models = [], convention, positiveClass, inputs, class: named, maxLength }: TeacherFiles,
  { own, shared, tokenizer, imageConfig }: SortedJsons<File>,
): Values {
  const files = models.map((model, k) => `${(model as File).name}${own[k] ? `=${own[k].name}` : ''}`);
  return {
    ...(files.length > 0 && { teacher: files }),
    ...(shared && { preprocessing: shared.name }),
    ...(tokenizer && { tokenizer: tokenizer.name }),
    ...(imageConfig && { 'image-config': imageConfig.name }),
    ...(maxLength && { 'max-length': maxLength }),
    ...(convention && { convention }),
    ...(positiveClass && { 'positive-class': positiveClass }),
    ...(named !== undefined && { class: named }),
    ...(inputs && { inputs }),
  };
}
