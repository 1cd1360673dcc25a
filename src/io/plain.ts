// Packs plain data into bytes: JSON, and what JSON lacks: typed arrays, infinities, NaN and -0. Format, little-endian:
// the length of the JSON (uint32), the JSON, the bytes of the arrays. In the JSON, { "$array": [kind, from, length] }
// is an array and { "$number": text } a number.
import { concat } from './source.ts';

const KINDS = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint16Array, Int8Array, Uint8Array };
type Kind = keyof typeof KINDS;

/** Packs a value into bytes. */
export function packPlain(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  // an array that several members share is packed once
  const places = new Map<object, readonly [kind: string | undefined, from: number, length: number]>();
  let length = 0;
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (ArrayBuffer.isView(item)) {
      const known = places.get(item);
      if (known) return { $array: known };
      const place = [(item as Uint8Array)[Symbol.toStringTag], length, item.byteLength] as const;
      parts.push(new Uint8Array(item.buffer, item.byteOffset, item.byteLength));
      length += item.byteLength;
      places.set(item, place);
      return { $array: place };
    }
    const needsText = typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0));
    return needsText ? { $number: Object.is(item, -0) ? '-0' : String(item) } : item;
  });
  const json = new TextEncoder().encode(text);
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, json.length, true);
  return concat([head, json, ...parts]);
}

/** Restores the value that packPlain packed. An array that several members shared is one array again. */
export function unpackPlain<T>(bytes: Uint8Array): T {
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const arrays = new Map<string, unknown>();
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)), (_, item: unknown) => {
    const { $array, $number } = (item ?? {}) as { $array?: [Kind, number, number]; $number?: string };
    if ($number !== undefined) return Number($number);
    if (!$array) return item;
    const [kind, from, length] = $array;
    const place = `${kind} ${from} ${length}`;
    const array =
      arrays.get(place) ?? new KINDS[kind](new Uint8Array(bytes.subarray(start + from, start + from + length)).buffer);
    arrays.set(place, array);
    return array;
  });
}
