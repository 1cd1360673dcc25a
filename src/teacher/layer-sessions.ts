// The sessions of a model that return a hidden layer, alone or with the score. Teachers of the same model share them.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { ExternalFile } from './external-data.ts';
import { withOutput } from './onnx-edit.ts';
import { type Call, openSession } from './session.ts';
import { threadsOf } from './session-threads.ts';

/** What sessions are opened from. */
export interface LayerModel {
  /** The file. */
  readonly bytes: Uint8Array;
  readonly external: readonly ExternalFile[];
  /** A tensor that an operator outside the file makes, and the operator. */
  readonly added?: { readonly tensor: string; readonly node?: Uint8Array | undefined } | undefined;
}

/** A session, and the calls that use it. */
interface Opened {
  readonly session: Promise<InferenceSession>;
  users: number;
}

/**
 * Sessions by the tensors that they return. They are not that of the margins, because another output could change how the runtime fuses
 * the model and the last bits of what it returns.
 */
export class LayerSessions {
  readonly #model: LayerModel;
  readonly #opened = new Map<string, Opened>();
  readonly #alike = new Map<string, boolean>();
  readonly #withLayer = new Map<string, readonly string[]>();

  constructor(model: LayerModel) {
    this.#model = model;
  }

  /** Whether two sets of tensors have the same session. */
  isSame(some: readonly string[], others: readonly string[], call: Call): boolean {
    return this.#keyOf(some, call) === this.#keyOf(others, call);
  }

  /** Whether a session returns the score and the layer with the bits of sessions of their own; undefined if that is not known yet. */
  isAlike(score: string, layer: string): boolean | undefined {
    return this.#alike.get(JSON.stringify([score, layer]));
  }

  /** Stores the answer to isAlike. */
  setAlike(score: string, layer: string, isAlike: boolean): void {
    this.#alike.set(JSON.stringify([score, layer]), isAlike);
    if (isAlike) this.#withLayer.set(layer, [score, layer]);
  }

  /** The tensors of the session to read a layer from. */
  withLayer(layer: string): readonly string[] {
    return this.#withLayer.get(layer) ?? [layer];
  }

  /** Calls `work` with the session that returns the tensors, which stays open meanwhile. @throws DebkdError as openSession */
  async use<T>(tensors: readonly string[], call: Call, work: (session: InferenceSession) => Promise<T>): Promise<T> {
    const key = this.#keyOf(tensors, call);
    const opened = this.#opened.get(key) ?? { session: this.#open(tensors, call), users: 0 };
    this.#opened.set(key, opened);
    opened.users++;
    try {
      const session = await opened.session.catch((error: unknown) => {
        if (this.#opened.get(key) === opened) this.#opened.delete(key);
        throw error;
      });
      return await work(session);
    } finally {
      opened.users--;
    }
  }

  /** Frees the memory of a session, unless it is in use. A later call opens it again. */
  async close(tensors: readonly string[], call: Call): Promise<void> {
    const key = this.#keyOf(tensors, call);
    const opened = this.#opened.get(key);
    if (!opened || opened.users > 0) return;
    this.#opened.delete(key);
    const session = await opened.session;
    threadsOf(session)?.end();
    await session.release();
  }

  /** All open sessions. */
  async all(): Promise<InferenceSession[]> {
    const settled = await Promise.allSettled([...this.#opened.values()].map(({ session }) => session));
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  /** The tensors that are not outputs of the file. */
  #inner(tensors: readonly string[], { graph }: Call): string[] {
    return [...new Set(tensors)].filter((tensor) => !graph.outputs.some(({ name }) => name === tensor));
  }

  #keyOf(tensors: readonly string[], call: Call): string {
    return JSON.stringify(this.#inner(tensors, call));
  }

  #open(tensors: readonly string[], call: Call): Promise<InferenceSession> {
    const { bytes, external, added } = this.#model;
    const model = this.#inner(tensors, call).reduce(
      (made, tensor) => withOutput(made, tensor, tensor === added?.tensor ? added.node : undefined),
      bytes,
    );
    return openSession(call, model, external);
  }
}
