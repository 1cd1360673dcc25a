// How a column is left out on the command line.

/** `--drop NAME`; a column without a name is `""`. */
export function dropOption(name: string): string {
  return `--drop ${name === '' ? '\'""\'' : name}`;
}
