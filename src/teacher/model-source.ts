// Finds what belongs to a model: the file in a folder, the names and the kind of its classes, its preprocessing.
import type { Preprocessing } from '../data/preprocessing.ts';
import { quote } from '../io/errors.ts';
import { jsonOf, nameOf, type Source } from '../io/source.ts';
import { isSource, type ModelConfig, parseConfig, readConfig } from './model-config.ts';

/** A model and the files that say how to read it. */
export interface ModelSource {
  /** The model's file. */
  readonly source: Source;
  /** What the configuration says; empty if there is none. */
  readonly parsed: ModelConfig;
  /** The content of the configuration; undefined without one. */
  readonly config: unknown;
  /** The configuration's name, for messages. */
  readonly configName: string;
  /** Whether the configuration is only in the model's folder: it gives names and nothing else. */
  readonly isBeside: boolean;
  /** The content of preprocessor_config.json; undefined without one. */
  readonly imageConfig: { readonly value: unknown; readonly name: string } | undefined;
  /** The path of a preprocessor_config.json that may belong to another model. */
  readonly unclearImageConfig: string | undefined;
  /** The preprocessing that was given, or that of the folder. */
  readonly preprocessing: Preprocessing | undefined;
  /** Notes for the user. */
  readonly notes: readonly string[];
}

/** The options that name these files. */
interface Given {
  readonly config?: Source | Readonly<Record<string, unknown>> | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  readonly imageConfig?: Source | Readonly<Record<string, unknown>> | undefined;
}

/** The path or file URL of a source in the host's file system; undefined for others. */
export function pathOf(source: Source): string | undefined {
  if (source instanceof URL) return source.protocol === 'file:' ? source.href : undefined;
  return typeof source === 'string' && !/^(https?|blob|data):/.test(source) ? source : undefined;
}

/**
 * Finds a model's files.
 * @throws DebkdError `source`, `teacher` or `preprocessing`
 */
export async function resolveModel(
  source: Source,
  { config, preprocessing, imageConfig }: Given,
): Promise<ModelSource> {
  const path = pathOf(source);
  const { filesOfModel } = path === undefined ? {} : await import('./model-folder.ts');
  const found = path === undefined ? undefined : await filesOfModel?.(path, preprocessing === undefined);
  const given = config === undefined ? undefined : await readConfig(config);
  const used = given ?? found?.config;
  const isBeside = !given && found?.config !== undefined && found.folder === undefined;
  const { names, problem } = used ? parseConfig(used.value, used.name) : {};
  const own = found?.preprocessing;
  return {
    source: found?.folder === undefined ? source : found.model,
    parsed: { ...(names && { names }), ...(problem && !isBeside && { problem }) },
    config: used?.value,
    configName: used?.name ?? '',
    imageConfig: imageConfig === undefined ? found?.imageConfig : await readImageConfig(imageConfig),
    unclearImageConfig: imageConfig === undefined ? found?.unclearImageConfig : undefined,
    isBeside,
    preprocessing: preprocessing ?? own?.value,
    notes: own ? [`teacher: the preprocessing is that of its folder, ${quote(own.name, 200)}`] : [],
  };
}

/** An image configuration, as an object or a source of its JSON. @throws DebkdError `source` or `teacher` */
async function readImageConfig(given: Source | object): Promise<{ value: unknown; name: string }> {
  if (!isSource(given)) return { value: given, name: 'image configuration' };
  return { value: await jsonOf(given), name: nameOf(given) };
}
