// A teacher as bytes: the model, its external weights, and how its output is read. A worker loads exactly the teacher that was packed.
import { packPlain, unpackPlain } from '../io/plain.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { readExternalData } from '../teacher/external-data.ts';
import { loadTeacher, type Teacher, type TeacherOptions } from '../teacher/onnx.ts';
import { parseOnnx } from '../teacher/onnx-graph.ts';

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

/** @throws DebkdError `source` or `teacher` */
export async function packTeacher(source: Source, options: TeacherOptions = {}): Promise<Uint8Array> {
  const bytes = await bytesOf(source);
  // workers need not know its folder
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
