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
  /** The content of preprocessor_config.json in a folder, or clearly next to a file. */
  readonly imageConfig?: { readonly value: unknown; readonly name: string };
  /** The path of a preprocessor_config.json that may belong to another model. */
  readonly unclearImageConfig?: string;
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
    return {
      model: path,
      ...(names && { config: { value: { id2label: { ...names } }, name: 'config.json' } }),
      ...(found?.isFile() && (await imageConfigBeside(path))),
    };
  }
  const model = join(path, await modelIn(path));
  const config = join(path, 'config.json');
  const preprocessing = join(path, 'preprocessing.json');
  const images = join(path, IMAGE_CONFIG);
  return {
    model,
    folder: path,
    ...((await isFile(config)) && { config: { value: await jsonOf(config), name: config } }),
    ...((await isFile(images)) && { imageConfig: { value: await jsonOf(images), name: images } }),
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

const IMAGE_CONFIG = 'preprocessor_config.json';

/**
 * The preprocessor_config.json in the folder of a model file, or in the folder above onnx/. It belongs to the file if that is called as
 * Hugging Face calls it, or is the only model there.
 */
async function imageConfigBeside(path: string): Promise<Pick<FilesOfModel, 'imageConfig' | 'unclearImageConfig'>> {
  const { stat, readdir } = await fsPromises();
  const { join, dirname, basename } = await builtin<typeof import('node:path')>('node:path');
  const folder = dirname(path);
  const folders = basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder];
  for (const place of folders) {
    const file = join(place, IMAGE_CONFIG);
    const known = await stat(file).catch(() => undefined);
    if (!known?.isFile() || known.size > MAX_CONFIG) continue;
    const models = (await readdir(folder)).filter((name) => name.endsWith('.onnx'));
    if (models.length > 1 && !/^model(_\w+)?\.onnx$/.test(basename(path))) return { unclearImageConfig: file };
    return { imageConfig: { value: await jsonOf(file), name: file } };
  }
  return {};
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
