// What to do with chosen or dropped files: the inputs that they make, kept runs among them, and what is wrong with them.
import type { ImageFolder } from './input-messages.ts';
import type { PickedFile } from './picked-file.ts';
import { type FileKind, recognise } from './recognise.ts';
import { type Files, sortFiles } from './sort-files.ts';
import { TEXTS } from './texts.ts';

/** Chosen files, by what they are for. */
export interface Taken {
  /** The inputs with them; undefined where none of them is an input. */
  readonly files: Files | undefined;
  /** Exported runs and results. */
  readonly runs: readonly File[];
  /** What is wrong with one of them. */
  readonly error: string | undefined;
}

/** A folder without images has fewer files. */
const MOST_FILES = 2000;

/** @param known the inputs so far. @throws DebkdError as sortFiles and filesOf */
export async function takeFiles(picked: readonly PickedFile[], known: Files): Promise<Taken> {
  const unpacked = (await Promise.all(picked.map(unpackedOf))).flat();
  const isInFolder = unpacked.some(({ path }) => path.includes('/'));
  const { images, others } = isInFolder
    ? (await import('./image-folder.ts')).sortFolders(unpacked)
    : { images: undefined, others: unpacked };
  if (others.length > MOST_FILES)
    return { files: undefined, runs: [], error: TEXTS.files.tooMany(others.length, MOST_FILES) };
  const hasFolder = others.some(({ path }) => path.includes('/'));
  const given = hasFolder ? (await import('./model-folder.ts')).filesOf(others) : others.map(({ file }) => file);
  return sorted(given, await Promise.all(given.map(recognise)), known, images);
}

async function sorted(
  given: readonly File[],
  kinds: readonly FileKind[],
  known: Files,
  images: ImageFolder | undefined,
): Promise<Taken> {
  const runs = given.filter((_, i) => kinds[i] === 'run' || kinds[i] === 'result');
  const inputs = given.filter((file) => !runs.includes(file));
  const next = { ...(await sortFiles(given, known, kinds)), ...(images && { images, example: undefined }) };
  const used = [next.rows, ...[next.models, next.jsons, next.externalData].flatMap((list) => list ?? [])];
  const hasModel = (next.models ?? []).length > 0;
  const odd = given.findIndex(
    (file, i) => !runs.includes(file) && (!used.includes(file) || (kinds[i] === 'weights' && !hasModel)),
  );
  const isUsed = images !== undefined || inputs.some((file) => used.includes(file));
  return { files: isUsed ? next : undefined, runs, error: odd < 0 ? undefined : wrong(given[odd] as File, kinds[odd]) };
}

function wrong({ name }: File, kind: FileKind | undefined): string {
  if (kind === 'picture') return TEXTS.files.picture(name);
  return kind === 'student' ? TEXTS.files.student(name) : TEXTS.files.unknown(name);
}

async function unpackedOf(one: PickedFile): Promise<readonly PickedFile[]> {
  if (one.path.includes('/') || !/\.zip$/i.test(one.file.name) || (await recognise(one.file)) !== 'rows') return [one];
  return (await (await import('./unpack.ts')).unpack(one.file)) ?? [one];
}
