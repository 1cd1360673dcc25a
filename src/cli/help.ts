// What --help prints.
import { COMMANDS, type OptionSpec } from './options.ts';

/** Options by what they are about, where a command has many. */
export const SECTIONS: readonly (readonly [title: string, options: readonly string[]])[] = [
  [
    'teacher',
    [
      'teacher',
      'preprocessing',
      'output',
      'convention',
      'positive-class',
      'class',
      'layer',
      'teacher-limit',
      'cache',
      'no-cache',
    ],
  ],
  [
    'rows',
    [
      ...['data', 'labels', 'columns', 'target', 'positive', 'drop', 'na-values'],
      ...['split', 'train-rows', 'groups', 'temp-dir', 'keep', 'escape-formulas'],
    ],
  ],
  ['repetitions', ['methods', 'seeds', 'tune', 'ablate']],
  ['labels', ['debias', 'infuse', 'temperature', 'alpha', 'select', 'class-weight']],
  ['student', ['student', 'activation', 'residual', 'dropout', 'threshold', 'calibrate', 'baselines']],
  ['training', ['epochs', 'batch-size', 'learning-rate', 'optimizer', 'schedule', 'weight-decay', 'seed']],
  ['files', ['to', 'quantize', 'force', 'name', 'cors', 'out', 'resume', 'config', 'port', 'json']],
  ['machines', ['queue', 'store', 'heartbeat-timeout', 'threads']],
];
/** More options than this are shown in sections. */
const MANY = 16;
const FLAG = 26;

/** Text for --help, of one command or of all. */
export function helpText(command?: string): string {
  const spec = command === undefined ? undefined : COMMANDS[command];
  if (!spec) {
    const list = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
    return `debkd: de-biased knowledge distillation of binary classifiers\n\nusage: debkd COMMAND [options]\n\n${list.join('\n')}\n\nTo see it work: debkd demo. With a teacher of yours: debkd inspect T.onnx, then debkd distill.\ndebkd COMMAND --help shows its options; debkd --version the version. docs/commands.md has each command.\n`;
  }
  const shown = Object.entries(spec.options).filter(([, { hidden }]) => !hidden);
  const line = ([name, option]: readonly [string, OptionSpec]): string =>
    `  ${`--${name}${option.value ? ` ${option.value}` : ''}`.padEnd(FLAG)}${option.help}${rangeOf(option)}${spec.required.includes(name) ? ' (required)' : ''}`;
  const blocks =
    shown.length <= MANY
      ? [shown.map(line).join('\n')]
      : SECTIONS.flatMap(([title, names]) => {
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
