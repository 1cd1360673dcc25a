// The messages of the command's thread to the main thread.
import { parentPort } from 'node:worker_threads';
import { printable } from '../io/errors.ts';
import type { Progress } from '../io/progress.ts';

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** Shown next to the progress: how many tasks of a cluster are in each state. */
  | { readonly kind: 'detail'; readonly text: string }
  /** Whether the thread needs the message 'stop', and time to end its work gracefully. */
  | { readonly kind: 'graceful-stop'; readonly needed: boolean }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'output'; readonly text: string }
  /** The temporary folder at `path`, of the result at `output`, was made or removed. */
  | { readonly kind: 'temp-folder'; readonly path: string; readonly output: string; readonly exists: boolean }
  /** The ONNX runtime starts work that may take so long; 0: it has ended. */
  | { readonly kind: 'runtime'; readonly seconds: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string };

export function postToMain(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** Writes to standard output; resolves when the reader has taken it, which slows the work down to the reader's speed. */
export async function print(text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    parentPort?.once('message', () => resolve());
    postToMain({ kind: 'output', text });
  });
}

/** Writes a line to standard error. */
export function note(text: string): void {
  postToMain({ kind: 'note', text: printable(text) });
}

export function onProgress(progress: Progress): void {
  postToMain({ kind: 'progress', progress });
}
