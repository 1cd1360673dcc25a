// Parquet by its first bytes.

/** Whether a file begins as Parquet does. */
export function isParquet(head: Uint8Array): boolean {
  return [...'PAR1'].every((c, i) => head[i] === c.charCodeAt(0));
}
