// The numbers of the rows with a property, as a typed array: a JavaScript array of millions of rows takes several times the memory.

/** The numbers below `count` with the property, ascending. */
export function rowsWhere(count: number, holds: (row: number) => boolean): Uint32Array<ArrayBuffer> {
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) if (holds(row)) rows[found++] = row;
  return found === count ? rows : rows.slice(0, found);
}

/** Whether a number below `count` has the property. */
export function someRow(count: number, holds: (row: number) => boolean): boolean {
  for (let row = 0; row < count; row++) if (holds(row)) return true;
  return false;
}
