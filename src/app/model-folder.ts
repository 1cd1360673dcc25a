// The files of a chosen or dropped model folder, as Hugging Face lays it out: those that say how to run the model, and no others.
import { DebkdError, listed, quote } from '../io/errors.ts';
import type { PickedFile } from './picked-file.ts';

const JSONS = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'preprocessor_config.json',
  'preprocessing.json',
];
/** Files in a model's folder that never hold its weights. */
const OTHERS =
  /(\.(json|onnx|txt|md|py|safetensors|pt|pth|h5|msgpack|model|csv|tsv|gz|parquet|ndjson|jsonl)|^\.[^/]*)$/i;
const ROWS = /\.(csv|tsv|parquet|ndjson|jsonl|npy)(\.gz)?$/i;

/**
 * Single files, and of each folder the model, its weights, its JSON files and a table, if there is one.
 * @throws DebkdError `source` if a folder has no model or several
 */
export function filesOf(picked: readonly PickedFile[]): File[] {
  const folders = new Map<string, Map<string, File>>();
  const single: File[] = [];
  for (const { file, path } of picked) {
    const at = path.indexOf('/');
    if (at < 0) single.push(file);
    else {
      const folder = folders.get(path.slice(0, at)) ?? new Map<string, File>();
      folders.set(path.slice(0, at), folder.set(path.slice(at + 1), file));
    }
  }
  return [...single, ...Array.from(folders, ([name, files]) => filesInFolder(name, files)).flat()];
}

function filesInFolder(name: string, files: ReadonlyMap<string, File>): File[] {
  const paths = [...files.keys()].sort();
  const model = modelIn(name, paths);
  const place = model.slice(0, model.lastIndexOf('/') + 1);
  const weights = paths.filter((path) => /^[^/]*$/.test(path.slice(place.length)) && path.startsWith(place));
  const jsons = JSONS.map((json) => [json, `${place}${json}`].find((path) => files.has(path)));
  const rows = paths.filter((path) => !path.includes('/') && ROWS.test(path));
  const chosen = [model, ...weights.filter((path) => !OTHERS.test(path)), ...jsons, ...(rows.length === 1 ? rows : [])];
  return [...new Set(chosen)].flatMap((path) => (path === undefined ? [] : (files.get(path) ?? [])));
}

/** The path of the only model, as in a folder that the command line is given. @throws DebkdError `source` */
function modelIn(folder: string, paths: readonly string[]): string {
  const known = ['model.onnx', 'onnx/model.onnx'].find((path) => paths.includes(path));
  if (known) return known;
  const models = paths.filter((path) => /^(onnx\/)?[^/]*\.onnx$/i.test(path));
  const variants = models.filter((path) => /^onnx\/model[^/]*$/.test(path));
  if (variants.length === 1) return variants[0] as string;
  if (models.length === 1) return models[0] as string;
  throw new DebkdError('source', {
    subject: `folder ${quote(folder, 200)}`,
    seen:
      models.length === 0
        ? 'it holds no ONNX model'
        : `it holds no model.onnx but several models: ${listed(models.map((path) => quote(path)))}`,
    expected: 'model.onnx, onnx/model.onnx or a single model',
    remedy:
      models.length === 0
        ? 'export the model to ONNX, for example with optimum-cli export onnx'
        : 'choose the file of one of them, with its JSON files',
  });
}
