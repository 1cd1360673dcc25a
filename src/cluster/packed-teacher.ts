// A teacher as bytes: the model, its external weights, and how its output is read. A worker opens exactly the packed teacher.
import { packPlain, unpackPlain } from '../io/plain.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { readExternalData } from '../teacher/external-data.ts';
import { configJson, textConfig } from '../teacher/model-config.ts';
import { resolveModel } from '../teacher/model-source.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import { parseOnnx } from '../teacher/parse-onnx.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { TeacherOptions } from '../teacher/teacher-options.ts';
import { isTextModel } from '../teacher/text-reading.ts';
import { findTokenizer } from '../teacher/tokenizer-files.ts';

/** The TeacherOptions that are packed. */
type PackedOptions = Pick<
  TeacherOptions,
  'preprocessing' | 'convention' | 'positiveClass' | 'class' | 'input' | 'output' | 'provider' | 'text' | 'maxLength'
> & {
  readonly config?: Readonly<Record<string, unknown>>;
  /** The content of a text model's tokenizer files. */
  readonly tokenizer?: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig?: Readonly<Record<string, unknown>>;
  /** Entries of a map, which JSON lacks. */
  readonly inputs?: readonly (readonly [string, readonly string[]])[];
};

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
  // a worker's machine has no such folder
  const found = await resolveModel(source, options);
  const bytes = await bytesOf(found.source);
  // without its folder, which is private to this machine
  const name = nameOf(source)
    .replace(/[\\/]+$/, '')
    .replace(/^.*[\\/]/s, '');
  const graph = parseOnnx(bytes, name);
  const weights = await readExternalData(graph, found.source, options.externalData, name);
  const {
    externalData: _,
    onRuntime: __,
    ort: ___,
    config: ____,
    threads: _____,
    inputs,
    tokenizer,
    tokenizerConfig,
    ...rest
  } = options;
  const isText = isTextModel(graph);
  const config = { ...configJson(found.parsed), ...(isText && textConfig(found.config)) };
  const files = isText ? await findTokenizer(source, { tokenizer, tokenizerConfig }, name) : undefined;
  const packed: PackedTeacher = {
    name,
    model: new Uint8Array(bytes),
    options: {
      ...rest,
      ...(found.preprocessing && { preprocessing: found.preprocessing }),
      ...(Object.keys(config).length > 0 && { config }),
      ...(files && { tokenizer: files.json as Readonly<Record<string, unknown>> }),
      ...(files?.config !== undefined && { tokenizerConfig: files.config as Readonly<Record<string, unknown>> }),
      ...(inputs && { inputs: [...(inputs instanceof Map ? inputs : Object.entries(inputs))] }),
    },
    weights: weights.map(({ path, data }) => ({ path, data: new Uint8Array(data) })),
  };
  return packPlain(packed);
}

/** @throws as loadTeacher */
export async function openPackedTeacher(bytes: Uint8Array, onRuntime?: (busy: boolean) => void): Promise<Teacher> {
  const { name, model, weights, options } = unpackPlain<PackedTeacher>(bytes);
  const { inputs, ...rest } = options;
  return loadTeacher(new File([model as Uint8Array<ArrayBuffer>], name), {
    ...rest,
    ...(inputs && { inputs: new Map(inputs) }),
    ...(onRuntime && { onRuntime }),
    externalData: new Map(weights.map(({ path, data }) => [path, data])),
  });
}
