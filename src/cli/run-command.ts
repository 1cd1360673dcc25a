// Starts the thread that runs a command (command-thread.ts). This thread prints and handles Ctrl-C.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { printable } from '../io/errors.ts';
import { exceeded, openLimit } from '../io/limit.ts';
import { DONE, FAILED, INTERRUPTED, REFUSED } from './exit-codes.ts';
import type { ThreadMessage } from './messages.ts';
import { nameOption } from './name-option.ts';
import type { Invocation } from './parse.ts';
import { openProgress } from './progress.ts';
import { RUN_FILE, runFolder } from './run-folder.ts';
import type { Finish } from './standard-streams.ts';
import { removeTempFolder } from './temp-folder.ts';

/** Time that a coordinator has to remove its tasks from the queue. */
const SHUTDOWN_TIMEOUT_MS = 2000;
/**
 * Work of a wasm function (about its bytes that run) after which V8 optimises it, ten times V8's default. V8 takes up to 0.25 s to
 * optimise each of the ONNX runtime's largest functions, and the process cannot end meanwhile. By default it optimises functions that
 * run only once. With this, Ctrl-C ends the process in time, and labels arrive sooner.
 */
const WASM_BUDGET = 18_000_000;
/** The same for inspect, which runs the model on few rows: only a large model repays the work. */
const INSPECT_BUDGET = 180_000_000;

/** Runs a command in a thread of the file `thread`; the process ends with it. Returns what ends both earlier. */
export function runCommand(invocation: Invocation, thread: URL): Finish {
  setWasmBudget(invocation.command === 'inspect' ? INSPECT_BUDGET : WASM_BUDGET);
  const progress = openProgress(process.stderr);
  const worker = new Worker(thread, { workerData: invocation });
  const tempFolders = new Map<string, string>();
  const finish: Finish = (code, line) => {
    progress.clear();
    if (line !== undefined) process.stderr.write(`debkd: ${line}\n`);
    // remove unfinished results, keep checkpoints
    for (const [path, output] of tempFolders) removeTempFolder(path, output);
    process.exit(code);
  };
  let [graceful, stopping] = [false, false];
  const stop = (): void => {
    progress.clear();
    // a coordinator first removes its tasks from the queue, a worker first finishes its tasks
    if (!stopping && graceful) {
      stopping = true;
      worker.postMessage('stop');
      if (invocation.command !== 'worker') setTimeout(stop, SHUTDOWN_TIMEOUT_MS);
      return;
    }
    const folder = runFolder(invocation);
    const resumable = folder !== undefined && existsSync(join(folder, RUN_FILE));
    const hint = resumable ? `; finished work is kept in ${folder}, continue with --resume` : '';
    finish(INTERRUPTED, `interrupted${hint}`);
  };
  let limit: ReturnType<typeof openLimit> | undefined;
  const tooLong = (seconds: number): void => finish(REFUSED, exceeded(seconds).toSentence(nameOption));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const bug = (text: string): void => finish(FAILED, `this is a bug in debkd, please report it: ${text}`);
  let ended = false;
  worker.on('message', (message: ThreadMessage) => {
    ended ||= message.kind === 'done' || message.kind === 'refused' || message.kind === 'failed';
    if (stopping && ended && invocation.command !== 'worker') return; // stop() writes the message
    switch (message.kind) {
      case 'progress':
        progress.show(message.progress);
        break;
      case 'graceful-stop':
        graceful = message.needed;
        if (stopping && !graceful) stop();
        break;
      case 'detail':
        progress.detail(printable(message.text));
        break;
      case 'note':
        progress.clear();
        process.stderr.write(`${message.text}\n`);
        break;
      case 'output':
        progress.clear();
        progress.flush();
        process.stdout.write(message.text, (error) => {
          if (!error) worker.postMessage('written'); // otherwise the error of the stream ends the process
        });
        break;
      case 'temp-folder':
        if (message.exists) tempFolders.set(message.path, message.output);
        else tempFolders.delete(message.path);
        break;
      case 'runtime':
        limit?.(false);
        limit = message.seconds > 0 ? openLimit(message.seconds, () => tooLong(message.seconds)) : undefined;
        limit?.(true);
        break;
      case 'done':
        progress.flush();
        finish(DONE);
        break;
      case 'refused':
        finish(REFUSED, printable(message.text));
        break;
      case 'failed':
        bug(message.text.split('\n').map(printable).join('\n'));
    }
  });
  worker.on('error', (error) => bug(error.stack ?? error.message));
  // a thread that waits for what never comes ends without a message
  worker.on('exit', (code) => {
    if (!ended) bug(`the thread of the command ended with code ${code} and no result`);
  });
  return finish;
}

function setWasmBudget(budget: number): void {
  try {
    setFlagsFromString(`--wasm-tiering-budget=${budget}`);
  } catch {
    // the host does not run V8
  }
}
