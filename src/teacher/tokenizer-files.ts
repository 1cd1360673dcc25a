// Finds and reads the tokenizer of a text model: as given, or tokenizer.json in the model's folder.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { builtin, fsPromises } from '../io/node.ts';
import { otherFormat } from '../io/other-format.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { isSource } from './model-config.ts';
import { pathOf } from './model-source.ts';

/** The files of a tokenizer, read. */
export interface TokenizerFiles {
  readonly json: unknown;
  /** The content of tokenizer_config.json; undefined without one. */
  readonly config: unknown;
  /** Name of the tokenizer, for messages. */
  readonly name: string;
}

type Given = Source | Readonly<Record<string, unknown>>;

const FILE = 'tokenizer.json';
const CONFIG = 'tokenizer_config.json';

/**
 * Finds a tokenizer.
 * @param model the source of the model
 * @throws DebkdError `teacher` if there is none, or a file is none; `source`
 */
export async function findTokenizer(
  model: Source,
  given: { readonly tokenizer?: Given | undefined; readonly tokenizerConfig?: Given | undefined },
  name: string,
): Promise<TokenizerFiles> {
  const own = given.tokenizerConfig;
  const ownConfig = own === undefined ? undefined : (await readObject(own, CONFIG)).value;
  if (given.tokenizer !== undefined && !isSource(given.tokenizer))
    return { json: given.tokenizer, config: ownConfig, name: FILE };
  const wanted = given.tokenizer;
  const place = pathOf(wanted ?? model);
  const folders = place === undefined ? [] : await foldersOf(place, wanted !== undefined);
  const source = wanted ?? (await fileIn(folders, FILE));
  if (source === undefined)
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `it reads text as tokens, and no tokenizer is given${folders.length > 0 ? ` (no ${FILE} in ${listed(folders.map((folder) => quote(folder, 200)))})` : ''}`,
      remedy: { id: 'give-tokenizer' },
    });
  const file = wanted !== undefined && (await isFolder(wanted)) ? await fileIn(folders, FILE) : source;
  if (file === undefined)
    throw new DebkdError('source', {
      subject: `tokenizer ${quote(nameOf(source), 200)}`,
      seen: `this folder holds no ${FILE}`,
      remedy: { id: 'give-tokenizer' },
    });
  const read = await readObject(file, FILE);
  const beside = ownConfig === undefined ? await fileIn(folders, CONFIG) : undefined;
  return {
    json: read.value,
    config: ownConfig ?? (beside === undefined ? undefined : (await readObject(beside, CONFIG)).value),
    name: read.name,
  };
}

/** Reads a JSON file. @throws DebkdError `teacher` if it is another one */
async function readObject(given: Given, file: string): Promise<{ value: unknown; name: string }> {
  if (!isSource(given)) return { value: given, name: file };
  const name = nameOf(given);
  const bytes = await bytesOf(given);
  const fail = (seen: string): never => {
    throw new DebkdError('teacher', {
      subject: `tokenizer ${quote(name, 200)}`,
      seen,
      expected: file,
      remedy: { id: 'give-tokenizer' },
    });
  };
  const other = otherFormat(bytes);
  if (other) fail(`this is ${other.what}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('the bytes are not text');
  }
  try {
    return { value: JSON.parse(text), name };
  } catch (error) {
    return fail(`not JSON (${String((error as Error).message).slice(0, 120)})`);
  }
}

async function isFolder(source: Source): Promise<boolean> {
  const path = pathOf(source);
  if (path === undefined) return false;
  const { stat } = await fsPromises();
  return (await stat(await pathFrom(path)).catch(() => undefined))?.isDirectory() === true;
}

async function pathFrom(place: string): Promise<string> {
  if (!place.startsWith('file:')) return place;
  const { fileURLToPath } = await builtin<typeof import('node:url')>('node:url');
  return fileURLToPath(place);
}

/** The folders to look in: that of a file, a folder itself; for a model in onnx/, also the folder above. */
async function foldersOf(place: string, isTokenizer: boolean): Promise<string[]> {
  const { dirname, basename, join } = await builtin<typeof import('node:path')>('node:path');
  const path = await pathFrom(place);
  if (await isFolder(place)) return isTokenizer ? [path] : [path, join(path, 'onnx')];
  const folder = dirname(path);
  return !isTokenizer && basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder];
}

/** The path of a file in the first of the folders that has it. */
async function fileIn(folders: readonly string[], file: string): Promise<string | undefined> {
  if (folders.length === 0) return undefined;
  const { stat } = await fsPromises();
  const { join } = await builtin<typeof import('node:path')>('node:path');
  for (const folder of folders) {
    const path = join(folder, file);
    if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  return undefined;
}
