// Numbers as little-endian bytes, independent of the host's byte order.

/** Whether the host keeps numbers as little-endian bytes. */
const NATIVE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Encodes the numbers of a typed array. */
export function littleEndian(
  values: Float32Array | Float64Array | Uint16Array | Int8Array | Int32Array,
): Uint8Array<ArrayBuffer> {
  if (NATIVE) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  const out = new Uint8Array(values.byteLength);
  const view = new DataView(out.buffer);
  values.forEach((x, i) => {
    if (values instanceof Float32Array) view.setFloat32(4 * i, x, true);
    else if (values instanceof Float64Array) view.setFloat64(8 * i, x, true);
    else if (values instanceof Int32Array) view.setInt32(4 * i, x, true);
    else if (values instanceof Uint16Array) view.setUint16(2 * i, x, true);
    else view.setInt8(i, x);
  });
  return out;
}

/** Decodes little-endian float32 numbers. */
export function readFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** Decodes little-endian float64 numbers. */
export function readDoubles(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}
