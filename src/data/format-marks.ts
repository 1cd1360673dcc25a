// Formats of tables by their first bytes. A file of its own: the readers of the formats are loaded when one is found.

/** Whether a file begins as Parquet does. */
export function isParquet(head: Uint8Array): boolean {
  return startsWith(head, 'PAR1');
}

/** Whether a file begins as npy does. */
export function isNpy(head: Uint8Array): boolean {
  return startsWith(head, '\x93NUMPY');
}

function startsWith(head: Uint8Array, mark: string): boolean {
  return [...mark].every((c, i) => head[i] === c.charCodeAt(0));
}
