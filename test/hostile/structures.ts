// Mutations of JSON, tables and protobuf that keep the format valid, to reach the code behind the parsers.
import { type Draw, TOKENS } from './mutate.ts';

const utf8 = new TextEncoder();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function oddValue(draw: Draw): unknown {
  const deep = (levels: number): unknown => {
    let value: unknown = 0;
    for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { a: value };
    return value;
  };
  const values: readonly (() => unknown)[] = [
    ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 31, 4294967295, '', 'x', [], {}].map(
      (v) => () => v,
    ),
    () => text(TOKENS[draw(TOKENS.length)] as Uint8Array),
    () => JSON.parse('{"__proto__":{"polluted":1}}'),
    () => Array.from({ length: draw(2000) }, (_, i) => i),
    () => 'long '.repeat(draw(2000)),
    () => deep(draw(4000)),
  ];
  return (values[draw(values.length)] as () => unknown)();
}

/** JSON with one to three values changed, removed, repeated or added; undefined where the bytes are not JSON. */
export function changeJson(bytes: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> | undefined {
  let whole: unknown;
  try {
    whole = JSON.parse(text(bytes));
  } catch {
    return undefined;
  }
  for (let changes = 1 + draw(3); changes > 0; changes--) whole = changeValue(whole, draw, 0);
  try {
    return utf8.encode(JSON.stringify(whole) ?? '');
  } catch {
    return undefined; // nested too deeply for JSON.stringify
  }
}

function changeValue(value: unknown, draw: Draw, depth: number): unknown {
  if (typeof value !== 'object' || value === null || (depth > 0 && draw(4) === 0)) return oddValue(draw);
  const entries = Object.entries(value);
  const at = draw(entries.length + 1);
  const [key, item] = entries[at] ?? [['__proto__', 'constructor', 'x', ''][draw(4)] as string, oddValue(draw)];
  const changed: [string, unknown][][] = [
    entries.filter((_, i) => i !== at),
    [...entries.slice(0, at), [key, changeValue(item, draw, depth + 1)], ...entries.slice(at + 1)],
    [...entries.slice(0, at), [key, changeValue(item, draw, depth + 1)], ...entries.slice(at + 1)],
    [...entries, [key, item]],
    [...entries, ['__proto__', oddValue(draw)]],
  ];
  const next = changed[draw(changed.length)] as [string, unknown][];
  if (Array.isArray(value)) return next.map(([, item]) => item);
  // build the text: JSON.parse makes __proto__ an own property, an assignment would not
  return JSON.parse(`{${next.map(([name, item]) => `${JSON.stringify(name)}:${jsonOf(item)}`).join(',')}}`);
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'null';
  }
}

/** A table as text, with some cells replaced and rows repeated or cut. */
export function changeCells(bytes: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> {
  const lines = text(bytes).split('\n');
  const delimiter = [',', ';', '\t'].find((c) => lines[0]?.includes(c)) ?? ',';
  for (let changes = 1 + draw(6); changes > 0; changes--) {
    const at = draw(lines.length);
    const cells = (lines[at] as string).split(delimiter);
    const token = text(TOKENS[draw(TOKENS.length)] as Uint8Array);
    const action = draw(8);
    if (action === 0) lines.splice(at, draw(3), ...Array.from({ length: draw(200) }, () => lines[at] as string));
    else if (action === 1) lines[at] = [...cells.slice(draw(2)), token].join(delimiter);
    else {
      cells[draw(cells.length)] = draw(4) === 0 ? String(draw(2 ** 30) / 7) : token;
      lines[at] = cells.join(delimiter);
    }
  }
  return utf8.encode(lines.join('\n'));
}

/** A protobuf message with one field changed, removed, repeated or moved, at any depth; lengths stay correct. */
export function changeProtobuf(bytes: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> {
  const fields = fieldsOf(bytes);
  if (!fields || fields.length === 0) return Uint8Array.from(bytes);
  const at = draw(fields.length);
  const one = fields[at] as WireField;
  const action = draw(10);
  if (action === 0) fields.splice(at, 1);
  else if (action === 1) fields.splice(at, 0, one);
  else if (action === 2) fields.splice(draw(fields.length), 0, ...fields.splice(at, 1));
  else if (one.content && one.content.length > 0 && fieldsOf(one.content) && draw(6) > 0)
    fields[at] = { ...one, content: changeProtobuf(one.content, draw) };
  else if (one.content) fields[at] = { ...one, content: changeContent(one.content, draw) };
  else fields[at] = { ...one, number: oddNumber(draw) };
  return encode(fields);
}

interface WireField {
  readonly id: number;
  readonly wire: number;
  readonly number?: bigint;
  readonly content?: Uint8Array;
}

function oddNumber(draw: Draw): bigint {
  const numbers = [0n, 1n, 2n, 3n, 7n, 10n, 16n, 127n, 255n, 65536n, 2n ** 31n, 2n ** 32n, 2n ** 62n, 2n ** 64n - 1n];
  return numbers[draw(numbers.length)] as bigint;
}

function changeContent(content: Uint8Array, draw: Draw): Uint8Array {
  const action = draw(4);
  if (action === 0) return TOKENS[draw(TOKENS.length)] as Uint8Array;
  if (action === 1) return content.slice(0, draw(content.length + 1));
  if (action === 2)
    return Uint8Array.from({ length: content.length * (1 + draw(4)) }, (_, i) => content[i % content.length] as number);
  const copy = content.slice();
  if (copy.length > 0) copy[draw(copy.length)] = draw(256);
  return copy;
}

/** The fields of a message; undefined where the bytes are not one. */
function fieldsOf(bytes: Uint8Array): WireField[] | undefined {
  const found: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return -1n;
  };
  while (at < bytes.length) {
    const key = varint();
    const [id, wire] = [Number(key >> 3n), Number(key & 7n)];
    if (key < 8n || id > 100) return undefined;
    if (wire === 0) {
      const number = varint();
      if (number < 0n) return undefined;
      found.push({ id, wire, number });
    } else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : wire === 5 ? 4 : -1;
      if (length < 0 || at + length > bytes.length) return undefined;
      found.push({ id, wire, content: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return found;
}

function encode(fields: readonly WireField[]): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  const varint = (value: bigint): void => {
    for (let rest = value; ; rest >>= 7n) {
      if (rest < 128n) return void out.push(Number(rest));
      out.push(Number(rest & 127n) | 128);
    }
  };
  for (const { id, wire, number, content } of fields) {
    varint(BigInt(id * 8 + wire));
    if (number !== undefined) varint(number);
    if (content && wire === 2) varint(BigInt(content.length));
    if (content) {
      const length = wire === 1 ? 8 : wire === 5 ? 4 : content.length;
      for (let i = 0; i < length; i++) out.push(content[i] ?? 0);
    }
  }
  return Uint8Array.from(out);
}
