// The chosen files, and which file is for what.
import { DebkdError, listed, quote } from '../io/errors.ts';
import type { ImageFolder, TeacherFiles } from './input-messages.ts';
import { kindOf, roleOf } from './json-files.ts';
import { type FileKind, recognise } from './recognise.ts';

/** A page has too little memory for larger files. */
const MAX_MEGABYTES = 500;

/** The chosen files, and how to read the teachers. */
export interface Files extends TeacherFiles {
  readonly models?: readonly File[] | undefined;
  readonly jsons?: readonly File[] | undefined;
  readonly externalData?: readonly File[] | undefined;
  readonly rows?: File | undefined;
  /** A folder of images, or the folder with the images of `rows`. */
  readonly images?: ImageFolder | undefined;
  /** The title of the example whose model and rows these are; absent for files of one's own. */
  readonly example?: string | undefined;
}

/** Why a file is refused; undefined when it is accepted. */
export function refusal(file: File): string | undefined {
  const megabytes = file.size / 2 ** 20;
  if (megabytes <= MAX_MEGABYTES) return undefined;
  return `${file.name}: ${Math.round(megabytes)} MB, expected at most ${MAX_MEGABYTES} MB; choose a sample of the rows, or use debkd on the command line`;
}

/** What was stated about other models. */
const AS_DETECTED = {
  convention: undefined,
  positiveClass: undefined,
  class: undefined,
  inputs: undefined,
  maxLength: undefined,
};

/**
 * Assigns files by what they are, and JSON files by their content. Other files count as weights of the models.
 * @param kinds what each is; default as recognised
 * @throws DebkdError `source` for two tables
 */
export async function sortFiles(files: readonly File[], known: Files, kinds?: readonly FileKind[]): Promise<Files> {
  const all = kinds ?? (await Promise.all(files.map(recognise)));
  const of = (kind: FileKind): File[] => files.filter((_, i) => all[i] === kind);
  const [models, jsons, tables, externalData] = [of('model'), of('json'), of('rows'), of('weights')];
  const [rows] = tables;
  if (tables.length > 1)
    throw new DebkdError('source', {
      subject: listed(tables.map(({ name }) => quote(name))),
      seen: `each of ${tables.length} files is a table`,
      expected: 'one',
      remedy: 'choose the one with the labelled rows',
    });
  const current = models.length > 0 ? models : (known.models ?? []);
  const roles = await rolesOf(jsons, current);
  const earlier = await keptJsons(known, models);
  const theirs = await rolesOf(earlier, current);
  const kept = earlier.filter((_, i) => !roles.includes(theirs[i] as string));
  const joinsModel = models.length === 0 && externalData.length > 0 && (known.models ?? []).length > 0;
  return {
    ...known,
    ...(models.length > 0 && { ...AS_DETECTED, models, externalData }),
    ...(joinsModel && {
      models: [...(known.models ?? [])],
      externalData: [...(known.externalData ?? []), ...externalData],
    }),
    ...((models.length > 0 || jsons.length > 0) && { jsons: [...kept, ...jsons] }),
    ...(rows && { rows }),
    ...((models.length > 0 || rows) && { example: undefined }),
  };
}

async function rolesOf(jsons: readonly File[], models: readonly File[]): Promise<string[]> {
  return Promise.all(jsons.map(async (json) => roleOf(await kindOf(json), json, models)));
}

/** The earlier JSON files without those of the models that are replaced. */
async function keptJsons({ jsons = [], models = [] }: Files, next: readonly File[]): Promise<readonly File[]> {
  if (next.length === 0 || models.length === 0) return jsons;
  const roles = await rolesOf(jsons, models);
  return jsons.filter((_, i) => roles[i] === '');
}

/** The files without one of them. */
export function withoutFile(files: Files, file: File): Files {
  const rest = (list: readonly File[] | undefined): readonly File[] => (list ?? []).filter((one) => one !== file);
  const models = rest(files.models);
  const isModel = models.length < (files.models ?? []).length;
  return {
    ...files,
    ...(isModel && { ...AS_DETECTED, models, externalData: models.length > 0 ? files.externalData : [] }),
    ...(files.jsons?.includes(file) && { jsons: rest(files.jsons) }),
    ...(files.externalData?.includes(file) && { models: [...models], externalData: rest(files.externalData) }),
    ...(files.rows === file && { rows: undefined }),
    ...((isModel || files.rows === file) && { example: undefined }),
  };
}
