// The option of the command line that leaves out a column, for messages.

/** `--drop NAME`; the name of a column without one is `""`. */
export function dropOption(name: string): string {
  return `--drop ${name === '' ? '\'""\'' : name}`;
}
