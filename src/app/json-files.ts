// Tells the JSON files of teachers apart by their names: a configuration, the preprocessing of one model, or that of all.
import { DebkdError, quote } from '../io/errors.ts';

interface Named {
  readonly name: string;
}

/** The name of the configuration in a model folder of Hugging Face. */
const CONFIG = 'config.json';

/** What a file is for: the configuration, a model by its name, or '' for all models. */
export function roleOf({ name }: Named, models: readonly Named[]): string {
  if (name === CONFIG) return CONFIG;
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
  /** The preprocessing of each model; undefined for one that takes the shared one. */
  readonly own: readonly (T | undefined)[];
  readonly shared: T | undefined;
}

/** @throws DebkdError `preprocessing` where several files are for the same models */
export function sortJsons<T extends Named>(jsons: readonly T[], models: readonly Named[]): SortedJsons<T> {
  const only = (role: string): T | undefined => {
    const found = jsons.filter((json) => roleOf(json, models) === role);
    if (found.length < 2) return found[0];
    throw new DebkdError('preprocessing', {
      subject: found.map(({ name }) => quote(name)).join(', '),
      seen: `${found.length} files for ${role === '' ? 'all teachers' : quote(role)}`,
      expected: 'one, or one for each teacher, named like it (a.json for a.onnx)',
    });
  };
  return { config: only(CONFIG), own: models.map(({ name }) => only(name)), shared: only('') };
}
