// From the command line to checked options.
import { parseArgs } from 'node:util';
import { DebkdError, nearest, problemOf, quote } from '../io/errors.ts';
import type { Values } from '../settings/values.ts';
import { COMMANDS } from './commands.ts';
import type { CommandSpec, OptionSpec } from './option-spec.ts';
import { RENAMED_OPTIONS } from './renamed-options.ts';

export interface Invocation {
  readonly command: string;
  readonly argument?: string;
  readonly values: Values;
  /** Notes about options that were renamed. */
  readonly notes: readonly string[];
}

/** `help` and `version` stand for themselves. @throws DebkdError `usage` */
export function parseCommand(args: readonly string[]): Invocation | { help: string | undefined } | 'version' {
  const [command, ...rest] = args;
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') return { help: rest[0] };
  if (command === '--version' || command === '-v') return 'version';
  const spec = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!spec) throw unknown('unknown command', command, Object.keys(COMMANDS), 'debkd --help lists them');
  if (rest.includes('--help') || rest.includes('-h')) return { help: command };
  return { command, ...parseOptions(command, spec, rest) };
}

function parseOptions(command: string, spec: CommandSpec, args: string[]): Omit<Invocation, 'command'> {
  const names = Object.entries(spec.options);
  const renamed = Object.entries(RENAMED_OPTIONS).filter(([, name]) => Object.hasOwn(spec.options, name));
  const options = Object.fromEntries(
    [...names, ...renamed.map(([old, name]) => [old, spec.options[name] as OptionSpec] as const)].map(
      ([name, { value }]) => [name, { type: value ? ('string' as const) : ('boolean' as const) }],
    ),
  );
  const notes = new Set<string>();
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string | boolean>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const name = currentName(token.name, spec);
    if (name !== token.name) notes.add(`note: --${token.name} is now --${name}`);
    const option = Object.hasOwn(spec.options, name) ? spec.options[name] : undefined;
    if (!option) {
      if (spec.argument && token.name === 'teacher')
        throw usage(`${command}: takes its file without an option: debkd ${command} ${spec.argument}`);
      throw unknown(
        'unknown option',
        token.rawName,
        names.map(([known]) => `--${known}`),
        `debkd ${command} --help lists them`,
      );
    }
    if (values.has(name)) throw usage(`option --${name}: given twice; give it once`);
    values.set(name, checkedValue(name, option, token.value, token.inlineValue === true));
  }
  const extra = positionals[spec.argument ? 1 : 0];
  if (extra !== undefined)
    throw usage(`argument ${quote(extra, 100)}: not expected by ${command}; ${byOption(command, spec)}`);
  const [argument] = positionals;
  if (spec.argument && argument === undefined)
    throw usage(`${command}: no ${spec.argument} given; usage: debkd ${command} ${spec.argument}`);
  return { ...(argument === undefined ? {} : { argument }), values: Object.fromEntries(values), notes: [...notes] };
}

/** The name that an option has today. */
function currentName(name: string, { options }: CommandSpec): string {
  const current = Object.hasOwn(RENAMED_OPTIONS, name) ? (RENAMED_OPTIONS[name] as string) : name;
  return Object.hasOwn(options, current) ? current : name;
}

/** How files are given to a command. */
function byOption(command: string, { required, options, argument }: CommandSpec): string {
  if (argument) return `it takes one file: debkd ${command} ${argument}`;
  const files = required.map((name) => `--${name} ${options[name]?.value ?? ''}`.trim());
  return files.length > 0 ? `files are given by options: debkd ${command} ${files.join(' ')}` : 'options start with --';
}

function checkedValue(name: string, option: OptionSpec, value: string | undefined, inline: boolean): string | boolean {
  if (!option.value) {
    if (inline) throw usage(`option --${name}: takes no value, seen ${quote(value ?? '')}; give --${name} alone`);
    return true;
  }
  if (value === undefined || (!inline && value.startsWith('--'))) {
    throw usage(`option --${name}: needs a value: --${name} ${option.value}`);
  }
  checkValue(`option --${name}`, option, value);
  return value === '' ? (option.empty ?? '') : value;
}

/** Range and choices. @throws DebkdError `usage` */
function checkValue(subject: string, { number, choices, value: example, empty }: OptionSpec, value: string): void {
  if (value === '' && empty !== undefined) return;
  if (value === '') throw usage(`${subject}: empty, expected ${example}`);
  if (choices && !choices.includes(value)) {
    const near = nearest(value, choices);
    throw usage(
      `${subject}: ${quote(value)}, expected one of ${choices.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  if (!number) return;
  const x = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
  if (!(x >= number.min && x <= number.max) || (number.whole && !Number.isInteger(x))) {
    const point = /^\d+,\d+$/.test(value) ? `; write ${value.replace(',', '.')}` : '';
    throw usage(
      `${subject}: ${quote(value)}, expected a ${number.whole ? 'whole ' : ''}number from ${number.min} to ${number.max}${point}`,
    );
  }
}

/**
 * Options of a --config file under those of the command line; keys may be earlier names of options.
 * @throws DebkdError `usage` for an unknown key or a wrong value
 */
export function mergeConfig(command: string, config: unknown, values: Values): Values {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    const seen = Array.isArray(config) ? 'a list' : config === null ? 'null' : `a ${typeof config}`;
    throw usage(`config: ${seen}, expected a JSON object of options in camelCase, such as { "trainRows": 2000 }`);
  }
  const spec = COMMANDS[command] as CommandSpec;
  const { options } = spec;
  const keys = new Map(
    Object.keys(options)
      .filter((name) => name !== 'config')
      .map((name) => [camelCase(name), name]),
  );
  const merged = new Map<string, string | boolean>();
  for (const [key, value] of Object.entries(config)) {
    const name = keys.get(key) ?? keys.get(camelCase(currentName(kebabCase(key), spec)));
    if (name === undefined) throw unknown('config: unknown key', key, keys.keys(), 'keys are the options in camelCase');
    const option = options[name] as OptionSpec;
    const plain = (item: unknown): boolean => typeof item === 'string' || typeof item === 'number';
    const text = Array.isArray(value) && value.every(plain) ? value.join(',') : value;
    if (option.value ? !plain(text) : typeof text !== 'boolean') {
      // JSON.stringify would follow lists in lists as deep as they go
      const seen =
        typeof value === 'object' && value !== null
          ? Array.isArray(value)
            ? 'a list'
            : 'an object'
          : quote(String(value));
      throw usage(`config: ${key} is ${seen}, expected ${option.value ?? 'true or false'}`);
    }
    if (option.value) checkValue(`config: ${key}`, option, String(text));
    if (text !== false) merged.set(name, option.value ? String(text) || (option.empty ?? '') : true);
  }
  for (const [name, value] of Object.entries(values)) merged.set(name, value);
  return Object.fromEntries(merged);
}

/** @throws DebkdError `usage` when a required option is missing */
export function checkRequired(command: string, values: Values): void {
  const { required, options } = COMMANDS[command] as CommandSpec;
  const missing = required.filter((name) => !Object.hasOwn(values, name));
  if (missing.length === 0) return;
  const shown = missing.map((name) => `--${name} ${options[name]?.value ?? ''}`.trim()).join(', ');
  throw usage(
    `${command}: ${shown} ${missing.length > 1 ? 'are' : 'is'} missing; debkd ${command} --help lists the options`,
  );
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, c: string) => c.toUpperCase());
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
}

function usage(message: string): DebkdError {
  return new DebkdError('usage', problemOf(message));
}

/** @param hint what to do where no known name is near */
function unknown(what: string, name: string, known: Iterable<string>, hint: string): DebkdError {
  const near = nearest(name, known);
  return usage(`${what} ${quote(name)}; ${near ? `did you mean ${near}?` : hint}`);
}
