// Writes the text of --help from the table of commands.
import { COMMANDS } from './commands.ts';
import type { CommandSpec, OptionSpec } from './option-spec.ts';

/** The sections of --help, for commands with many options. */
export const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  teacher: words(
    'teacher soft-labels from replay preprocessing inputs text image image-root image-config image-size image-mean image-std image-scale image-order image-layout tokenizer max-length output convention positive-class class layer provider teacher-limit cache no-cache',
  ),
  rows: words(
    'data counts reference labels columns target positive weights drop na-values split split-by train-rows groups count temp-dir keep escape-formulas explain importance',
  ),
  comparison: words('methods seeds tune'),
  'de-biased distillation': words('debias ablate infuse temperature alpha select metric class-weight'),
  student: words(
    'student pixels colour augment features exclude withhold activation residual dropout threshold threshold-by threshold-per threshold-for sweep defer defer-rate defer-by calibrate baselines',
  ),
  training: words('epochs batch-size learning-rate optimizer schedule weight-decay seed'),
  output: words('out poster force resume config json to quantize name cors statistics port'),
  workers: words('queue store heartbeat-timeout threads'),
};
/** Commands with more options than this have sections. */
const MAX_WITHOUT_SECTIONS = 16;
/** Width of the column of flags. */
const FLAG_WIDTH = 28;
const LINE_WIDTH = 100;

/** The text of --help for one command, or the list of commands. */
export function helpText(command?: string): string {
  const spec = command === undefined ? undefined : COMMANDS[command];
  if (!spec) return overview();
  const shown = Object.entries(spec.options).filter(([, { hidden }]) => !hidden);
  const entry = ([name, option]: readonly [string, OptionSpec]): string => entryOf(name, option, needOf(spec, name));
  const blocks =
    shown.length <= MAX_WITHOUT_SECTIONS
      ? [`options:\n${shown.map(entry).join('\n')}`]
      : Object.entries(SECTIONS).flatMap(([title, names]) => {
          const some = names.flatMap((name) => shown.filter(([known]) => known === name));
          return some.length > 0 ? [`${title}:\n${some.map(entry).join('\n')}`] : [];
        });
  const examples = spec.examples.map((example) => `  debkd ${command} ${example}`.trimEnd()).join('\n');
  const usage = `usage: debkd ${command}${spec.argument ? ` ${spec.argument}` : ''} [options]`;
  return `${spec.summary}\n\n${usage}\n\n${blocks.join('\n\n')}\n\nexamples:\n${examples}\n`;
}

function overview(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return [
    'debkd: de-biased knowledge distillation of binary classifiers',
    '',
    'usage: debkd COMMAND [options]',
    '',
    'commands:',
    ...commands,
    '',
    'Start with debkd demo. For your own teacher, run debkd inspect T.onnx, then debkd distill.',
    'debkd COMMAND --help lists the options of a command, debkd --version prints the version.',
    'docs/commands.md describes each command.',
    '',
  ].join('\n');
}

/** Whether an option is required, alone or as one of several; undefined if it is not. */
function needOf({ required, oneOf = [] }: CommandSpec, name: string): string | undefined {
  if (required.includes(name)) return 'required';
  const others = oneOf.filter((other) => other !== name).map((other) => `--${other}`);
  return oneOf.includes(name) ? `this or ${others.join(' or ')} is required` : undefined;
}

/** An option and its description, wrapped. */
function entryOf(name: string, option: OptionSpec, need: string | undefined): string {
  const flag = `  ${`--${name}${option.value ? ` ${option.value}` : ''}`.padEnd(FLAG_WIDTH)}`;
  const facts = [
    ...(need === undefined ? [] : [need]),
    ...(option.short === undefined ? [] : [`-${option.short} for short`]),
    ...rangeOf(option),
    ...(option.default === undefined ? [] : [`default: ${option.default}`]),
  ];
  const aside = facts.length > 0 ? `(${facts.join('; ')})` : '';
  // keep the facts on one line where they fit
  const asideWords = flag.length + aside.length <= LINE_WIDTH ? [aside].filter(Boolean) : words(aside);
  const lines = [''];
  for (const word of [...words(option.help), ...asideWords]) {
    const line = lines.at(-1) as string;
    if (line !== '' && flag.length + line.length + 1 + word.length > LINE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `${flag}${lines.join(`\n${' '.repeat(flag.length)}`)}`;
}

/** The range of a number, except where its upper bound only guards against mistakes. */
function rangeOf({ number }: OptionSpec): string[] {
  if (!number || number.max >= 1e4) return [];
  const { min, max } = number;
  return [min > 0 && min < 1e-6 ? `above 0, up to ${max}` : `${min} to ${max}`];
}

function words(text: string): string[] {
  return text.split(' ');
}
