// A teacher as bytes: the model, its weights beside it, and how it is read. What a worker loads is the teacher that was packed.
import { packPlain, unpackPlain } from '../io/plain.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { readExternalData } from '../teacher/external-data.ts';
import { loadTeacher, type TeacherOptions } from '../teacher/onnx.ts';
import { parseOnnx } from '../teacher/parse-onnx.ts';
import type { Teacher } from '../teacher/teacher.ts';

/** What of TeacherOptions a package has. */
type PackedOptions = Pick<
  TeacherOptions,
  'preprocessing' | 'convention' | 'positiveClass' | 'class' | 'input' | 'output'
>;

interface Contents {
  readonly name: string;
  readonly model: Uint8Array;
  readonly weights: readonly { readonly path: string; readonly data: Uint8Array }[];
  readonly options: PackedOptions;
}

/** @throws DebkdError `source` or `teacher` */
export async function packTeacher(source: Source, options: TeacherOptions = {}): Promise<Uint8Array> {
  const bytes = await bytesOf(source);
  // its folder is nobody's business
  const name = nameOf(source).replace(/^.*[\\/]/s, '');
  const weights = await readExternalData(parseOnnx(bytes, name), source, options.externalData, name);
  const { externalData: _, onRuntime: __, ort: ___, ...rest } = options;
  const contents: Contents = {
    ...{ name, model: new Uint8Array(bytes), options: rest },
    weights: weights.map(({ path, data }) => ({ path, data: new Uint8Array(data) })),
  };
  return packPlain(contents);
}

/** @throws as loadTeacher */
export async function openPackedTeacher(bytes: Uint8Array, onRuntime?: (busy: boolean) => void): Promise<Teacher> {
  const { name, model, weights, options } = unpackPlain<Contents>(bytes);
  return loadTeacher(new File([model as Uint8Array<ArrayBuffer>], name), {
    ...options,
    ...(onRuntime && { onRuntime }),
    externalData: new Map(weights.map(({ path, data }) => [path, data])),
  });
}
