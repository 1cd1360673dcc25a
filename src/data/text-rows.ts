// Texts as rows of variable length. A segment is the list of the encoded columns of one text's n-grams; all of them have
// the same value in the row, the segment's scale, which makes the text's part of the row as long as 1.

/** The texts of a matrix. */
export interface TextRows {
  /** Where each segment starts in `columns`, and where the last one ends; [segments + 1]. */
  readonly offsets: Uint32Array;
  /** The encoded columns of the n-grams of each text, in order of first occurrence. */
  readonly columns: Uint32Array;
  /** Number of further n-grams of each text that have no column; [segments]. */
  readonly unseen: Uint32Array;
  /** Value of each n-gram of a text, float32 [segments]; 0 for a text without n-grams. */
  readonly scales: Float32Array;
}

/** Joins lists of segments. `before`: the number of segments before those of each part; undefined without texts. */
export function concatTexts(
  parts: readonly (TextRows | undefined)[],
): { readonly texts: TextRows; readonly before: readonly number[] } | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const distinct = [...new Set(parts as readonly TextRows[])];
  const starts = new Map<TextRows, number>();
  let segments = 0;
  let entries = 0;
  for (const part of distinct) {
    starts.set(part, segments);
    segments += part.unseen.length;
    entries += part.columns.length;
  }
  const before = parts.map((part) => starts.get(part as TextRows) as number);
  if (distinct.length === 1) return { texts: first, before };
  const texts = emptyTexts(segments, entries);
  let at = 0;
  for (const part of distinct) {
    const start = starts.get(part) as number;
    texts.columns.set(part.columns, at);
    texts.unseen.set(part.unseen, start);
    texts.scales.set(part.scales, start);
    texts.offsets.set(
      part.offsets.map((offset) => at + offset),
      start,
    );
    at += part.columns.length;
  }
  return { texts, before };
}

/** Memory for texts. */
export function emptyTexts(segments: number, entries: number): TextRows {
  return {
    offsets: new Uint32Array(segments + 1),
    columns: new Uint32Array(entries),
    unseen: new Uint32Array(segments),
    scales: new Float32Array(segments),
  };
}

/** The number of columns of a segment. */
export function segmentLength({ offsets }: TextRows, segment: number): number {
  return (offsets[segment + 1] as number) - (offsets[segment] as number);
}
