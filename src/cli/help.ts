// What --help prints.
import { COMMANDS } from './commands.ts';
import type { OptionSpec } from './option-spec.ts';

/** The sections of --help, where a command has many options. */
export const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  teacher: words('teacher preprocessing output convention positive-class class layer teacher-limit cache no-cache'),
  rows: words(
    'data labels columns target positive drop na-values split train-rows groups temp-dir keep escape-formulas',
  ),
  repetitions: words('methods seeds tune ablate'),
  labels: words('debias infuse temperature alpha select class-weight'),
  student: words('student activation residual dropout threshold calibrate baselines'),
  training: words('epochs batch-size learning-rate optimizer schedule weight-decay seed'),
  files: words('to quantize force name cors out resume config port json'),
  machines: words('queue store heartbeat-timeout threads'),
};
/** More options than this are shown in sections. */
const MAX_WITHOUT_SECTIONS = 16;
/** Width of the column of flags. */
const FLAG_WIDTH = 28;

/** Text for --help, of one command or of all. */
export function helpText(command?: string): string {
  const spec = command === undefined ? undefined : COMMANDS[command];
  if (!spec) {
    const list = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
    return `debkd: de-biased knowledge distillation of binary classifiers\n\nusage: debkd COMMAND [options]\n\n${list.join('\n')}\n\nTo see it work: debkd demo. With a teacher of yours: debkd inspect T.onnx, then debkd distill.\ndebkd COMMAND --help shows its options; debkd --version the version. docs/commands.md has each command.\n`;
  }
  const shown = Object.entries(spec.options).filter(([, { hidden }]) => !hidden);
  const line = ([name, option]: readonly [string, OptionSpec]): string =>
    `  ${`--${name}${option.value ? ` ${option.value}` : ''}`.padEnd(FLAG_WIDTH)}${option.help}${rangeOf(option)}${spec.required.includes(name) ? ' (required)' : ''}`;
  const blocks =
    shown.length <= MAX_WITHOUT_SECTIONS
      ? [shown.map(line).join('\n')]
      : Object.entries(SECTIONS).flatMap(([title, names]) => {
          const some = names.flatMap((name) => shown.filter(([known]) => known === name));
          return some.length > 0 ? [`${title}\n${some.map(line).join('\n')}`] : [];
        });
  const examples = spec.examples.map((example) => `  debkd ${command} ${example}`.trimEnd()).join('\n');
  const usage = `usage: debkd ${command}${spec.argument ? ` ${spec.argument}` : ''} [options]`;
  return `${spec.summary}\n\n${usage}\n\n${blocks.join('\n\n')}\n\nfor example\n${examples}\n`;
}

/** The range of a number, where its bounds say something. */
function rangeOf({ number }: OptionSpec): string {
  if (!number) return '';
  const { min, max } = number;
  if (max >= 1e4) return '';
  return min > 0 && min < 1e-6 ? `; above 0, up to ${max}` : `; ${min} to ${max}`;
}

function words(text: string): string[] {
  return text.split(' ');
}
