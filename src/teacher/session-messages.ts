// The messages between a pool of sessions and its threads.
import type { Tensor } from 'onnxruntime-web/wasm';
import type { Provider } from './provider-names.ts';

/** A tensor as plain data. */
export type TensorData = Pick<Tensor, 'type' | 'dims' | 'data'>;

/** What opens a session in another thread. */
export interface SessionModel {
  readonly model: Uint8Array;
  readonly external: readonly { readonly path: string; readonly data: Uint8Array }[];
  readonly provider: Provider;
  /** Where the runtime's files are, if the program has stated it: `env.wasm` of onnxruntime-web. */
  readonly wasm: { readonly wasmPaths?: unknown; readonly wasmBinary?: unknown };
}

/** A thread runs one request at a time, and answers each. */
export type SessionRequest =
  | { readonly open: SessionModel }
  | { readonly feeds: Readonly<Record<string, TensorData>>; readonly tensors: readonly string[] };

export type SessionReply =
  | { readonly opened: true }
  | { readonly outputs: readonly TensorData[] }
  /** The runtime's message. */
  | { readonly failed: string };
