// Where memory counts more than the start of threads.

/** More rows than this, and threads end with what they are started for: their memory and copies of rows would be most of a run's. */
const MOST_ROWS = 1e6;

/** Whether so many rows are a large table. */
export function isLarge(rows: number): boolean {
  return rows > MOST_ROWS;
}
