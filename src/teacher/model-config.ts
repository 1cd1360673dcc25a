// Reads config.json of a model of Hugging Face: the names of its classes and the kind of problem.
import { DebkdError, quote } from '../io/errors.ts';
import { jsonOf, nameOf, type Source } from '../io/source.ts';
import { namesIn } from './class-names.ts';
import type { Problem } from './reading.ts';

/** What a model's configuration says about its output. */
export interface ModelConfig {
  /** Names of the classes in the order of the scores. */
  readonly names?: readonly string[];
  readonly problem?: Problem;
}

const PROBLEMS = new Map<unknown, Problem>([
  ['single_label_classification', 'exclusive'],
  ['multi_label_classification', 'independent'],
  ['regression', 'regression'],
]);

/**
 * Reads config.json: `id2label` or `label2id`, and `problem_type`.
 * @param value the parsed JSON
 * @param name of the file, for messages
 * @throws DebkdError `teacher` if it is not an object, or its parts are malformed or contradict each other
 */
export function parseConfig(value: unknown, name: string): ModelConfig {
  const fail = (seen: string, expected: string): never => {
    throw new DebkdError('teacher', { subject: `configuration ${quote(name, 200)}`, seen, expected });
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('not a JSON object', 'a config.json such as Hugging Face writes');
  const items = new Map<string, unknown>(Object.entries(value));
  const given = (key: string): unknown => items.get(key) ?? undefined;
  const byIndex = namesIn(given('id2label'));
  if (given('id2label') !== undefined && !byIndex)
    fail('id2label is malformed', 'one name for each index from 0, such as { "0": "ham", "1": "spam" }');
  // many files change id2label and keep the default label2id
  const names = byIndex ?? namesIn(given('label2id'));
  const count = given('num_labels');
  if (typeof count === 'number' && names && names.length !== count)
    fail(`num_labels is ${count}, and id2label names ${names.length}`, 'the same number');
  const type = given('problem_type');
  const problem = PROBLEMS.get(type);
  if (type !== undefined && !problem)
    fail(`problem_type is ${quote(String(type))}`, `one of ${[...PROBLEMS.keys()].join(', ')}`);
  return { ...(names && { names }), ...(problem && { problem }) };
}

/** A configuration as JSON, such that parseConfig reads the same. */
export function configJson({ names, problem }: ModelConfig): Readonly<Record<string, unknown>> {
  const type = [...PROBLEMS].find(([, known]) => known === problem)?.[0];
  return { ...(names && { id2label: { ...names } }), ...(problem && { problem_type: type }) };
}

/** A configuration as an object or a source of its JSON. @throws DebkdError `source` or `teacher` */
export async function readConfig(config: Source | object): Promise<{ value: unknown; name: string }> {
  return isSource(config) ? { value: await jsonOf(config), name: nameOf(config) } : { value: config, name: 'config' };
}

/** Whether an option is a source of JSON, not its content. */
export function isSource(given: Source | object): given is Source {
  return (
    typeof given === 'string' ||
    given instanceof URL ||
    given instanceof ArrayBuffer ||
    ArrayBuffer.isView(given) ||
    given instanceof Blob ||
    // last, because on Node this name loads the whole of fetch
    given instanceof Response
  );
}

/** The members of config.json that say how a text model takes rows. */
export function textConfig(value: unknown): Readonly<Record<string, unknown>> {
  const items = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(items.filter(([key]) => TEXT_MEMBERS.includes(key)));
}

/** The size of images in config.json; undefined without one. */
export function imageSizeIn(value: unknown): readonly [height: number, width: number] | undefined {
  const stated =
    typeof value === 'object' && value !== null
      ? Object.entries(value).find(([key]) => key === 'image_size')?.[1]
      : undefined;
  const [height, width]: unknown[] = Array.isArray(stated) && stated.length === 2 ? stated : [stated, stated];
  const isSide = (side: unknown): side is number => Number.isInteger(side) && (side as number) >= 1;
  return isSide(height) && isSide(width) ? [height, width] : undefined;
}

const TEXT_MEMBERS = ['max_position_embeddings', 'model_type', 'pad_token_id'];
