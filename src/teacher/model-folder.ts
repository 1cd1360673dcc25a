// Finds a model in a folder, such as a repository of Hugging Face, and its other files. For hosts with a file system.
import { type Preprocessing, parsePreprocessing } from '../data/preprocessing.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { builtin, fsPromises } from '../io/node.ts';
import { jsonOf } from '../io/source.ts';
import { type ModelConfig, parseConfig } from './model-config.ts';

/** The other files in the folder of a model. */
export interface FilesOfModel {
  /** The path of the model. */
  readonly model: string;
  /** The folder, if the caller gave one. */
  readonly folder?: string;
  /** The content of its config.json. */
  readonly config?: { readonly value: unknown; readonly name: string };
  /** The preprocessing of a folder. */
  readonly preprocessing?: { readonly value: Preprocessing; readonly name: string };
}

/** Size limit of the config.json that is read for a model file, in bytes. */
const MAX_CONFIG = 2 ** 24;

/**
 * The model at a path. A path of a folder gives the model in it, its config.json and its preprocessing.json; that of a
 * file gives the file, and the names from config.json in its folder.
 * @param place a path or a file URL
 * @param wantsPreprocessing whether to read the preprocessing of a folder
 * @throws DebkdError `source` if the folder has no model or several; as jsonOf and parsePreprocessing
 */
export async function filesOfModel(place: string, wantsPreprocessing: boolean): Promise<FilesOfModel> {
  const { stat } = await fsPromises();
  const { join, dirname } = await builtin<typeof import('node:path')>('node:path');
  const { fileURLToPath } = await builtin<typeof import('node:url')>('node:url');
  const path = place.startsWith('file:') ? fileURLToPath(place) : place;
  const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined))?.isFile() === true;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    const names = await namesBeside(join(dirname(path), 'config.json'));
    return { model: path, ...(names && { config: { value: { id2label: { ...names } }, name: 'config.json' } }) };
  }
  const model = join(path, await modelIn(path));
  const config = join(path, 'config.json');
  const preprocessing = join(path, 'preprocessing.json');
  return {
    model,
    folder: path,
    ...((await isFile(config)) && { config: { value: await jsonOf(config), name: config } }),
    ...(wantsPreprocessing &&
      (await isFile(preprocessing)) && {
        preprocessing: {
          value: parsePreprocessing(await jsonOf(preprocessing), preprocessing),
          name: preprocessing,
        },
      }),
  };
}

/** The class names from config.json in the folder of a model file. The file may belong to another program. */
async function namesBeside(file: string): Promise<ModelConfig['names']> {
  const { stat } = await fsPromises();
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > MAX_CONFIG) return undefined;
  try {
    return parseConfig(await jsonOf(file), file).names;
  } catch {
    return undefined;
  }
}

/** The path of the only model in a folder, relative to it. @throws DebkdError `source` */
async function modelIn(folder: string): Promise<string> {
  const { readdir } = await fsPromises();
  const { join } = await builtin<typeof import('node:path')>('node:path');
  const modelsIn = async (part: string): Promise<string[]> => {
    const entries = await readdir(join(folder, part), { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.onnx'))
      .map(({ name }) => name)
      .sort();
  };
  const [own, inner] = [await modelsIn('.'), await modelsIn('onnx')];
  if (own.includes('model.onnx')) return 'model.onnx';
  if (inner.includes('model.onnx')) return join('onnx', 'model.onnx');
  const variants = inner.filter((name) => name.startsWith('model'));
  const [variant] = variants;
  if (variants.length === 1 && variant !== undefined) return join('onnx', variant);
  const all = [...own, ...inner.map((name) => join('onnx', name))];
  const shown = listed(all.map((name) => quote(name)));
  throw new DebkdError('source', {
    subject: `teacher ${quote(folder, 200)}`,
    seen:
      all.length === 0
        ? 'this folder holds no ONNX model'
        : `this folder holds no model.onnx but ${all.length > 1 ? 'several models' : 'one model of another name'}: ${shown}`,
    expected: 'model.onnx, onnx/model.onnx or a single onnx/model*.onnx',
    remedy:
      all.length === 0
        ? 'export the model to ONNX, for example with optimum-cli export onnx'
        : `give the file itself, such as ${quote(join(folder, all[0] as string), 200)}`,
  });
}
