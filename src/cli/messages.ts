// The messages from the command's thread to the main thread.
import { parentPort } from 'node:worker_threads';
import { printable } from '../io/errors.ts';
import { type Overall, openOverall } from '../io/overall.ts';
import type { Progress } from '../io/progress.ts';
import type { Step } from '../io/step.ts';

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** The number of a cluster's tasks in each state, shown next to the progress. */
  | { readonly kind: 'detail'; readonly text: string }
  /** Whether the thread needs the message 'stop' and time to shut down gracefully. */
  | { readonly kind: 'graceful-stop'; readonly needed: boolean }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'output'; readonly text: string }
  /** The temporary folder `path` of the result `output` was created or removed. */
  | { readonly kind: 'temp-folder'; readonly path: string; readonly output: string; readonly exists: boolean }
  /** The ONNX runtime starts work that may take this long; 0 when it has ended. */
  | { readonly kind: 'runtime'; readonly seconds: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string };

export function postToMain(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** Writes to standard output. Resolves when the reader has taken the text: a slow reader slows the command down. */
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

/** Says that options have no effect. @param names without the dashes; where empty, nothing is written */
export function noteIgnored(names: readonly string[], reason: string): void {
  if (names.length > 0) note(`note: ignoring ${names.map((name) => `--${name}`).join(', ')}: ${reason}`);
}

let overall: Overall | undefined;

function post(progress: Progress): void {
  postToMain({ kind: 'progress', progress });
}

/** Sets the steps that the command still has, for the share and the time left. @param rough whether their times are guesses */
export function planSteps(steps: readonly Step[], rough = false): void {
  if (overall) overall.plan(steps, rough);
  else overall = openOverall(steps, post, { rough });
}

/** Says that a step begins which tells of no progress. */
export function beginStep(stage: string): void {
  onProgress({ stage, done: 0, total: 1 });
}

/** Says that all steps have ended. */
export function endSteps(stage: string): void {
  overall?.finish(stage);
}

export function onProgress(progress: Progress): void {
  if (overall) overall.onProgress(progress);
  else post(progress);
}
