// A command and its options as a line for a shell, for records of a run.
import type { Values } from './values.ts';

/** The command with its options, quoted for a POSIX shell where they need it. */
export function commandLine(command: string, values: Values): string {
  // queue and store do not change the result, and the queue's address may hold a password
  const recorded = Object.entries(values).filter(([name]) => name !== 'queue' && name !== 'store');
  const words = recorded.flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
  return [
    'debkd',
    command,
    ...words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ');
}
