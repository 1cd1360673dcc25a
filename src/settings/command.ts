// What was typed, to be typed again.
import type { Values } from './values.ts';

/** The command with its options, quoted for a POSIX shell where they need it. */
export function commandOf(command: string, values: Values): string {
  // where the work was done changes nothing, and the queue's address may hold a password
  const said = Object.entries(values).filter(([name]) => name !== 'queue' && name !== 'store');
  const words = said.flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
  return [
    'debkd',
    command,
    ...words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ');
}
