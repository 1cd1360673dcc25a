// The footer of a Parquet file, walked before hyparquet reads it: that trusts every length, and numbers of any length and
// lists of nothing cost it hours and gigabytes.
import type { RandomAccess } from '../io/random-access.ts';

/** Elements of lists, whatever the footer's size; beyond, one for so many bytes. */
const MAX_ELEMENTS = 2 ** 20;
const BYTES_EACH = 8;
const MAX_DEPTH = 16;
/** Bytes of a number of 64 bits, seven bits each. */
const MAX_VARINT = 10;

/** @throws Error when the file has no footer that could be read in time that its size explains */
export async function checkFooter(file: RandomAccess): Promise<void> {
  const end = file.byteLength - 8;
  if (end < 4) throw new Error('the file is too short');
  const tail = new DataView(await file.slice(end));
  const length = tail.getUint32(0, true);
  if (tail.getUint32(4, true) !== 0x31524150) throw new Error('its last bytes are not PAR1');
  if (length > end) throw new Error(`a footer of ${length} bytes in a file of ${file.byteLength}`);
  walk(new Uint8Array(await file.slice(end - length, end)));
}

/** Walks a struct of Thrift's compact protocol. */
function walk(bytes: Uint8Array): void {
  const most = Math.max(MAX_ELEMENTS, bytes.length / BYTES_EACH);
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
    if (elements > most) throw new Error(`a footer of ${bytes.length} bytes that lists ${elements} things`);
    for (let i = 0; i < size; i++) value(head & 15, depth, true);
  };
  struct(0);
}
