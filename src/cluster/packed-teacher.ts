// A teacher as bytes: the model, its external weights, and how its output is read. A worker opens exactly the packed teacher.
import { packPlain, unpackPlain } from '../io/plain.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { readExternalData } from '../teacher/external-data.ts';
import { loadTeacher, type TeacherOptions } from '../teacher/onnx.ts';
import { parseOnnx } from '../teacher/parse-onnx.ts';
import type { Teacher } from '../teacher/teacher.ts';

/** The TeacherOptions that are packed. */
type PackedOptions = Pick<
  TeacherOptions,
  'preprocessing' | 'convention' | 'positiveClass' | 'class' | 'input' | 'output'
>;

interface PackedTeacher {
  readonly name: string;
  readonly model: Uint8Array;
  readonly weights: readonly { readonly path: string; readonly data: Uint8Array }[];
  readonly options: PackedOptions;
}

/**
 * Packs a teacher for `Cluster.upload`: the model, its external weights and the options that say how it is read.
 * @throws DebkdError `source` if a file cannot be read, `teacher` if the model cannot be read
 * @example
 * const packed = await cluster.upload(await packTeacher('teacher.onnx', { preprocessing }));
 */
export async function packTeacher(source: Source, options: TeacherOptions = {}): Promise<Uint8Array> {
  const bytes = await bytesOf(source);
  // without its folder, which is private to this machine
  const name = nameOf(source).replace(/^.*[\\/]/s, '');
  const weights = await readExternalData(parseOnnx(bytes, name), source, options.externalData, name);
  const { externalData: _, onRuntime: __, ort: ___, ...rest } = options;
  const packed: PackedTeacher = {
    name,
    model: new Uint8Array(bytes),
    options: rest,
    weights: weights.map(({ path, data }) => ({ path, data: new Uint8Array(data) })),
  };
  return packPlain(packed);
}

/** @throws as loadTeacher */
export async function openPackedTeacher(bytes: Uint8Array, onRuntime?: (busy: boolean) => void): Promise<Teacher> {
  const { name, model, weights, options } = unpackPlain<PackedTeacher>(bytes);
  return loadTeacher(new File([model as Uint8Array<ArrayBuffer>], name), {
    ...options,
    ...(onRuntime && { onRuntime }),
    externalData: new Map(weights.map(({ path, data }) => [path, data])),
  });
}
