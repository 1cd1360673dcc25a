// A seeded mutator: the same seed and index give the same bytes on every machine.

export type Draw = (below: number) => number;

/** Random integers below a bound. The three numbers determine the sequence. */
export function drawing(seed: number, stream: number, index: number): Draw {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream, 0x85ebca77) ^ Math.imul(index, 0xc2b2ae3d)) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const utf8 = new TextEncoder();
/** Texts that often break parsers. */
export const TOKENS: readonly Uint8Array[] = [
  '',
  '0',
  '-0',
  '-1',
  '1e999',
  '-1e999',
  'NaN',
  'Infinity',
  '1e-320',
  '9007199254740993',
  '4294967296',
  '2147483648',
  '"',
  '""',
  "'",
  '\n',
  '\r',
  '\r\n',
  ',',
  ';',
  '\t',
  '\0',
  '\ufeff',
  '\u2028',
  '\ud83d\ude00',
  '\u202e',
  ' ',
  '\\',
  '/',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '{"__proto__":{"polluted":1}}',
  '[]',
  '{}',
  'null',
  'true',
  'false',
  '[[[[[[[[',
  '{"a":',
  '../../etc/passwd',
  '..\\..\\x',
  'C:\\x',
  'http://localhost/',
  '%00',
  '=1+1',
].map((text) => utf8.encode(text));
const NUMBERS = [
  0,
  1,
  2,
  7,
  8,
  16,
  127,
  128,
  255,
  256,
  32767,
  32768,
  65535,
  65536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];
const VARINTS = [
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x08],
  [0xff, 0x7f],
  [0x80],
];
const LONGEST = 2 ** 16;

/** One of the files with a few random changes, some of which insert pieces of the others. */
export function mutate(files: readonly Uint8Array[], draw: Draw): Uint8Array<ArrayBuffer> {
  let bytes = Uint8Array.from(files[draw(files.length)] as Uint8Array);
  for (let changes = 1 + draw(draw(3) === 0 ? 8 : 2); changes > 0; changes--) bytes = change(bytes, files, draw);
  return bytes.length > LONGEST ? bytes.slice(0, LONGEST) : bytes;
}

function change(bytes: Uint8Array<ArrayBuffer>, files: readonly Uint8Array[], draw: Draw): Uint8Array<ArrayBuffer> {
  const at = draw(bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 + draw(draw(4) === 0 ? 256 : 8));
  const put = (piece: ArrayLike<number>, over: number = 0): Uint8Array<ArrayBuffer> => {
    const out = new Uint8Array(bytes.length + piece.length - Math.min(over, bytes.length - at));
    out.set(bytes.subarray(0, at));
    out.set(piece, at);
    out.set(bytes.subarray(at + Math.min(over, bytes.length - at)), at + piece.length);
    return out;
  };
  switch (draw(13)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << draw(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = draw(256);
      return bytes;
    case 2:
      return put(Uint8Array.from({ length: 1 + draw(8) }, () => draw(256)));
    case 3:
      return put([], length);
    case 4:
      return put(bytes.slice(at, at + length));
    case 5: {
      const from = files[draw(files.length)] as Uint8Array;
      const start = draw(from.length + 1);
      return put(from.slice(start, start + 1 + draw(64)), draw(2) * length);
    }
    case 6: {
      const size = [1, 2, 4, 8][draw(4)] as number;
      const view = new DataView(new ArrayBuffer(8));
      const little = draw(2) === 0;
      const number = NUMBERS[draw(NUMBERS.length)] as number;
      if (size === 8) view.setBigUint64(0, BigInt(number) - BigInt(draw(3)), little);
      else view.setUint32(little ? 0 : 4 - size, number, little);
      return put(new Uint8Array(view.buffer, 0, size), size);
    }
    case 7:
      return put(VARINTS[draw(VARINTS.length)] as number[], draw(3));
    case 8:
      return draw(3) === 0 ? bytes.slice(0, draw(2) === 0 ? at : Math.max(at, bytes.length - 16)) : bytes;
    case 9: {
      const times = 1 + draw(draw(8) === 0 ? 4096 : 16);
      const piece = bytes.subarray(at, at + Math.min(length, Math.ceil(LONGEST / times)));
      return put(Uint8Array.from({ length: piece.length * times }, (_, i) => piece[i % piece.length] as number));
    }
    case 10: {
      // replace the next digit within 64 bytes
      for (let i = 0; i < 64 && at + i < bytes.length; i++) {
        const c = bytes[at + i] as number;
        if (c < 48 || c > 57) continue;
        bytes[at + i] = 48 + draw(10);
        break;
      }
      return bytes;
    }
    default:
      return put(TOKENS[draw(TOKENS.length)] as Uint8Array, draw(2) * length);
  }
}
