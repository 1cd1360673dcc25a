// A loaded ONNX model as a teacher.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf } from '../io/sha256.ts';
import { tensorInGraph } from './exact-score.ts';
import type { ExternalFile } from './external-data.ts';
import { hiddenLayer } from './hidden-layer.ts';
import { toMargins } from './margin.ts';
import { withOutput } from './onnx-edit.ts';
import type { Reading } from './reading.ts';
import { type Call, eachBatch, openSession, PROVIDER } from './session.ts';
import { readForTarget } from './target-class.ts';
import type { Teacher } from './teacher.ts';

/** A model that the ONNX runtime has loaded. */
export interface LoadedModel {
  /** The file. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the file and of each external file. */
  readonly digests: readonly string[];
  readonly external: readonly ExternalFile[];
  readonly session: InferenceSession;
  readonly call: Call;
  /** The output to read, and why. */
  readonly output: { readonly name: string; readonly why: string };
  /** Whether the caller stated class 1. */
  readonly stated: boolean;
  /** Sessions that return a hidden layer, by tensor. */
  readonly hiddenSessions: Map<string, InferenceSession>;
}

/** Opens a teacher that reads a model's output by a reading. Teachers of the same model share its sessions. */
export function openTeacher(model: LoadedModel, reading: Reading, notes: readonly string[]): Teacher {
  const { bytes, digests, external, session, call, output, stated, hiddenSessions } = model;
  const { ort, graph, binding, name, width } = call;
  const { tensor, margin } = reading;
  const release = async (): Promise<void> => {
    for (const open of [session, ...hiddenSessions.values()]) await open.release();
  };
  /**
   * A separate session, because another output could change how the runtime fuses the model and the last bits of the
   * margins.
   */
  const sessionFor = async (layer: string): Promise<InferenceSession> => {
    const isOutput = graph.outputs.some((known) => known.name === layer);
    const opened =
      hiddenSessions.get(layer) ?? (await openSession(call, isOutput ? bytes : withOutput(bytes, layer), external));
    hiddenSessions.set(layer, opened);
    return opened;
  };
  return {
    name,
    sha256: digests[0] as string,
    identity: digestOf([digests, ort.env.versions.common, PROVIDER, tensor, margin, binding.takes, call.alone]),
    graph,
    convention: reading.convention,
    reading,
    why: { output: output.why, inputs: binding.why },
    takes: binding.takes,
    width,
    inputs: binding.takes === 'matrix' ? [] : binding.inputs.map((input) => input.name),
    notes,
    async margins(rows, watch = {}) {
      const margins = new Float64Array(rows.rows);
      let clippedCount = 0;
      await eachBatch(
        { session, rows, tensor, call },
        { stage: 'soft labels', ...watch },
        (values, { from, to, called }) => {
          refuseWidth(values.length / called, margin.width, tensor, name);
          clippedCount += toMargins(values, margin, margins.subarray(from, to));
        },
      );
      refuseNonFinite(margins, 1, name, watch.firstRow);
      return { margins, clippedCount };
    },
    forTarget(target) {
      const turned = stated || !target ? undefined : readForTarget(reading, target);
      if (!turned) return this;
      const noted = turned.note === undefined ? notes : [...new Set([...notes, turned.note])];
      return openTeacher(model, turned.reading, noted);
    },
    hiddenLayer: (wanted) => hiddenLayer(graph, tensorInGraph(graph, tensor, output.name), wanted, name),
    async features(rows, layer, watch = {}) {
      const opened = await sessionFor(layer);
      let columns = 0;
      let values = new Float32Array(0);
      const asked = { session: opened, rows, tensor: layer, call };
      await eachBatch(asked, { stage: 'features', ...watch }, (answer, { from, to, called }) => {
        if (from === 0) {
          columns = answer.length / called;
          values = new Float32Array(rows.rows * columns);
        }
        for (let i = 0; i < (to - from) * columns; i++) values[from * columns + i] = answer[i] as number;
      });
      refuseNonFinite(values, columns, name, watch.firstRow);
      return { rows: rows.rows, width: columns, values };
    },
    [dispose]: () => void release().catch(() => undefined),
  };
}

function refuseWidth(seen: number, expected: number, tensor: string, name: string): void {
  if (seen === expected) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}, output ${quote(tensor)}`,
    seen: `${seen} values per row`,
    expected: `${expected} as in the first call`,
    remedy: 'export it with a fixed number of values per row',
  });
}

/** @param columns values per row */
function refuseNonFinite(values: Float64Array | Float32Array, columns: number, name: string, firstRow = 0): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new DebkdError('teacher', {
    subject: `teacher ${quote(name, 200)}, row ${firstRow + Math.floor(bad / columns) + 1}`,
    seen: `its output is ${values[bad]}`,
    expected: 'a finite number',
    remedy: 'check the preprocessing and the model',
  });
}
