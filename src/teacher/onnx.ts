// Loads a teacher: an ONNX classifier in onnxruntime-web (wasm provider, one thread) whose output gives margins.

import type { Preprocessing } from '../data/preprocessing.ts';
import { quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { bindInputs } from './binding.ts';
import { exactScore } from './exact-score.ts';
import type { ExternalFile } from './external-data.ts';
import { withOutput } from './onnx-edit.ts';
import type { GraphTensor, OnnxGraph } from './onnx-graph.ts';
import { openTeacher } from './onnx-teacher.ts';
import { detectConvention } from './output-convention.ts';
import { parseOnnx } from './parse-onnx.ts';
import { probeOutput } from './probe.ts';
import type { Convention } from './reading.ts';
import { loadRuntime, type Ort } from './runtime.ts';
import { labelOutput, scoreOutput } from './score-output.ts';
import { type Call, callSession, openSession } from './session.ts';
import type { Teacher } from './teacher.ts';

/** The part of an onnxruntime-web module that debkd uses. The module's own declarations need those of the DOM. */
export interface OnnxRuntime {
  /** Creates sessions. */
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<object> };
  /** Makes input tensors. */
  readonly Tensor: object;
  /** Settings of the runtime. */
  readonly env: object;
}

/** Options of loadTeacher; each overrides what it would detect. */
export interface TeacherOptions {
  /** The preprocessing that the teacher was trained with; its width must match the teacher's input. */
  readonly preprocessing?: Preprocessing;
  /** What the output means; default: detected. */
  readonly convention?: Convention;
  /**
   * Which of two values per row belongs to class 1; default: by the model's class names and label output, else the
   * second.
   */
  readonly positiveClass?: 'first' | 'second';
  /**
   * Class 1, by its name or its index from 0: this class versus the rest, or one of several independent labels. Needed
   * for more than two values per row.
   */
  readonly class?: string;
  /** An input that the model must have; default: not checked. */
  readonly input?: string;
  /** The output to read; default: the one that looks like a score. */
  readonly output?: string;
  /**
   * Files of the model's weights by their names in the model; default: read from the model's folder, if the source is a
   * path or an address.
   */
  readonly externalData?: ReadonlyMap<string, Source>;
  /**
   * Called with true when the ONNX runtime begins a step, and with false when it ends; another true may follow without
   * a false. The runtime blocks its thread: to limit its time, load the teacher in a worker and terminate the worker
   * from outside.
   */
  readonly onRuntime?: (busy: boolean) => void;
  /** Another onnxruntime-web module; default: `onnxruntime-web/wasm`. */
  readonly ort?: OnnxRuntime;
}

/**
 * Loads a teacher and detects what its output means.
 * @throws DebkdError `source`, `teacher` or `convention`; `preprocessing` if its width differs from the teacher's
 *   input; `wasm` if the ONNX runtime does not start
 * @example
 * using teacher = await loadTeacher('teacher.onnx', { preprocessing });
 * console.log(teacher.convention, teacher.reading.reason);
 */
export async function loadTeacher(source: Source, options: TeacherOptions = {}): Promise<Teacher> {
  const bytes = await bytesOf(source);
  const name = nameOf(source);
  const graph = parseOnnx(bytes, name);
  const output = scoreOutput(graph, options.output, name);
  const binding = bindInputs(graph, output.name, { ...options, name });
  const exact = exactScore(graph, output.name);
  const label = labelOutput(graph, output.name);
  const external = await externalDataOf(graph, source, options.externalData, name);
  const ort = (options.ort as Ort | undefined) ?? (await loadRuntime());
  const isOutput = (tensor: string): boolean => graph.outputs.some((known) => known.name === tensor);
  let model: Uint8Array = isOutput(output.name) ? bytes : withOutput(bytes, output.name);
  if (exact && !isOutput(exact.tensor)) model = withOutput(model, exact.tensor, exact.node);
  const { onRuntime } = options;
  // the time limit starts again at each step of opening and probing, and includes drawing its rows
  const onStep = onRuntime && ((): void => onRuntime(true));
  const session = await openSession({ ort, name, onRuntime: onStep }, model, external).catch((error: unknown) => {
    onRuntime?.(false);
    throw error;
  });
  const width = binding.takes === 'matrix' ? binding.width : binding.inputs.length;
  const first: Call = { ort, binding, graph, name, width, onRuntime: onStep };
  try {
    const probe = await probeOutput(
      first,
      { output, exact: exact?.tensor, label: label?.name },
      (feed, rows, tensors) => callSession(session, { feed, from: 0, to: rows, batch: rows, tensors }, first),
    );
    const reading = detectConvention({ graph, output: output.name, probe, stated: options, name });
    onRuntime?.(false);
    const call: Call = { ...first, onRuntime, alone: probe.alone !== undefined };
    const stated = options.positiveClass !== undefined || options.class !== undefined;
    const digests = [bytes, ...external.map(({ data }) => data)].map(sha256);
    const loaded = { bytes, digests, external, session, call, output, stated, hiddenSessions: new Map() };
    return openTeacher(loaded, reading, notesOf(probe.alone, binding.idle));
  } catch (error) {
    onRuntime?.(false);
    await session.release();
    throw error;
  }
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

function notesOf(alone: string | undefined, idle: readonly GraphTensor[]): string[] {
  const notes: string[] = [];
  if (alone !== undefined)
    notes.push(
      `teacher: its answers depend on the other rows of a batch (${alone}); it runs on one row at a time, which is slower`,
    );
  if (idle.length > 0)
    notes.push(
      `teacher: its score does not depend on ${idle.map(({ name }) => `input ${quote(name)}`).join(', ')} (filled with zeros or empty text)`,
    );
  return notes;
}
