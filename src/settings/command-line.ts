// Formats a command and its options as a shell line, for the record of a run.
import type { Values } from './values.ts';

/** Returns the command line, quoted for a POSIX shell where needed. */
export function commandLine(command: string, values: Values): string {
  // queue and store do not change the result, and the queue's address may contain a password
  const recorded = Object.entries(values).filter(([name]) => name !== 'queue' && name !== 'store');
  const words = recorded.flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [`--${name}`, String(one)]);
  });
  return [
    'debkd',
    command,
    ...words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ');
}
