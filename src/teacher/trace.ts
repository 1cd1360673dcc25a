// Rows as they enter a teacher and the values that come out.

/** An input and the values that enter it. */
export interface TracedInput {
  readonly name: string;
  readonly type: string;
  /** Names of its columns; those of a one-hot encoding as `column=category`. Undefined where they are not known. */
  readonly columns: readonly string[] | undefined;
  /** The values of each row. */
  readonly values: readonly (readonly (number | string)[])[];
}

/** Rows as they enter a teacher, and its answers. */
export interface Trace {
  readonly inputs: readonly TracedInput[];
  /** The tensor that is read. */
  readonly tensor: string;
  /** Its values in each row. */
  readonly output: readonly (readonly number[])[];
}
