// Plain data (JSON with Float64Arrays and numbers that JSON has none for) as bytes: JSON's length (uint32), the JSON, in which
// { "float64": [from, to] } stands for an array and { "float64": from } for a number, then all numbers. Little-endian.
import { littleEndian } from './little-endian.ts';
import { concat } from './source.ts';

export function packPlain(value: unknown): Uint8Array {
  const parts: Float64Array[] = [];
  let length = 0;
  const add = (numbers: Float64Array): number => {
    parts.push(numbers);
    length += numbers.length;
    return length - numbers.length;
  };
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Float64Array) return { float64: [add(item), length] };
    const odd = typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0));
    return odd ? { float64: add(Float64Array.of(item)) } : item;
  });
  const json = new TextEncoder().encode(text);
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, json.length, true);
  return concat([head, json, ...parts.map(littleEndian)]);
}

/** What packPlain was given. */
export function unpackPlain<T>(bytes: Uint8Array): T {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + view.getUint32(0, true);
  const number = (i: number): number => view.getFloat64(start + 8 * i, true);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)), (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || !('float64' in item)) return item;
    const { float64: at } = item as { float64: number | [number, number] };
    if (typeof at === 'number') return number(at);
    return Float64Array.from({ length: at[1] - at[0] }, (_, i) => number(at[0] + i));
  });
}
