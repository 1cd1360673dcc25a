// Checks the footer of a Parquet file before hyparquet reads it. hyparquet trusts every length: endless varints and
// lists of empty elements would cost it hours and gigabytes.
import type { RandomAccess } from '../io/random-access.ts';

/** List elements that any footer may have; a larger footer may have one per BYTES_PER_ELEMENT bytes. */
const MAX_ELEMENTS = 2 ** 20;
const BYTES_PER_ELEMENT = 8;
/** Maximum depth of nested structs and lists. */
const MAX_DEPTH = 16;
/** Maximum bytes of a 64-bit varint, seven bits each. */
const MAX_VARINT = 10;

/** Refuses a footer that is damaged, or takes longer to read than its size explains. @throws Error */
export async function checkFooter(file: RandomAccess): Promise<void> {
  const end = file.byteLength - 8;
  if (end < 4) throw new Error('the file is too short');
  const tail = new DataView(await file.slice(end));
  const length = tail.getUint32(0, true);
  if (tail.getUint32(4, true) !== 0x31524150) throw new Error('its last bytes are not PAR1');
  if (length > end) throw new Error(`a footer of ${length} bytes in a file of ${file.byteLength}`);
  walk(new Uint8Array(await file.slice(end - length, end)));
}

/** Walks a struct in Thrift's compact protocol without decoding it. */
function walk(bytes: Uint8Array): void {
  const maxElements = Math.max(MAX_ELEMENTS, bytes.length / BYTES_PER_ELEMENT);
  let [at, elements] = [0, 0];
  const byte = (): number => {
    if (at >= bytes.length) throw new Error('a footer that is cut');
    return bytes[at++] as number;
  };
  const varint = (): number => {
    let value = 0;
    for (let k = 0; k < MAX_VARINT; k++) {
      const next = byte();
      value += (next & 127) * 2 ** (7 * k);
      if (next < 128) return value;
    }
    throw new Error('a number of more than ten bytes');
  };
  const skip = (count: number): void => {
    if (count > bytes.length - at) throw new Error('a text that leaves the footer');
    at += count;
  };
  const struct = (depth: number): void => {
    if (depth > MAX_DEPTH) throw new Error(`structures ${depth} deep`);
    for (let head = byte(); (head & 15) !== 0; head = byte()) {
      if (head >> 4 === 0) varint();
      value(head & 15, depth, false);
    }
  };
  const value = (type: number, depth: number, inList: boolean): void => {
    if (type === 1 || type === 2) skip(inList ? 1 : 0);
    else if (type === 3) skip(1);
    else if (type <= 6) varint();
    else if (type === 7) skip(8);
    else if (type === 8) skip(varint());
    else if (type === 9) list(depth + 1);
    else if (type === 12) struct(depth + 1);
    else throw new Error(`a value of kind ${type}`);
  };
  const list = (depth: number): void => {
    const head = byte();
    const size = head >> 4 === 15 ? varint() : head >> 4;
    elements += size;
    if (elements > maxElements) throw new Error(`a footer of ${bytes.length} bytes that lists ${elements} things`);
    for (let i = 0; i < size; i++) value(head & 15, depth, true);
  };
  struct(0);
}
