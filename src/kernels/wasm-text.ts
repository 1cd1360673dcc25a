// WebAssembly modules as text inside a JavaScript module, as build.mjs writes them.

/** Printable ASCII without quotes and the backslash: 91 characters. */
const ALPHABET: string = ' !#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~';
/** Number of bytes with a code of one character. Any other byte has two characters, and the first is one of the last two of ALPHABET. */
const FREQUENT = 89;

/** The bytes of a module. */
export function wasmBytes(text: string): Uint8Array<ArrayBuffer> {
  const codes = new Map(Array.from(ALPHABET, (c, code) => [c, code]));
  const table = Array.from({ length: FREQUENT }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
  // the other bytes follow in ascending order
  for (let byte = 0; byte < 256; byte++) if (!table.includes(byte)) table.push(byte);
  const bytes: number[] = [];
  for (let i = 2 * FREQUENT; i < text.length; i++) {
    let code = codes.get(text[i] as string) as number;
    if (code >= FREQUENT) code += (code - FREQUENT) * (codes.size - 1) + (codes.get(text[++i] as string) as number);
    bytes.push(table[code] as number);
  }
  return Uint8Array.from(bytes);
}
