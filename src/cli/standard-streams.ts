// What happens when standard output or standard error cannot be written.
import { DebkdError, unwritable } from '../io/errors.ts';
import { DONE, REFUSED } from './exit-codes.ts';
import { nameOption } from './name-option.ts';

/** Ends the process, after a line on standard error if there is one. */
export type Finish = (code: number, line?: string) => void;

/** Handles failed writes to both streams. */
export function watchStreams(finish: Finish): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // the reader has closed the pipe, as head does
    if (error.code === 'EPIPE') return finish(DONE);
    const problem = unwritable('', error, 'standard output');
    finish(REFUSED, problem instanceof DebkdError ? problem.toSentence(nameOption) : `standard output: ${problem}`);
  });
  // nobody can be told, and no result depends on it
  process.stderr.on('error', () => undefined);
}
