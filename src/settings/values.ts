// Reads checked options by type.
import { parseList } from './lists.ts';

/** Checked options by name, as the command line spells them. */
export type Values = Readonly<Record<string, string | boolean | readonly string[]>>;

/** Returns an option's text; undefined where it is absent or a switch. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Returns the texts of an option that may be given several times; empty where it is absent. */
export function texts(values: Values, name: string): readonly string[] {
  const value = values[name];
  return typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
}

/** Returns an option's number; undefined where it is absent. */
export function number(values: Values, name: string): number | undefined {
  const value = text(values, name);
  return value === undefined ? undefined : Number(value);
}

/** Returns the number that a text writes in decimals, such as 0.5 or 1e-3; NaN for any other text, such as 0x10 or one with blanks. */
export function decimalOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

/** Returns an option's comma-separated names, of which some may be in double quotes; `""` is the empty name. */
export function list(values: Values, name: string): string[] {
  return parseList(text(values, name) ?? '').map((entry) => entry.name);
}
