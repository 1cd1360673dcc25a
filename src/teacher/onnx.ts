// Loads a teacher: an ONNX classifier whose output gives margins, in onnxruntime-web or another ONNX runtime.

import { DebkdError, listed, quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { checkThreads } from '../io/threads.ts';
import { type Binding, bindInputs, widthOfBinding } from './binding.ts';
import { statedNames } from './class-names.ts';
import { exactScore } from './exact-score.ts';
import type { ExternalFile } from './external-data.ts';
import { type ImageReading, imageInput } from './image-reading.ts';
import { statedColumns } from './input-columns.ts';
import { LayerSessions } from './layer-sessions.ts';
import type { LoadedModel } from './loaded-model.ts';
import { type ModelSource, resolveModel } from './model-source.ts';
import { withOutput } from './onnx-edit.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import { openTeacher } from './onnx-teacher.ts';
import { understandOutput } from './output-convention.ts';
import { parseOnnx } from './parse-onnx.ts';
import { type Probed, probeOutput } from './probe.ts';
import { runtimeName, runtimeOf } from './provider.ts';
import { PROVIDERS, type Provider } from './provider-names.ts';
import type { Reading } from './reading.ts';
import type { Ort } from './runtime.ts';
import { inputsOf, labelOutput, scoreOutput } from './score-output.ts';
import { type Call, callSession, openSession } from './session.ts';
import type { Teacher } from './teacher.ts';
import type { TeacherOptions } from './teacher-options.ts';
import { isTextModel, type TextReading } from './text-reading.ts';

/**
 * Loads a teacher and detects what its output means. A path may be a folder with model.onnx, onnx/model.onnx or a
 * single onnx/model*.onnx; its config.json and preprocessing.json are used. A teacher of several classes is loaded
 * without a class 1, unless `class` states one: see Teacher.forTarget.
 * @throws DebkdError `source`, `teacher` or `convention`; `preprocessing` if its width differs from the teacher's
 *   input; `wasm` if the ONNX runtime does not start; `usage` if that of `provider` is not installed; `value` if
 *   `threads` is not a whole number from 1, or `provider` unknown
 * @example
 * using teacher = await loadTeacher('teacher.onnx', { preprocessing });
 * console.log(teacher.convention, teacher.reading.reason);
 */
export async function loadTeacher(source: Source, options: TeacherOptions = {}): Promise<Teacher> {
  const { provider, threads } = checkRuntime(options);
  const found = await resolveModel(source, options);
  const { preprocessing, parsed } = found;
  const bytes = await bytesOf(found.source);
  const name = nameOf(source);
  const graph = parseOnnx(bytes, name);
  const namesOf = (count: number) => statedNames(graph, count, parsed.names);
  const output = scoreOutput(graph, { output: options.output, class: options.class, namesOf }, name);
  const text = await textOf(graph, source, options, found);
  const image = text ? undefined : await imageOf({ graph, score: output.name, found, name }, options);
  const readings = { text: text?.reading, image: image?.reading };
  const binding = bindInputs(graph, output.name, { ...options, preprocessing, ...readings, name });
  const exact = exactScore(graph, output.name);
  const label = labelOutput(graph, output.name);
  const external = await externalDataOf(graph, found.source, options.externalData, name);
  const ort = (options.ort as Ort | undefined) ?? (await runtimeOf(provider));
  const setup = {
    ort,
    name,
    provider,
    runtime: runtimeName(provider, ort),
    threads: options.ort || provider === 'webgpu' ? 1 : threads,
  };
  const isOutput = (tensor: string): boolean => graph.outputs.some((known) => known.name === tensor);
  let model: Uint8Array = isOutput(output.name) ? bytes : withOutput(bytes, output.name);
  if (exact && !isOutput(exact.tensor)) model = withOutput(model, exact.tensor, exact.node);
  const { onRuntime } = options;
  // the time limit starts again at each step of opening and probing, and includes drawing its rows
  const onStep = onRuntime && ((): void => onRuntime(true));
  const session = await openSession({ ...setup, onRuntime: onStep }, model, external).catch((error: unknown) => {
    onRuntime?.(false);
    throw error;
  });
  const first: Call = { ...setup, binding, graph, width: widthOfBinding(binding), onRuntime: onStep };
  try {
    const probe = await probeOutput(
      first,
      { output, exact: exact?.tensor, label: label?.name },
      (feed, rows, tensors) => callSession(session, { feed, from: 0, to: rows, batch: rows, tensors }, first),
    );
    const stated = {
      convention: options.convention,
      positiveClass: options.positiveClass,
      class: output.isOfClass ? undefined : options.class,
      place: output.place,
    };
    const { reading, open } = understandOutput({ graph, output: output.name, probe, stated, name, ...parsed });
    onRuntime?.(false);
    const call: Call = { ...first, onRuntime, alone: probe.alone !== undefined };
    const isStated = options.positiveClass !== undefined || options.class !== undefined || output.place !== undefined;
    const digests = [bytes, ...external.map(({ data }) => data)].map(sha256);
    const loaded: LoadedModel = {
      digests,
      session,
      call,
      output,
      open,
      stated: isStated,
      preprocessing,
      sessions: new LayerSessions({ bytes, external, added: exact }),
    };
    const className = output.isOfClass && probe.width === 1 ? (reading.className ?? options.class) : undefined;
    return openTeacher(loaded, className === undefined ? reading : { ...reading, className }, [
      ...notesOf(probe, binding.idle),
      ...runtimeNotes(setup.runtime),
      ...found.notes,
      ...(text?.notes ?? []),
      ...(image?.notes ?? []),
      ...configNotes(found, reading, probe.width),
      ...orderNotes(binding, options.inputs),
    ]);
  } catch (error) {
    onRuntime?.(false);
    await session.release();
    throw error;
  }
}

/** Opens the tokenizer of a text model; other models need no more code than this. @throws DebkdError `teacher` or `value` */
async function textOf(
  graph: OnnxGraph,
  source: Source,
  { tokenizer, tokenizerConfig, text, maxLength }: TeacherOptions,
  { config }: ModelSource,
): Promise<{ reading: TextReading; notes: readonly string[] } | undefined> {
  const name = nameOf(source);
  if (isTextModel(graph)) {
    const { loadText } = await import('./load-text.ts');
    return loadText(graph, source, { tokenizer, tokenizerConfig, columns: text, maxLength, config, name });
  }
  if (tokenizer === undefined && tokenizerConfig === undefined && maxLength === undefined) return undefined;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}`,
    seen: `its inputs take no tokens (${listed(graph.inputs.map((input) => quote(input.name)))})`,
    expected: 'input_ids',
    remedy: { id: 'omit-setting', setting: maxLength === undefined ? 'tokenizer' : 'max-length' },
  });
}

/** Options that only teachers of images have. */
const OF_IMAGES = [
  'imageConfig',
  'imageSize',
  'imageMean',
  'imageStd',
  'imageScale',
  'imageLayout',
  'imageOrder',
] as const;

/**
 * Opens how a model reads images. Other models, and those whose columns are stated, need no more code than this.
 * @throws DebkdError `teacher` or `value`
 */
async function imageOf(
  {
    graph,
    score,
    found,
    name,
  }: { readonly graph: OnnxGraph; readonly score: string; readonly found: ModelSource; readonly name: string },
  options: TeacherOptions,
): Promise<{ reading: ImageReading; notes: readonly string[] } | undefined> {
  const isTable = found.preprocessing !== undefined || options.inputs !== undefined;
  const layout = options.imageLayout ?? (found.imageConfig && 'channels-first');
  const input = imageInput(inputsOf(graph, score).needed, layout);
  if (input && !isTable) {
    const { loadImage } = await import('./load-image.ts');
    return loadImage(input, options, found, name);
  }
  const given = OF_IMAGES.find((key) => options[key] !== undefined);
  if (given === undefined) return undefined;
  const shown = listed(graph.inputs.map((one) => `${one.name} (${one.type} [${one.shape.join(', ')}])`));
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}`,
    seen: isTable
      ? 'both columns and images are stated as what it reads'
      : `its inputs take no images (${shown}), and ${given} is given`,
    expected: 'one input of float32, float16 or uint8 [rows, 3, height, width] or [rows, height, width, 3]',
    remedy: isTable
      ? { id: 'omit-setting', setting: options.inputs === undefined ? 'preprocessing' : 'inputs' }
      : 'leave out what is stated about images',
  });
}

/** @throws DebkdError `value` */
function checkRuntime({ provider = 'wasm', threads = 1 }: TeacherOptions): { provider: Provider; threads: number } {
  checkThreads(threads);
  if (!PROVIDERS.includes(provider))
    throw new DebkdError('value', {
      subject: 'option provider',
      seen: quote(String(provider)),
      expected: `one of ${PROVIDERS.join(', ')}`,
    });
  return { provider, threads };
}

/** Says whether the names of a configuration are used, where that is not obvious. */
function configNotes({ parsed, configName, isBeside }: ModelSource, reading: Reading, width: number): string[] {
  const { names } = parsed;
  if (!names) return [];
  if (names.length !== Math.max(2, width))
    return isBeside
      ? []
      : [
          `teacher: ${quote(configName, 200)} names ${names.length} classes, its output has ${width} value${width > 1 ? 's' : ''} per row; the names are not used`,
        ];
  if (!isBeside || reading.classes !== names) return [];
  return ['teacher: the names of its classes are those of config.json in its folder'];
}

/** Says where stated columns enter in another order, that of the preprocessing. */
function orderNotes(binding: Binding, given: TeacherOptions['inputs']): string[] {
  if (binding.takes !== 'groups' || given === undefined) return [];
  const stated = statedColumns(given, binding.inputs.map(({ tensor }) => tensor).concat(binding.idle), '');
  return binding.inputs.flatMap(({ tensor, columns }) => {
    const wanted = stated.get(tensor.name);
    if (!wanted || wanted.every((column, i) => column === columns[i])) return [];
    const shown = listed(
      columns.map((column) => quote(column)),
      12,
    );
    return [`teacher: the columns of input ${quote(tensor.name)} enter it in the order of the preprocessing: ${shown}`];
  });
}

/** Most models are one file, and need no more code than this. */
async function externalDataOf(
  graph: OnnxGraph,
  source: Source,
  given: TeacherOptions['externalData'],
  name: string,
): Promise<ExternalFile[]> {
  if (graph.externalData.length === 0) return [];
  const { readExternalData } = await import('./external-data.ts');
  return readExternalData(graph, source, given, name);
}

/** Says that the bits of the answers are not those of other hosts. */
function runtimeNotes(runtime: string | undefined): string[] {
  if (runtime === undefined) return [];
  return [
    `teacher: it runs in ${runtime}; the last bits of its answers may differ on another machine or in another runtime`,
  ];
}

function notesOf({ alone, padded }: Probed, idle: readonly GraphTensor[]): string[] {
  const notes: string[] = [];
  if (alone !== undefined)
    notes.push(
      `teacher: its answers depend on the other rows of a batch (${alone}); it runs on one row at a time, which is slower`,
    );
  if (padded !== undefined)
    notes.push(
      `teacher: its answers depend on the padding of a row (${padded}); each row is filled up to the next multiple of 16 tokens`,
    );
  if (idle.length > 0)
    notes.push(
      `teacher: its score does not depend on ${idle.map(({ name }) => `input ${quote(name)}`).join(', ')} (filled with zeros or empty text)`,
    );
  return notes;
}
