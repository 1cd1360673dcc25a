#!/usr/bin/env node
// The command line. This thread parses options, prints and handles Ctrl-C; command-thread.ts runs the command.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { DebkdError, printable } from '../io/errors.ts';
import { exceeded, openLimit } from '../io/limit.ts';
import { VERSION } from '../version.ts';
import { helpText } from './help.ts';
import type { ThreadMessage } from './messages.ts';
import { nameOption } from './name-option.ts';
import { type Invocation, parseCommand } from './parse.ts';
import { openProgress } from './progress.ts';
import { RUN_FILE, runFolder } from './run-folder.ts';
import { removeTempFolder } from './temp-folder.ts';

const DONE = 0;
const FAILED = 1;
const REFUSED = 2;
const INTERRUPTED = 130;
/** Time that a coordinator has to remove its tasks from the queue. */
const SHUTDOWN_TIMEOUT_MS = 2000;
const MIN_NODE = 20;

function main(): void {
  const [version] = process.versions.node.split('.').map(Number) as [number];
  if (version < MIN_NODE) {
    process.stderr.write(
      `debkd: Node ${process.versions.node}: expected ${MIN_NODE} or later; install a newer version\n`,
    );
    process.exitCode = REFUSED;
    return;
  }
  let invocation: ReturnType<typeof parseCommand>;
  try {
    invocation = parseCommand(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof DebkdError)) throw error;
    process.stderr.write(`debkd: ${printable(error.toSentence(nameOption))}\n`);
    process.exitCode = REFUSED;
    return;
  }
  if (invocation === 'version') process.stdout.write(`${VERSION}\n`);
  else if ('help' in invocation) process.stdout.write(helpText(invocation.help));
  else run(invocation);
}

function run(invocation: Invocation): void {
  const progress = openProgress(process.stderr);
  const worker = new Worker(new URL('./command-thread.js', import.meta.url), { workerData: invocation });
  const tempFolders = new Map<string, string>();
  const finish = (code: number): void => {
    progress.clear();
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
    process.stderr.write(`debkd: interrupted${hint}\n`);
    finish(INTERRUPTED);
  };
  let limit: ReturnType<typeof openLimit> | undefined;
  const tooLong = (seconds: number): void => {
    progress.clear();
    process.stderr.write(`debkd: ${exceeded(seconds).toSentence(nameOption)}\n`);
    finish(REFUSED);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.stdout.on('error', () => finish(DONE)); // the reader has closed the pipe, as head does
  worker.on('message', (message: ThreadMessage) => {
    const ended = message.kind === 'done' || message.kind === 'refused' || message.kind === 'failed';
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
        process.stdout.write(message.text, () => worker.postMessage('written'));
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
        finish(DONE);
        break;
      case 'refused':
        progress.clear();
        process.stderr.write(`debkd: ${printable(message.text)}\n`);
        finish(REFUSED);
        break;
      case 'failed':
        progress.clear();
        process.stderr.write(
          `debkd: this is a bug in debkd, please report it: ${message.text.split('\n').map(printable).join('\n')}\n`,
        );
        finish(FAILED);
    }
  });
  worker.on('error', (error) => {
    progress.clear();
    process.stderr.write(`debkd: this is a bug in debkd, please report it: ${error.stack ?? error.message}\n`);
    finish(FAILED);
  });
}

// V8 takes up to 0.25 s to optimise each of the ONNX runtime's largest functions, and the process cannot end meanwhile. By default
// it optimises functions that run only once. A ten times larger budget delays this: Ctrl-C ends the process in time, and labels
// arrive sooner.
try {
  setFlagsFromString('--wasm-tiering-budget=18000000');
} catch {
  // the host does not run V8
}
main();
