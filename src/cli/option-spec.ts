// The types of the table of commands.

export interface OptionSpec {
  /** The placeholder of the value in --help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** The default in --help, where there is one. */
  readonly default?: string;
  /** The range, for numbers. */
  readonly number?: NumberRange;
  /** All accepted values, where the option has a fixed list. */
  readonly choices?: readonly string[];
  /** What an empty value stands for; absent where an empty value is refused. */
  readonly empty?: string;
  /**
   * What the value names, where it is or holds a path: what the command reads, which its output may not overwrite; its output; or a place that
   * keeps files of debkd only.
   */
  readonly path?: 'input' | 'output' | 'own';
  /** Takes several names or numbers, separated by commas; a list in --config. */
  readonly list?: true;
  /** A letter that stands for the option, after one dash. */
  readonly short?: string;
  /** May be given several times; a list in --config. */
  readonly repeatable?: true;
  /** Accepted but not shown by --help. */
  readonly hidden?: true;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** Options by name, without the dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface CommandSpec {
  readonly summary: string;
  /** The placeholder of the only positional argument; absent where the command takes none. */
  readonly argument?: string;
  readonly required: readonly string[];
  /** At least one of these options is required. */
  readonly oneOf?: readonly string[];
  readonly options: OptionSpecs;
  /** Arguments of example command lines for --help, without `debkd COMMAND`. */
  readonly examples: readonly string[];
}
