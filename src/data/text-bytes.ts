// Texts as UTF-8 in one array.

/** UTF-8 of texts. */
export interface TextBytes {
  /** All texts, one after the other. */
  readonly bytes: Uint8Array;
  /** Text k is bytes [ends[k], ends[k + 1]); [texts + 1]. */
  readonly ends: Uint32Array;
}
