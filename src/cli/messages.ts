// What the working thread tells the main one.
import { parentPort } from 'node:worker_threads';
import { printable } from '../io/errors.ts';
import type { Progress } from '../io/progress.ts';

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** What there is to say beside the progress: of a cluster, which tasks are where. */
  | { readonly kind: 'detail'; readonly text: string }
  /** There is something to put in order before the end: 'stop' is to be said, and waited for. */
  | { readonly kind: 'orderly'; readonly needed: boolean }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'output'; readonly text: string }
  /** A temporary folder of the result at `place` was made (open), or is gone. */
  | { readonly kind: 'partial'; readonly path: string; readonly place: string; readonly open: boolean }
  /** The ONNX runtime works on something, and may for so long; 0: it is done. */
  | { readonly kind: 'runtime'; readonly seconds: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string };

export function postToMain(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** Writes to standard output; resolves when the reader has taken it, so that a slow reader slows the work. */
export async function print(text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    parentPort?.once('message', () => resolve());
    postToMain({ kind: 'output', text });
  });
}

/** A line for people, on standard error. */
export function note(text: string): void {
  postToMain({ kind: 'note', text: printable(text) });
}

export function onProgress(progress: Progress): void {
  postToMain({ kind: 'progress', progress });
}
