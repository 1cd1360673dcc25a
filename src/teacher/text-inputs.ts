// What a teacher of text reads, and what it counts: types of the public API, without those of the ONNX runtime.

/** Numbers of texts in some rows. */
export interface TextCounts {
  /** Rows whose texts have more tokens than the teacher takes. */
  readonly cut: number;
  /** Rows whose texts have no token. */
  readonly empty: number;
}

/** What a teacher of text reads. */
export interface TextInputs {
  /** Name of the tokenizer, for messages. */
  readonly tokenizer: string;
  /** Its kind, such as WordPiece. */
  readonly kind: string;
  /** Its number of tokens. */
  readonly tokens: number;
  /** Most tokens of a row, special ones included; longer texts are cut. */
  readonly maxLength: number;
  /** The columns of text: one, or two for a text and its pair; undefined until a table shows them (Teacher.forTable). */
  readonly columns: readonly string[] | undefined;
}
