#!/usr/bin/env node
// The command line: parses options, and prints --help, --version and refusals of options by itself. run-command.ts, with all that
// commands need, is loaded only for a command.
import { DebkdError, printable } from '../io/errors.ts';
import { VERSION } from '../version.ts';
import { REFUSED } from './exit-codes.ts';
import { nameOption } from './name-option.ts';
import { parseCommand } from './parse.ts';
import { type Finish, watchStreams } from './standard-streams.ts';

const MIN_NODE = 20;
/** Relative to this file, because the bundle has other modules in another folder. */
const THREAD = new URL('./command-thread.js', import.meta.url);

async function main(): Promise<void> {
  let finish: Finish = (code, line) => {
    if (line !== undefined) process.stderr.write(`debkd: ${line}\n`);
    process.exit(code);
  };
  watchStreams((...end) => finish(...end));
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
  else if ('help' in invocation) process.stdout.write((await import('./help.ts')).helpText(invocation.help));
  else finish = (await import('./run-command.ts')).runCommand(invocation, THREAD);
}

await main();
