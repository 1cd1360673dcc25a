// Lines without quotes are read as bytes. The table is that of Papa Parse and a map of strings, to the bit, and so is every error.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { buildTable } from '../../src/data/build-table.ts';
import { encodeTexts, withCodes } from '../../src/data/byte-texts.ts';
import { columnNumbers, textNumbers } from '../../src/data/column-numbers.ts';
import { openRows } from '../../src/data/csv.ts';
import { quoteField } from '../../src/data/csv-field.ts';
import { parseRows } from '../../src/data/csv-rows.ts';
import { isFieldBlock } from '../../src/data/field-block.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { hashPart } from '../../src/data/hash.ts';
import { missingTest } from '../../src/data/missing.ts';
import { numbersOf, plainNumbers } from '../../src/data/parse-numbers.ts';
import { parseNumber } from '../../src/data/preprocessing.ts';
import { rowForm } from '../../src/data/row-form.ts';
import type { Column, Table, TableOptions } from '../../src/data/table.ts';
import { type Dice, dice } from '../random.ts';

const encoder = new TextEncoder();

async function* cut(bytes: Uint8Array, sizes: () => number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = sizes();
    yield bytes.slice(at, at + size);
    at += size;
  }
}

/** What a column holds, with its numbers: first as rows, then as distinct texts. */
function valuesOf(column: Column): unknown {
  const form = rowForm(column);
  const numbers = textNumbers(form);
  const rows = Float64Array.from(form.codes, (code) => numbers[code] as number);
  const { name, codes, texts } = column;
  return { name, rows, codes, texts, numbers: textNumbers(column) };
}

/** All that a table holds, or the error. */
async function outcome(read: () => Promise<Table>): Promise<unknown> {
  try {
    const { columns, dropped, ...rest } = await read();
    return { ...rest, columns: [...columns, ...dropped].map(valuesOf) };
  } catch (error) {
    return String(error);
  }
}

/** Reads with Papa Parse and strings, as for rows of any other format. */
async function readStrings(bytes: AsyncGenerator<Uint8Array>, options: TableOptions): Promise<Table> {
  const { parts: _, ...rows } = await openRows(bytes, 'fuzz', undefined, { onlyRows: true });
  return buildTable(rows, options);
}

const readParts = async (bytes: AsyncGenerator<Uint8Array>, options: TableOptions): Promise<Table> =>
  buildTable(await openRows(bytes, 'fuzz'), options);

const FIELDS = [
  ...[
    '',
    '0',
    '1',
    '-1',
    '007',
    '1.50',
    '1.5',
    '-0',
    '+3',
    '.5',
    '5.',
    '1e5',
    '3.2e-5',
    '1E+3',
    '1e400',
    '0x1f',
    '1_0',
    'NaN',
  ],
  ...[
    ' 1',
    '1 ',
    ' ',
    'NA',
    '?',
    'n/a',
    '-999',
    '1;5',
    '1|2',
    '12345678901234567890',
    '0.1234567890123456789',
    '-',
    '.',
  ],
  ...[
    'rome',
    'Ünal',
    'é',
    '東京',
    '😀',
    '\ufeffx',
    'a b',
    "it's",
    '#x',
    '1.0000000000000001',
    '\u001f',
    'x'.repeat(40),
  ],
];
/** Numbers at the edges of a float64 and of what is a number. */
const EDGES = [
  ...['9007199254740991', '9007199254740992', '9007199254740993', '9007199254740994', '9007199254740995'],
  ...[
    '1e22',
    '1e23',
    '1e-22',
    '1e-23',
    '123456789012345e22',
    '9007199254740993e0',
    '9007199254740993e1',
    '1e308',
    '1e309',
  ],
  ...[
    '5e-324',
    '2.2250738585072014e-308',
    '1.7976931348623157e308',
    '0.1',
    '-0',
    '-0.0',
    '+0',
    '0e22',
    '-0e-22',
    '0.3',
  ],
  ...[
    '999999999999999999',
    '9999999999999999999',
    '10000000000000000000',
    '99999999999999999999',
    '18446744073709551616',
  ],
  ...['0.1234567890123456789', '0.12345678901234567891', '000000000000000000000000001.5', '0.00000000000000000000001'],
  ...[
    '1.',
    '.5',
    '+1',
    '+.5',
    '-.',
    '.',
    '+',
    '-',
    'e5',
    '1e',
    '1e+',
    '1e-5',
    '1E5',
    '1e+05',
    '1e005',
    '1e0005',
    '1.e3',
    '.e3',
  ],
  ...[
    '0x10',
    '0b1',
    '1_000',
    '1,000',
    '1n',
    'NaN',
    'nan',
    'Infinity',
    '-Infinity',
    'inf',
    '1 ',
    ' 1',
    '1\t',
    '--1',
    '+-1',
    '1..2',
  ],
  ...['1e5.5', '1.5.5', '1e5e5', '\u0661', '1\u00a0', '4.35', '0.000001', '179769313486231580793e289', '2.5e-1'],
];
/** Those that fit into a field of any delimiter. */
const EDGE_FIELDS = EDGES.filter((text) => !/[,\t]/.test(text));
const ODD = [
  '"a"',
  '"a,b"',
  '"say ""hi"""',
  '"two\nlines"',
  '5" disk',
  '"open',
  'a\rb',
  'z\0',
  '"x" ',
  ',',
  '\n',
  '\r\n',
];

function randomCsv(d: Dice): Uint8Array {
  const width = 1 + d.below(5);
  const delimiter = [',', ',', ';', '\t', '|'][d.below(5)] as string;
  const end = ['\n', '\n', '\r\n', '\r'][d.below(4)] as string;
  const pick = <T>(list: readonly T[]): T => list[d.below(list.length)] as T;
  // most files have nothing odd, the others have it in few places
  const odd = d.below(3) === 0 ? 20 : Infinity;
  const isOdd = (): boolean => odd !== Infinity && d.below(odd) === 0;
  const few = Array.from({ length: 1 + d.below(12) }, () => pick(d.below(3) === 0 ? EDGE_FIELDS : FIELDS));
  const field = (): string => (isOdd() ? pick(ODD) : d.below(4) > 0 ? pick(few) : String(d.below(100) / 8));
  const name = (j: number): string => (isOdd() ? pick(['', '#a', '"q"', 'x0', '3']) : `x${j}`);
  const trailing = d.below(12) === 0 ? delimiter : '';
  const lines = [Array.from({ length: width }, (_, j) => name(j)).join(delimiter) + (d.below(2) ? trailing : '')];
  for (let i = d.below(25); i > 0; i--) {
    const fields = Array.from({ length: width + (isOdd() && d.below(4) === 0 ? 1 : 0) }, field);
    lines.push(d.below(15) === 0 ? '' : fields.join(delimiter) + trailing);
  }
  const ends = lines.map(
    (line, i) => line + (i + 1 < lines.length || d.below(3) ? (isOdd() ? pick(['\n', '\r\n', '\r']) : end) : ''),
  );
  const bytes = encoder.encode(
    (d.below(8) === 0 ? '\ufeff' : '') + (d.below(12) === 0 ? `sep=${delimiter}\n` : '') + ends.join(''),
  );
  // a byte that is not UTF-8
  if (bytes.length > 0 && odd !== Infinity && d.below(12) === 0) bytes[d.below(bytes.length)] = 0xff;
  return bytes;
}

test('random files in chunks of random sizes: the same table or the same error', async () => {
  const d = dice(29);
  let [tables, errors] = [0, 0];
  for (let turn = 0; turn < 2500; turn++) {
    const bytes = randomCsv(d);
    const most = [4, 16, 64, 1000][d.below(4)] as number;
    const sizes = Array.from({ length: bytes.length + 1 }, () => 1 + d.below(most));
    const options = [{}, {}, { drop: ['x0'] }, { target: 'x1', mayLackLabels: 'values' as const }][
      d.below(4)
    ] as TableOptions;
    const read = (how: typeof readParts) => {
      let k = 0;
      return outcome(() =>
        how(
          cut(bytes, () => sizes[k++] as number),
          options,
        ),
      );
    };
    const want = await read(readStrings);
    expect(await read(readParts), JSON.stringify(new TextDecoder().decode(bytes))).toEqual(want);
    if (typeof want === 'string') errors++;
    else tables++;
  }
  // the files are of both kinds
  expect(Math.min(tables, errors)).toBeGreaterThan(300);
});

const LONG = `x,city,y\n${Array.from({ length: 9 }, (_, i) => `${i}.5,Zürich ${i % 2},3e-${i}`).join('\n')}\n\n7,\ufeffx,\n`;

test.each([
  ['LF', LONG],
  ['CRLF', LONG.replaceAll('\n', '\r\n')],
  ['a quoted field', `${LONG}1,"a, ""b""",2\n${LONG.slice(9)}`],
  ['another line end', `${LONG}1,a,2\r\n${LONG.slice(9)}`],
])('%s: chunks that end at every byte give the same table', async (_, text) => {
  const bytes = encoder.encode(text);
  const want = await outcome(() =>
    readStrings(
      cut(bytes, () => bytes.length),
      {},
    ),
  );
  expect(want).toBeTypeOf('object');
  for (let at = 1; at < bytes.length; at++) {
    const sizes = [at, bytes.length];
    let k = 0;
    expect(
      await outcome(() =>
        readParts(
          cut(bytes, () => sizes[k++] as number),
          {},
        ),
      ),
      `cut at ${at}`,
    ).toEqual(want);
  }
});

/** A table of numbers, and the share of its rows that were read as bytes. */
function numbers(rows: number, end: string): Uint8Array {
  const d = dice(5);
  const line = (): string =>
    [d.real(-1, 1), d.below(1000), d.real(0, 1).toExponential(3), d.below(2) ? '' : 'é'].join(',');
  return encoder.encode(`a,b,c,d${end}${Array.from({ length: rows }, line).join(end)}${end}`);
}

test.each([
  ['LF, as one chunk', '\n', Infinity],
  ['CRLF, as one chunk', '\r\n', Infinity],
  ['LF, in chunks of 64 KiB', '\n', 65536],
])('a large table (%s) is read as bytes, but for its first lines', async (_, end, size) => {
  const bytes = numbers(30000, end);
  let [asBytes, others] = [0, 0];
  for await (const parts of parseRows(
    cut(bytes, () => size),
    'numbers',
  )) {
    for (const part of parts) {
      if (isFieldBlock(part)) asBytes += part.rows;
      else others += part.length;
    }
  }
  expect(asBytes + others).toBe(30001);
  expect(others).toBeLessThan(1500);
  const table = await readParts(
    cut(bytes, () => size),
    {},
  );
  expect(await outcome(async () => table)).toEqual(
    await outcome(() =>
      readStrings(
        cut(bytes, () => size),
        {},
      ),
    ),
  );
});

test('numbers are those of parseNumber, and a preprocessing is the same, without a string for each number', async () => {
  const bytes = numbers(20000, '\n');
  const strings = await readStrings(
    cut(bytes, () => 65536),
    {},
  );
  const rows = Uint32Array.from({ length: 15000 }, (_, i) => i + (i >> 3));
  const want = fitPreprocessing(strings, { rows });
  expect(
    fitPreprocessing(
      await readParts(
        cut(bytes, () => 65536),
        {},
      ),
      { rows },
    ),
  ).toEqual(want);
  for (const spellings of [undefined, ['-999', '0.5'], ['none']]) {
    const missing = missingTest(spellings);
    const table = await readParts(
      cut(bytes, () => 65536),
      {},
    );
    table.columns.forEach((column, j) => {
      const { texts } = strings.columns[j] as (typeof strings.columns)[0];
      expect(columnNumbers(column, spellings)).toEqual(
        Float64Array.from(texts, (text) => (missing(text) ? NaN : parseNumber(text))),
      );
    });
  }
});

/** The texts whose plain number is not that of parseNumber, and how many are left to it. */
function checkPlain(texts: readonly string[]): { readonly wrong: readonly string[]; readonly left: number } {
  const numbers = new Float64Array(texts.length);
  const left = plainNumbers(encodeTexts(texts), numbers);
  expect(numbers.filter(Number.isNaN).length).toBe(left);
  const wrong = texts.filter((text, k) => !Number.isNaN(numbers[k]) && !Object.is(numbers[k], parseNumber(text)));
  return { wrong, left };
}

test('plain numbers are those of parseNumber, to the bit, or are left to it', () => {
  const d = dice(12);
  const digits = (most: number): string => Array.from({ length: d.below(most + 1) }, () => d.below(10)).join('');
  const texts = Array.from({ length: 60000 }, () => {
    const sign = ['', '', '-', '+'][d.below(4)];
    const exponent = d.below(3) === 0 ? `${'eE'[d.below(2)]}${['', '-', '+'][d.below(3)]}${digits(3)}` : '';
    return sign + digits(18) + (d.below(2) ? `.${digits(18)}` : '') + exponent;
  });
  const { wrong, left } = checkPlain(texts);
  expect(wrong).toEqual([]);
  expect(texts.length - left).toBeGreaterThan(15000);
  expect(checkPlain([...FIELDS, ...EDGES]).wrong).toEqual([]);
});

test('plain numbers have up to 19 digits, unless they are next to the middle of two float64', () => {
  const d = dice(77);
  const real = (): number => d.real(-1, 1) * 10 ** d.below(6);
  const texts = Array.from({ length: 60000 }, () => [real().toPrecision(16 + d.below(3)), String(real())]).flat();
  expect(checkPlain(texts)).toEqual({ wrong: [], left: 0 });
  // whole numbers halfway between two float64, and their neighbours
  const middles = Array.from({ length: 20000 }, () => {
    const low = 2n ** 53n + 2n * BigInt(d.below(2 ** 30)) * BigInt(1 + d.below(2 ** 22));
    return [0n, 1n, 2n].flatMap((by) => {
      const digits = String(low + by);
      return [digits, `${digits.slice(0, 3)}.${digits.slice(3)}`, `${digits.slice(0, 5)}.${digits.slice(5)}e3`];
    });
  }).flat();
  const { wrong, left } = checkPlain(middles);
  expect(wrong).toEqual([]);
  expect(left).toBeGreaterThan(5000);
  expect(middles.length - left).toBeGreaterThan(80000);
});

test('numbersOf gives parseNumber of any text', () => {
  const d = dice(3);
  const texts = [
    ...FIELDS,
    ...EDGES,
    ...[
      '\u00a01',
      '1\u00a0',
      '\ufeff2',
      '2\u3000',
      '\u0085 3',
      '\v4\f',
      '12 Main Street',
      '1e',
      'e1',
      '--1',
      '1e400',
      '0.0000',
    ],
  ];
  for (let turn = 0; turn < 3000; turn++) {
    const pieces = ['1', '0', '.', '-', '+', 'e', 'E', ' ', '\t', 'x', '\u00a0', '7', 'é'];
    texts.push(Array.from({ length: d.below(8) }, () => pieces[d.below(pieces.length)] as string).join(''));
  }
  expect(numbersOf(encodeTexts(texts))).toEqual(Float64Array.from(texts, parseNumber));
});

test.each([
  ['an unnamed last column, whose only value is far from the start', `a,b,\n${'1,2,\n'.repeat(9000)}1,2,3\n`],
  ['an empty last column', `a,b,\n${'1,2,\n'.repeat(9000)}`],
  ['delimiters at the end of rows only', `a,b\n${'1,2,\n'.repeat(9000)}1,2\n`],
  ['a delimiter at the end of the first rows', `a,b\n${'1,2,\n'.repeat(4000)}${'1,2\n'.repeat(9000)}`],
  // the first 16,384 characters, which are read as strings, end where the delimiters do
  ['delimiters at the end of the first lines', `a,b\n${'1,2,\n'.repeat(3276)}${'1,2\n'.repeat(9000)}`],
  ['a comment as the header', `# a,b\n${'1,2\n'.repeat(9000)}1,2,3\n`],
  ['a column twice and a quote', `a,a\n${'1,2\n'.repeat(9000)}1,"2" 3\n`],
])('a long first chunk with %s', async (_, text) => {
  const read = (how: typeof readParts) =>
    outcome(() =>
      how(
        cut(encoder.encode(text), () => text.length),
        {},
      ),
    );
  expect(await read(readParts)).toEqual(await read(readStrings));
});

test.each([1, 15, 16, 17, 31, 100, 300])('texts of up to %i bytes, with quotes in some rows', async (most) => {
  const d = dice(most);
  const text = (): string => Array.from({ length: d.below(most + 1) }, () => 'abé'[d.below(3)]).join('');
  const row = (i: number): string => (i % 4999 === 0 ? `"${text()}","x,\ny",` : `${text()},${i},`) + (i % 7);
  const bytes = encoder.encode(`a,b,c\n${Array.from({ length: 20000 }, (_, i) => row(i)).join('\n')}\n`);
  const read = (how: typeof readParts) =>
    outcome(() =>
      how(
        cut(bytes, () => 50021),
        {},
      ),
    );
  expect(await read(readParts)).toEqual(await read(readStrings));
});

test('the hash of a row is the start of its SHA-256, whatever rows are hashed with it', () => {
  const d = dice(41);
  const lengths = [...Array.from({ length: 260 }, (_, k) => k), ...Array.from({ length: 300 }, () => d.below(2000))];
  const rows = lengths.map((length) => Array.from({ length }, () => String.fromCharCode(32 + d.below(90))).join(''));
  for (const some of [rows, rows.slice(0, 1), rows.slice(60, 63), rows.toReversed(), rows.slice(300, 305)]) {
    const want = some.flatMap((row) => {
      const digest = createHash('sha256').update(quoteField(row)).digest();
      return [digest.readUInt32BE(0), digest.readUInt32BE(4)];
    });
    expect(
      hashPart(
        some.map((row) => [row]),
        [true],
      ),
    ).toEqual(Uint32Array.from(want));
  }
});

test('texts of the same hash stay different', async () => {
  // of so many hashes of 32 bits, about 20 pairs are equal
  const texts = Array.from({ length: 400000 }, (_, i) => String(i * 7));
  const rows = [...texts, ...texts].map((text) => `${text},1\n`);
  const table = await readParts(
    cut(encoder.encode(`x,y\n${rows.join('')}`), () => 2 ** 20),
    {},
  );
  const [column] = table.columns;
  expect(column?.texts.length).toBe(texts.length);
  expect(column?.texts.every((text, k) => text === texts[k])).toBe(true);
  expect(column?.codes.every((code, i) => code === i % texts.length)).toBe(true);
});

test('a column with other rows keeps its texts', async () => {
  const [column] = (
    await readParts(
      cut(encoder.encode('a,b\n1,é\n2,é\n1,x\n'), () => 99),
      {},
    )
  ).columns.slice(1);
  expect(withCodes(column as NonNullable<typeof column>, Uint32Array.of(1, 0))).toEqual({
    name: 'b',
    codes: Uint32Array.of(1, 0),
    texts: ['é', 'x'],
  });
});
