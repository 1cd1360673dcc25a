// Parses the command line and --config files, and checks their options.
import { parseArgs } from 'node:util';
import { DebkdError, type ErrorParts, nearest, quote } from '../io/errors.ts';
import { formatInputs } from '../settings/inputs.ts';
import { formatList, formatName, hasEmptyEntry } from '../settings/lists.ts';
import { decimalOf, type Values } from '../settings/values.ts';
import { COMMANDS } from './commands.ts';
import type { CommandSpec, OptionSpec } from './option-spec.ts';
import { RENAMED_OPTIONS } from './renamed-options.ts';

export interface Invocation {
  readonly command: string;
  readonly argument?: string;
  readonly values: Values;
  /** Notes about earlier names of options. */
  readonly notes: readonly string[];
}

/** Parses the arguments of `debkd`. @throws DebkdError `usage` */
export function parseCommand(args: readonly string[]): Invocation | { help: string | undefined } | 'version' {
  const [command, ...rest] = args;
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') return { help: rest[0] };
  if (command === '--version' || command === '-v') return 'version';
  const spec = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!spec) throw unknown(`command ${quote(command)}`, command, Object.keys(COMMANDS), 'see debkd --help');
  if (rest.includes('--help') || rest.includes('-h')) return { help: command };
  return { command, ...parseOptions(command, spec, rest) };
}

function parseOptions(command: string, spec: CommandSpec, args: string[]): Omit<Invocation, 'command'> {
  const names = Object.entries(spec.options);
  const renamed = Object.entries(RENAMED_OPTIONS).filter(([, name]) => Object.hasOwn(spec.options, name));
  const options = Object.fromEntries(
    [...names, ...renamed.map(([old, name]) => [old, spec.options[name] as OptionSpec] as const)].map(
      ([name, { value, short }]) => [
        name,
        { type: value ? ('string' as const) : ('boolean' as const), ...(short !== undefined && { short }) },
      ],
    ),
  );
  const notes = new Set<string>();
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, Values[string]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const name = currentName(token.name, spec);
    if (name !== token.name) notes.add(`note: --${token.name} is now --${name}`);
    const option = Object.hasOwn(spec.options, name) ? spec.options[name] : undefined;
    if (!option) {
      if (spec.argument && token.name === 'teacher')
        throw usage({
          subject: 'option --teacher',
          seen: `${command} takes its file as an argument`,
          remedy: `run debkd ${command} ${spec.argument}`,
        });
      throw unknown(
        `option ${quote(token.rawName)}`,
        token.rawName,
        names.map(([known]) => `--${known}`),
        `see debkd ${command} --help`,
      );
    }
    const earlier = values.get(name);
    if (earlier !== undefined && !option.repeatable)
      throw usage({ subject: `option --${name}`, seen: 'given twice', remedy: 'give it once' });
    const value = checkedValue(name, option, token.value, token.inlineValue === true);
    values.set(name, earlier === undefined ? value : [...[earlier].flat(), value].map(String));
  }
  const extra = positionals[spec.argument ? 1 : 0];
  if (extra !== undefined)
    throw usage({
      subject: `argument ${quote(extra, 100)}`,
      seen: `${command} takes ${spec.argument ? 'only one argument' : 'no arguments'}`,
      remedy: fileRemedy(command, spec),
    });
  const [argument] = positionals;
  if (spec.argument && argument === undefined)
    throw usage({
      subject: command,
      seen: `${spec.argument} is missing`,
      remedy: `run debkd ${command} ${spec.argument}`,
    });
  return { ...(argument === undefined ? {} : { argument }), values: Object.fromEntries(values), notes: [...notes] };
}

/** The current name of an option. */
function currentName(name: string, { options }: CommandSpec): string {
  const current = Object.hasOwn(RENAMED_OPTIONS, name) ? (RENAMED_OPTIONS[name] as string) : name;
  return Object.hasOwn(options, current) ? current : name;
}

/** How to give a file to a command. */
function fileRemedy(command: string, { required, oneOf = [], options, argument }: CommandSpec): string {
  if (argument) return `run debkd ${command} ${argument}`;
  const files = [...oneOf.slice(0, 1), ...required].map((name) => `--${name} ${options[name]?.value ?? ''}`.trim());
  return files.length > 0
    ? `give files as options: debkd ${command} ${files.join(' ')}`
    : `see debkd ${command} --help`;
}

function checkedValue(name: string, option: OptionSpec, value: string | undefined, inline: boolean): string | boolean {
  if (!option.value) {
    if (inline) throw usage({ subject: `option --${name}`, seen: quote(value ?? ''), expected: 'no value' });
    return true;
  }
  if (value === undefined || (!inline && value.startsWith('--'))) {
    throw usage({ subject: `option --${name}`, seen: 'no value', expected: option.value });
  }
  checkValue(`option --${name}`, option, value);
  return value === '' ? (option.empty ?? '') : value;
}

/** Checks a value against the range or the choices of its option. @throws DebkdError `usage` */
function checkValue(subject: string, option: OptionSpec, value: string): void {
  const { number, choices, value: example, empty } = option;
  if (value === '' && empty !== undefined) return;
  if (value === '') throw usage({ subject, seen: 'empty', expected: example });
  // an unset variable of a shell leaves out a name that was meant
  if (option.list && isListWithGap(subject, value))
    throw usage({
      subject,
      seen: `${quote(value, 100)} has a comma without a name before or after it`,
      expected: example,
      remedy: empty && `write ${empty} for an empty name`,
    });
  if (choices && !choices.includes(value)) {
    const near = nearest(value, choices);
    throw usage({
      subject,
      seen: quote(value),
      expected: expectedOf(option),
      remedy: near && `did you mean ${near}?`,
    });
  }
  if (!number) return;
  const x = decimalOf(value);
  if (!(x >= number.min && x <= number.max) || (number.whole && !Number.isInteger(x))) {
    throw usage({
      subject,
      seen: quote(value),
      expected: expectedOf(option),
      remedy: /^\d+,\d+$/.test(value) ? `write ${value.replace(',', '.')}` : undefined,
    });
  }
}

/** What a value of an option is: its range or choices, otherwise its placeholder. */
function expectedOf({ number, choices, value }: OptionSpec): string {
  if (number) return `a ${number.whole ? 'whole ' : ''}number from ${number.min} to ${number.max}`;
  return choices ? `one of ${choices.join(', ')}` : (value ?? 'true or false');
}

/** Whether a list has an entry without a name. @throws DebkdError `usage` for wrong double quotes */
function isListWithGap(subject: string, value: string): boolean {
  try {
    return hasEmptyEntry(value);
  } catch (error) {
    throw error instanceof DebkdError ? error.within(subject) : error;
  }
}

/**
 * Merges the options of a --config file and of the command line, which takes precedence. Keys are in camelCase or as on the command
 * line, and may be earlier names of options.
 * @throws DebkdError `usage` for an unknown key or a wrong value
 */
export function mergeConfig(command: string, config: unknown, values: Values): Values {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw usage({
      subject: 'option --config',
      seen: Array.isArray(config) ? 'a list' : config === null ? 'null' : `a ${typeof config}`,
      expected: 'a JSON object of options in camelCase, such as { "trainRows": 2000 }',
    });
  }
  const spec = COMMANDS[command] as CommandSpec;
  const { options } = spec;
  const keys = new Map(
    Object.keys(options)
      .filter((name) => name !== 'config')
      .map((name) => [camelCase(name), name]),
  );
  const merged = new Map<string, Values[string]>();
  const given = new Map<string, string>();
  for (const [key, value] of Object.entries(config)) {
    const name = keys.get(key) ?? keys.get(camelCase(currentName(kebabCase(key), spec)));
    const subject = `option --config, key ${quote(key)}`;
    if (name === undefined)
      throw unknown(subject, key, keys.keys(), 'write options in camelCase, or as on the command line');
    const earlier = given.get(name);
    if (earlier !== undefined)
      throw usage({ subject, seen: `it is the same option as key ${quote(earlier)}`, remedy: 'give it once' });
    given.set(name, key);
    const option = options[name] as OptionSpec;
    const plain = (item: unknown): boolean => typeof item === 'string' || typeof item === 'number';
    if (name !== 'inputs' && option.repeatable && Array.isArray(value) && value.length > 0 && value.every(plain)) {
      const items = value.map((item) => (option.list ? formatName(String(item)) : String(item)));
      for (const item of items) checkValue(subject, option, item);
      merged.set(name, items.length === 1 ? (items[0] as string) : items);
      continue;
    }
    const text =
      name === 'inputs'
        ? inputsText(value)
        : Array.isArray(value) && value.every(plain)
          ? listText(name, option, value)
          : value;
    if (option.value ? !plain(text) : typeof text !== 'boolean') {
      // JSON.stringify would overflow the stack on deeply nested lists
      const seen =
        typeof value === 'object' && value !== null
          ? Array.isArray(value)
            ? `${value.length === 0 ? 'an empty' : 'a'} list`
            : 'an object'
          : typeof value === 'string'
            ? quote(value)
            : String(value);
      throw usage({ subject, seen, expected: expectedOf(option) });
    }
    if (option.value) checkValue(subject, option, String(text));
    if (text !== false) merged.set(name, option.value ? String(text) || (option.empty ?? '') : true);
  }
  for (const [name, value] of Object.entries(values)) merged.set(name, value);
  return Object.fromEntries(merged);
}

/** The value of an option in a --config file that is a list; the list where the option takes none, or it is empty. */
function listText(name: string, { list }: OptionSpec, entries: readonly unknown[]): unknown {
  // no text but an empty field counts as missing
  if (entries.length === 0 && name === 'na-values') return '';
  return list && entries.length > 0 ? formatList(entries.map(nameIn)) : entries;
}

/** The name that an entry of a JSON list is; two double quotes are a column without a name, as on the command line. */
function nameIn(entry: unknown): string {
  return entry === '""' ? '' : String(entry);
}

/** The value of --inputs in a --config file: one text, a list of texts, or an object of lists. */
function inputsText(value: unknown): unknown {
  const isText = (item: unknown): item is string => typeof item === 'string';
  if (Array.isArray(value)) return value.every(isText) ? value.join(';') : value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return entries.every(([, list]) => Array.isArray(list) && list.every(isText)) ? formatInputs(entries) : value;
}

/** Checks that no required option is missing. @throws DebkdError `usage` */
export function checkRequired(command: string, values: Values): void {
  const { required, oneOf = [], options } = COMMANDS[command] as CommandSpec;
  const named = (name: string): string => `--${name} ${options[name]?.value ?? ''}`.trim();
  const missing = required.filter((name) => !Object.hasOwn(values, name)).map(named);
  if (oneOf.length > 0 && !oneOf.some((name) => Object.hasOwn(values, name)))
    missing.unshift(oneOf.map(named).join(' or '));
  if (missing.length === 0) return;
  throw usage({
    subject: command,
    seen: `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
    remedy: `see debkd ${command} --help`,
  });
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, c: string) => c.toUpperCase());
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
}

function usage(problem: ErrorParts): DebkdError {
  return new DebkdError('usage', problem);
}

/** @param remedy used where no known name is similar */
function unknown(subject: string, name: string, known: Iterable<string>, remedy: string): DebkdError {
  const near = nearest(name, known);
  return usage({ subject, seen: 'unknown', remedy: near ? `did you mean ${near}?` : remedy });
}
