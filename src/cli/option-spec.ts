// What the table of commands says of a command and of its options.

export interface OptionSpec {
  /** Names the value in --help; absent: a switch. */
  readonly value?: string;
  readonly help: string;
  /** The range of a number. */
  readonly number?: NumberRange;
  /** All accepted values. */
  readonly choices?: readonly string[];
  /** What an empty value means; absent: it is refused. */
  readonly empty?: string;
  /** Accepted, and not in --help. */
  readonly hidden?: true;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** Options by their names, without the dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface CommandSpec {
  readonly summary: string;
  /** Names the one positional argument. */
  readonly argument?: string;
  readonly required: readonly string[];
  readonly options: OptionSpecs;
  /** Arguments after the command's name, for --help. */
  readonly examples: readonly string[];
}
