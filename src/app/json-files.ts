// Tells the JSON files of teachers apart by their content, and the preprocessings by their names: for one model, or for all.
import { DebkdError, quote } from '../io/errors.ts';

interface Named {
  readonly name: string;
}

/** What a JSON file is. */
export type JsonKind =
  | 'configuration'
  | 'configuration of images'
  | 'tokenizer'
  | 'settings of the tokenizer'
  | 'preprocessing';

/** Bytes at each end of a file that tell what it is: those of a tokenizer can be many megabytes. */
const PEEKED = 2 ** 16;

/** Keys that only one kind has, as Hugging Face writes them. The settings of a tokenizer come first: they list its added tokens, too. */
const KEYS: readonly (readonly [RegExp, JsonKind])[] = [
  [
    /"(tokenizer_class|added_tokens_decoder|model_max_length|clean_up_tokenization_spaces)"\s*:/,
    'settings of the tokenizer',
  ],
  [/"(image_processor_type|feature_extractor_type|image_mean|image_std|do_rescale)"\s*:/, 'configuration of images'],
  [/"(added_tokens|pre_tokenizer|post_processor)"\s*:/, 'tokenizer'],
  [/"(id2label|label2id|model_type|architectures|problem_type|pretrained_cfg)"\s*:/, 'configuration'],
];

/** Names in the model folders of Hugging Face, for files whose content says nothing. */
const NAMES: ReadonlyMap<string, JsonKind> = new Map([
  ['config.json', 'configuration'],
  ['preprocessor_config.json', 'configuration of images'],
  ['tokenizer.json', 'tokenizer'],
  ['tokenizer_config.json', 'settings of the tokenizer'],
]);

/** Says what a JSON file is. Any other file counts as a preprocessing, whose errors say what it lacks. */
export async function kindOf(file: Blob & Named): Promise<JsonKind> {
  const head = await file.slice(0, PEEKED).text();
  const tail = file.size > PEEKED ? await file.slice(-PEEKED).text() : '';
  const byContent = KEYS.find(([keys]) => keys.test(head) || keys.test(tail))?.[1];
  return byContent ?? NAMES.get(file.name) ?? 'preprocessing';
}

/** What a file is for: its kind, a model by its name, or '' for the preprocessing of all models. */
export function roleOf(kind: JsonKind, { name }: Named, models: readonly Named[]): string {
  if (kind !== 'preprocessing') return kind;
  return models.find((model) => isOf(name, model))?.name ?? '';
}

/** Whether a JSON file is named like a model: a.json or a.preprocessing.json for a.onnx. */
function isOf(json: string, { name }: Named): boolean {
  const base = name.replace(/\.onnx$/i, '');
  return json === `${base}.json` || json === `${base}.preprocessing.json`;
}

/** The JSON files of some models. */
export interface SortedJsons<T> {
  readonly config: T | undefined;
  /** How a model of images reads them: preprocessor_config.json. */
  readonly imageConfig: T | undefined;
  readonly tokenizer: T | undefined;
  readonly tokenizerConfig: T | undefined;
  /** The preprocessing of each model; undefined for one that takes the shared one. */
  readonly own: readonly (T | undefined)[];
  readonly shared: T | undefined;
}

/** @throws DebkdError `preprocessing` where several files are for the same models */
export async function sortJsons<T extends Blob & Named>(
  jsons: readonly T[],
  models: readonly Named[],
): Promise<SortedJsons<T>> {
  const kinds = await Promise.all(jsons.map(kindOf));
  const roles = jsons.map((json, i) => roleOf(kinds[i] as JsonKind, json, models));
  const only = (role: string): T | undefined => {
    const found = jsons.filter((_, i) => roles[i] === role);
    if (found.length < 2) return found[0];
    const isKind = kinds.some((kind) => kind === role);
    throw new DebkdError('preprocessing', {
      subject: found.map(({ name }) => quote(name)).join(', '),
      seen: isKind
        ? `each of ${found.length} files is a ${role}`
        : `${found.length} files for ${role === '' ? 'all teachers' : quote(role)}`,
      expected: isKind ? 'one' : 'one, or one for each teacher, named like it (a.json for a.onnx)',
    });
  };
  return {
    config: only('configuration'),
    imageConfig: only('configuration of images'),
    tokenizer: only('tokenizer'),
    tokenizerConfig: only('settings of the tokenizer'),
    own: models.map(({ name }) => only(name)),
    shared: only(''),
  };
}
