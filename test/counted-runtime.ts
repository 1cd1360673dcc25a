// The ONNX runtime, with a count of the rows that each session has run.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { loadRuntime } from '../src/teacher/runtime.ts';
import type { OnnxRuntime } from '../src/teacher/teacher-options.ts';

/** A runtime that counts. */
export interface Counted {
  readonly ort: OnnxRuntime;
  /** Rows by the outputs of the session and what was asked of it, such as `y,hidden -> hidden`, since the last call. */
  rows(): Record<string, number>;
  /** Sessions that are open. */
  readonly open: Set<string>;
}

/**
 * The runtime itself runs: only its calls are counted.
 * @param change changes what a session of some outputs returns, as a fusion might
 */
export async function countedRuntime(
  change: (outputs: string, result: InferenceSession.OnnxValueMapType) => void = () => undefined,
): Promise<Counted> {
  let rows: Record<string, number> = {};
  const open = new Set<string>();
  const runtime = await loadRuntime();
  const { InferenceSession: Sessions } = runtime;
  const create = async (model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> => {
    const session = await Sessions.create(model, options);
    const outputs = session.outputNames.join();
    const run = session.run.bind(session) as (...call: unknown[]) => Promise<InferenceSession.OnnxValueMapType>;
    const release = session.release.bind(session);
    open.add(outputs);
    return Object.assign(session, {
      async run(feeds: Record<string, Tensor>, tensors: readonly string[], settings: object) {
        const [input] = Object.values(feeds);
        const name = `${outputs} -> ${tensors.join()}`;
        rows[name] = (rows[name] ?? 0) + (input?.dims[0] ?? 0);
        const result = await run(feeds, tensors, settings);
        change(outputs, result);
        return result;
      },
      async release() {
        open.delete(outputs);
        await release();
      },
    });
  };
  return {
    ort: { ...runtime, InferenceSession: { ...Sessions, create } } as unknown as OnnxRuntime,
    rows() {
      const counted = rows;
      rows = {};
      return counted;
    },
    open,
  };
}
