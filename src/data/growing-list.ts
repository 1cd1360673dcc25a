// A list of 32-bit numbers that grows at its end.

/** A list of numbers that grows at its end. */
export interface GrowingList {
  readonly length: number;
  add(values: Uint32Array): void;
  /** A view of values [from, to), until the next addition. */
  read(from: number, to: number): Uint32Array;
}

/** Opens an empty list. */
export function growingList(): GrowingList {
  let values = new Uint32Array(1024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(more) {
      if (length + more.length > values.length) {
        const larger = new Uint32Array(Math.max(2 * values.length, length + more.length));
        larger.set(values.subarray(0, length));
        values = larger;
      }
      values.set(more, length);
      length += more.length;
    },
    read: (from, to) => values.subarray(from, to),
  };
}
