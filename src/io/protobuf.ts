// Reads and writes the parts of the protobuf wire format that ONNX needs.

/** One field of a message: its id, and its bytes or its number. */
export interface Field {
  readonly id: number;
  /** Length-delimited content; empty for a number. */
  readonly bytes: Uint8Array;
  /** A varint as a signed 64-bit number, or the bits of a fixed-width field. */
  readonly value: bigint;
}

/** Reads the fields of a message, in order. @throws RangeError if the bytes end early or are not protobuf */
export function* fields(message: Uint8Array): Generator<Field> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const none = new Uint8Array(0);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new RangeError('a number of more than ten bytes');
  };
  while (at < message.length) {
    const key = Number(varint());
    const id = key >>> 3;
    if (id === 0) throw new RangeError('field number 0');
    switch (key & 7) {
      case 0:
        yield { id, bytes: none, value: varint() };
        break;
      case 1:
        yield { id, bytes: none, value: view.getBigInt64(at, true) };
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        if (length < 0 || at + length > message.length) throw new RangeError('a field longer than the message');
        yield { id, bytes: message.subarray(at, at + length), value: 0n };
        at += length;
        break;
      }
      case 5:
        yield { id, bytes: none, value: BigInt(view.getInt32(at, true)) };
        at += 4;
        break;
      default:
        throw new RangeError(`wire type ${key & 7}`);
    }
  }
}

/** The numbers of a repeated field, single or packed. */
export function unpackVarints({ bytes, value }: Field): bigint[] {
  if (bytes.length === 0) return [value];
  const found: bigint[] = [];
  let [number, shift] = [0n, 0n];
  for (const byte of bytes) {
    number |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte >= 128 && shift < 70n) continue;
    found.push(BigInt.asIntN(64, number));
    [number, shift] = [0n, 0n];
  }
  return found;
}

const utf8 = new TextEncoder();

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return out;
}

/** Writes a number field. @param value a non-negative safe integer */
export function numberField(id: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(id * 8), ...varint(value)]);
}

/** Writes a field of bytes, of text, or of a message given as its fields. */
export function field(id: number, content: string | Uint8Array | readonly Uint8Array[]): Uint8Array {
  const parts =
    typeof content === 'string' ? [utf8.encode(content)] : content instanceof Uint8Array ? [content] : content;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [...varint(id * 8 + 2), ...varint(length)];
  const out = new Uint8Array(head.length + length);
  out.set(head);
  let at = head.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
