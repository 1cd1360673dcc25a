// A teacher: an ONNX classifier in onnxruntime-web (wasm provider, one thread), whose output is read as margins.

import type { Preprocessing } from '../data/preprocessing.ts';
import { quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { bytesOf, nameOf, type Source } from '../io/source.ts';
import { bindInputs } from './binding.ts';
import { exactScore } from './exact-score.ts';
import { readExternalData } from './external-data.ts';
import { withOutput } from './onnx-edit.ts';
import type { GraphTensor } from './onnx-graph.ts';
import { openTeacher } from './onnx-teacher.ts';
import { detectConvention } from './output-convention.ts';
import { parseOnnx } from './parse-onnx.ts';
import { probeOutput } from './probe.ts';
import type { Convention } from './reading.ts';
import { loadRuntime, type Ort } from './runtime.ts';
import { labelOutput, scoreOutput } from './score-output.ts';
import { type Call, callSession, openSession } from './session.ts';
import type { Teacher } from './teacher.ts';

/** An onnxruntime-web module: what is used of it. Its own declarations need those of the DOM. */
export interface OnnxRuntime {
  /** Opens models. */
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<object> };
  /** Makes inputs. */
  readonly Tensor: object;
  /** Its settings. */
  readonly env: object;
}

/** What loadTeacher cannot find out, or should not. */
export interface TeacherOptions {
  /** What the teacher was trained on; checked against its input width. */
  readonly preprocessing?: Preprocessing;
  /** What the output means, where it cannot be detected. */
  readonly convention?: Convention;
  /** Which of two values a row is class 1's; default: by the model's own names and labels, else the second. */
  readonly positiveClass?: 'first' | 'second';
  /**
   * The class that is class 1, by its name or its place from 0: against the rest of the classes, or, where each value is a label of
   * its own, that label. Needed where there are more than two.
   */
  readonly class?: string;
  /** The input's name, where it must be that one. */
  readonly input?: string;
  /** The output's name, where it is not the one that looks like a score. */
  readonly output?: string;
  /** Files that hold the model's weights, by the names it has for them; default: beside it, where it is a path. */
  readonly externalData?: ReadonlyMap<string, Source>;
  /**
   * Told when the ONNX runtime begins (true) and ends (false) to work on something; true again where it goes on to the next. It blocks its thread: to limit its time,
   * load the teacher in a worker, and end the worker from outside.
   */
  readonly onRuntime?: (busy: boolean) => void;
  /** An onnxruntime-web module of your own; default `onnxruntime-web/wasm`. */
  readonly ort?: OnnxRuntime;
}

/**
 * Loads a teacher and finds out what its output means.
 * @throws DebkdError `source`, `teacher` or `convention`; `preprocessing` where its width is another, `wasm` where the ONNX runtime does not start
 */
export async function loadTeacher(source: Source, options: TeacherOptions = {}): Promise<Teacher> {
  const bytes = await bytesOf(source);
  const name = nameOf(source);
  const graph = parseOnnx(bytes, name);
  const output = scoreOutput(graph, options.output, name);
  const binding = bindInputs(graph, output.name, { ...options, name });
  const exact = exactScore(graph, output.name);
  const label = labelOutput(graph, output.name);
  const external = await readExternalData(graph, source, options.externalData, name);
  const ort = (options.ort as Ort | undefined) ?? (await loadRuntime());
  const isOutput = (tensor: string): boolean => graph.outputs.some((known) => known.name === tensor);
  let model: Uint8Array = isOutput(output.name) ? bytes : withOutput(bytes, output.name);
  if (exact && !isOutput(exact.tensor)) model = withOutput(model, exact.tensor, exact.node);
  const { onRuntime } = options;
  // each step of opening and probing has its time, what is drawn for it included
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

function notesOf(alone: string | undefined, idle: readonly GraphTensor[]): string[] {
  const notes: string[] = [];
  if (alone !== undefined)
    notes.push(
      `teacher: ${alone}, so that its answers depend on other rows; it is asked one row at a time, which takes longer`,
    );
  if (idle.length > 0)
    notes.push(
      `teacher: its score does not depend on ${idle.map(({ name }) => `input ${quote(name)}`).join(', ')}, fed with zeros`,
    );
  return notes;
}
