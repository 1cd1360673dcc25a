// Checked options, read by their kind.

/** Checked options by their names on the command line. */
export type Values = Readonly<Record<string, string | boolean>>;

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function number(values: Values, name: string): number | undefined {
  const value = text(values, name);
  return value === undefined ? undefined : Number(value);
}

/** Names with commas between them; `""` is the empty name. */
export function list(values: Values, name: string): string[] {
  return (text(values, name) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (part === '""' ? '' : part));
}
