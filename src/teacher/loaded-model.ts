// A model that the ONNX runtime has loaded.
import type { InferenceSession } from 'onnxruntime-web/wasm';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { LayerSessions } from './layer-sessions.ts';
import type { OpenClass } from './output-convention.ts';
import type { Call } from './session.ts';

/** A model that the ONNX runtime has loaded. */
export interface LoadedModel {
  /** SHA-256 of the file and of each external file. */
  readonly digests: readonly string[];
  readonly session: InferenceSession;
  readonly call: Call;
  /** The output to read, and why. */
  readonly output: { readonly name: string; readonly why: string };
  /** Whether the caller stated class 1. */
  readonly stated: boolean;
  /** Class 1 of several, to be chosen; absent if it is known. */
  readonly open?: OpenClass | undefined;
  readonly preprocessing: Preprocessing | undefined;
  /** Whether labelled rows have confirmed how images are read. */
  readonly isTried?: boolean;
  /** Sessions that return a hidden layer. */
  readonly sessions: LayerSessions;
}
